// Where I am signed in.

import { asking } from "../design/asking.js";
import { make } from "../design/dom.js";
import { icon } from "../design/icons.js";
import { failed, waiting } from "../design/states.js";
import { toast } from "../design/toast.js";
import { time } from "../shell/amounts.js";
import { api } from "../shell/api.js";
import { go } from "../shell/router.js";
import { keep } from "../shell/session.js";
import { t } from "../shell/words.js";

// { section, read: look again }
export function sessions(signal) {
  const place = make("div", {}, waiting());
  const read = async () => {
    try {
      const found = await api("/users/me/sessions", { fresh: true });
      if (!signal.aborted) place.replaceChildren(make("ul", { class: "lines" }, found.map(one => row(one, read))));
    } catch (reason) {
      place.replaceChildren(failed(t("sessions.unread"), reason, read));
    }
  };
  read();
  const section = make("section", { class: "panel sessions" },
    make("header", { class: "head" },
      make("div", {}, make("h2", {}, t("sessions.title")), make("p", { class: "quiet" }, t("sessions.words"))),
      make("button", { onclick: endAll }, icon("leave"), t("sessions.all"))),
    place);
  return { section, read };
}

function row(one, read) {
  const name = named(one.device);
  const [used, begun] = [time(one.lastUsedAt), time(one.createdAt)];
  const facts = [one.address, t("sessions.used", { time: used }), t("sessions.begun", { time: begun })];
  const end = make("button", { "aria-label": t("sessions.end.of", { name }), onclick: () => endOne(end, one, name, read) },
    t("sessions.end"));
  return make("li", {}, icon("device"),
    make("div", {}, make("strong", {}, name), make("p", { class: "quiet small" }, facts.filter(Boolean).join(" · "))),
    one.current ? make("p", { class: "mark good" }, t("sessions.this")) : end);
}

// "Firefox on Linux" as the language says it.
function named(device) {
  const [browser, system] = device.split(" on ");
  return system ? t("sessions.device", { browser, system }) : device;
}

async function endOne(button, { id }, name, read) {
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  try {
    await api(`/users/me/sessions/${encodeURIComponent(id)}`, { method: "DELETE" });
    toast(t("sessions.ended", { name }));
    await read();
  } catch (reason) {
    toast(reason.message, "warning");
    if (reason.status === 404) await read(); // somebody was quicker
  } finally {
    button.ariaBusy = "false";
  }
}

function endAll() {
  asking(t("sessions.all"), {
    name: "end-sessions", submit: t("sessions.all"), kind: "danger", fields: [make("p", {}, t("sessions.all.words"))],
    send: async () => {
      await api("/auth/logout-all", { method: "POST" });
      return () => { keep(null); go("/"); toast(t("sessions.all.done")); };
    },
  });
}
