// The account: who I am, my API keys, and the way out.

import { make, style } from "../design/dom.js";
import { failed, state, waiting } from "../design/states.js";
import { toast } from "../design/toast.js";
import { day } from "../shell/amounts.js";
import { api } from "../shell/api.js";
import { go, nowhere, title } from "../shell/router.js";
import { account, withAccount } from "../shell/session.js";
import { leave } from "../shell/signin.js";
import { t } from "../shell/words.js";
import { keys } from "./keys.js";

export async function open(place, { parts, signal }) {
  if (parts.length) return nowhere(place);
  await style(import.meta.url, "account.css");
  title(t("account.title"));
  if (!account()) {
    const enter = make("button", { class: "main big", onclick: () => withAccount("") }, t("signin.enter"));
    return place.replaceChildren(state("invite", "person", t("account.invite"), t("account.invite.words"), [enter], "h1"));
  }
  const about = make("section", { class: "panel" }, waiting());
  place.replaceChildren(make("div", { class: "account" },
    make("header", { class: "head" },
      make("h1", { tabindex: -1 }, t("account.title")), make("button", { class: "leave", onclick: out }, t("account.leave"))),
    about, keys(signal)));
  read(about, signal);
}

async function read(about, signal) {
  try {
    const me = await api("/users/me", { fresh: true });
    if (!signal.aborted) about.replaceChildren(...whoIAm(me));
  } catch (reason) {
    about.replaceChildren(failed(t("account.unread"), reason, () => read(about, signal)));
  }
}

function whoIAm(me) {
  const fact = (name, value) => [make("dt", {}, t(`account.${name}`)), make("dd", {}, value)];
  return [
    make("div", { class: "who" },
      make("span", { class: "initial", "aria-hidden": "true" }, me.displayName.slice(0, 1)),
      make("div", {}, make("h2", {}, me.displayName), make("p", { class: "quiet" }, me.email))),
    make("dl", { class: "facts" },
      fact("username", me.username), fact("email", me.email), fact("since", day(me.createdAt)),
      fact("id", make("code", {}, me.id))),
  ];
}

async function out(event) {
  event.target.ariaBusy = "true";
  try {
    await leave();
    go("/");
  } catch (reason) {
    event.target.ariaBusy = "false";
    toast(reason.message, "warning");
  }
}
