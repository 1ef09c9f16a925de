// My data: taking it along, and leaving.

import { asking } from "../design/asking.js";
import { openDialog } from "../design/dialog.js";
import { make, say } from "../design/dom.js";
import { icon } from "../design/icons.js";
import { day } from "../shell/amounts.js";
import { api } from "../shell/api.js";
import { go } from "../shell/router.js";
import { keep } from "../shell/session.js";
import { t } from "../shell/words.js";
import { save } from "./secret.js";

export function data() {
  const wrong = make("p", { class: "error small", role: "alert", hidden: true });
  const take = make("button", { onclick: () => takeAlong(take, wrong) }, icon("download"), t("data.export"));
  const line = (sign, title, words, act, ...more) =>
    make("li", {}, icon(sign),
      make("div", {}, make("h3", {}, title), make("p", { class: "quiet small" }, words), more),
      make("p", { class: "actions" }, act));
  return make("section", { class: "panel" },
    make("h2", {}, t("data.title")),
    make("ul", { class: "lines" },
      line("box", t("data.export.title"), t("data.export.words"), take, wrong),
      line("delete", t("leave.title"), t("leave.words"), make("button", { onclick: close }, t("leave.button")))));
}

async function takeAlong(button, wrong) {
  if (button.ariaBusy === "true") return;
  say(wrong);
  button.ariaBusy = "true";
  try {
    const all = await api("/users/me/export", { fresh: true });
    save(JSON.stringify(all, null, 2), `bobine-${all.profile.username}.json`, "application/json");
  } catch (reason) {
    say(wrong, reason.message);
  } finally {
    button.ariaBusy = "false";
  }
}

function close() {
  asking(t("leave.ask"), {
    name: "leave", submit: t("leave.button"), kind: "danger",
    fields: [
      make("p", {}, t("leave.closed")), make("p", {}, t("leave.back")), make("p", { class: "quiet" }, t("leave.export")),
    ],
    send: async () => {
      const { purgeAt } = await api("/users/me", { method: "DELETE" });
      return () => {
        keep(null);
        go("/");
        farewell(purgeAt);
      };
    },
  });
}

function farewell(purgeAt) {
  const dialog = openDialog(t("leave.done"), {
    name: "left",
    content: make("div", { class: "form" },
      make("p", {}, t("leave.done.words", { day: day(purgeAt) })),
      make("p", { class: "actions" }, make("button", { class: "main", onclick: () => dialog.close() }, t("close")))),
  });
}
