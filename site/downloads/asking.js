// An address, and what the platform finds there.

import { find, make } from "../design/dom.js";
import { field, form } from "../design/form.js";
import { icon } from "../design/icons.js";
import { withAccount } from "../shell/session.js";
import { t } from "../shell/words.js";
import { choosing } from "./choosing.js";
import { look } from "./known.js";

// `begun(job)` is told of every job that was begun here.
export function asking({ address, begun, signal }) {
  const found = make("div", { class: "found", hidden: true });
  const element = form({
    fields: field({
      name: "url", type: "url", label: t("downloads.address"), required: true, maxlength: 2048, value: address,
      placeholder: "https://…", autocomplete: "off", inputmode: "url", spellcheck: "false",
    }),
    submit: t("downloads.look"),
    send: async ({ url }) => {
      found.hidden = false;
      found.ariaBusy = "true";
      found.replaceChildren(coming());
      try {
        show(await asked(url.trim()), url.trim());
      } catch (reason) {
        found.hidden = true;
        throw Object.assign(reason, { field: reason.field || "url" });
      } finally {
        found.ariaBusy = "false";
      }
    },
  });
  element.classList.add("asking");

  // Where downloads need an account, it is asked for.
  async function asked(url) {
    try {
      return await look(url, signal);
    } catch (reason) {
      if (reason.status !== 401) throw reason;
      let answer;
      await withAccount(t("downloads.why"), async () => { answer = await look(url, signal); });
      if (!answer) throw reason;
      return answer;
    }
  }

  function show(what, url) {
    const done = job => {
      begun(job);
      found.hidden = true;
      element.reset();
      find("input", element).focus();
    };
    found.replaceChildren(choosing(what, url, done));
    find("h2", found)?.focus();
  }

  if (address) requestAnimationFrame(() => element.requestSubmit());
  return make("section", { class: "panel" }, element, found);
}

const coming = () => make("div", { class: "what", role: "status", "aria-label": t("downloads.looking") },
  make("div", { class: "picture awaited" }),
  make("div", {}, make("div", { class: "awaited line" }), make("div", { class: "awaited line" }),
    make("p", { class: "quiet small" }, icon("search"), t("downloads.looking"))));
