// My own account.

import { make } from "../design/dom.js";
import { failed, state, waiting } from "../design/states.js";
import { toast } from "../design/toast.js";
import { api } from "../shell/api.js";
import { go, title } from "../shell/router.js";
import { account, know, withAccount } from "../shell/session.js";
import { leave } from "../shell/signin.js";
import { t } from "../shell/words.js";
import { data } from "./data.js";
import { keys } from "./keys.js";
import { mail } from "./mail.js";
import { profile } from "./profile.js";
import { security } from "./security.js";
import { sessions } from "./sessions.js";

export function mine(place, signal) {
  title(t("account.title"));
  if (!account()) return place.replaceChildren(invitation(t("account.invite.words")));
  const about = make("div", { class: "account" }, make("section", { class: "panel" }, waiting()));
  const here = sessions(signal), ways = make("p", { class: "actions" });
  place.replaceChildren(make("div", { class: "account" },
    make("header", { class: "head" },
      make("h1", { tabindex: -1 }, t("account.title")), ways),
    about, here.section, keys(signal), data()));
  ways.append(make("button", { class: "leave", onclick: out }, t("account.leave")));
  read();

  async function read() {
    try {
      const me = await api("/users/me", { fresh: true });
      if (signal.aborted) return;
      know({ name: me.displayName || me.username, picture: me.avatarUrl ?? undefined });
      about.replaceChildren(profile(me), mail(me, signal), security(me, here.read));
      if (me.role !== "user" && ways.childElementCount === 1) {
        ways.prepend(make("a", { class: "button", href: "/account/people" }, t("people.title")));
      }
    } catch (reason) {
      about.replaceChildren(failed(t("account.unread"), reason, read));
    }
  }
}

export function invitation(words) {
  const enter = make("button", { class: "main big", onclick: () => withAccount("") }, t("signin.enter"));
  return state("invite", "person", t("account.invite"), words, [enter], "h1");
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
