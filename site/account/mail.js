// My address, and whether it is confirmed.

import { make, say } from "../design/dom.js";
import { icon } from "../design/icons.js";
import { api } from "../shell/api.js";
import { t } from "../shell/words.js";

export function mail(me, signal) {
  const state = make("div", {});
  const draw = verified => state.replaceChildren(...(verified ? [confirmed()] : unconfirmed(me.email)));
  draw(me.emailVerified);
  if (!me.emailVerified) lookAgain(draw, signal);
  return make("section", { class: "panel" },
    make("div", { class: "line" },
      icon("mail"), make("div", {}, make("h2", {}, t("mail.title")), make("p", { class: "quiet" }, me.email)), state));
}

const confirmed = () => make("p", { class: "mark good" }, icon("check"), t("mail.confirmed"));

function unconfirmed(email) {
  const said = make("p", { class: "small", role: "status" }, t("mail.unconfirmed"));
  const wrong = make("p", { class: "error small", role: "alert", hidden: true });
  const again = make("button", { onclick: send }, t("mail.again"));
  async function send() {
    if (again.ariaBusy === "true") return;
    say(wrong);
    again.ariaBusy = "true";
    try {
      await api("/users/me/verify-email", { method: "POST" });
      said.textContent = t("mail.sent", { email });
    } catch (reason) {
      say(wrong, reason.message);
    } finally {
      again.ariaBusy = "false";
    }
  }
  return [said, wrong, again];
}

// The mail's link opens elsewhere; whoever comes back from there sees what it did.
function lookAgain(draw, signal) {
  document.addEventListener("visibilitychange", async () => {
    if (document.hidden) return;
    const me = await api("/users/me", { fresh: true, quiet: true }).catch(() => null);
    if (me?.emailVerified && !signal.aborted) draw(true);
  }, { signal });
}
