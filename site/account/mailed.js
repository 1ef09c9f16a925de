// What the platform's mails lead to. The token stands behind `#`, where no server sees it, and leaves the address at once.

import { find, make } from "../design/dom.js";
import { field, form } from "../design/form.js";
import { state } from "../design/states.js";
import { api, ApiError } from "../shell/api.js";
import { go, title } from "../shell/router.js";
import { account, keep, withAccount } from "../shell/session.js";
import { t } from "../shell/words.js";

// Kept here, so that the page can be drawn again, in another language or for somebody else.
let token = "", done = false;

function take() {
  const found = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!found) return;
  [token, done] = [found, false];
  history.replaceState(history.state, "", location.pathname);
}

const post = (path, body) => api(path, { method: "POST", body, bare: true, quiet: true });

const toAccount = () => make("button", { class: "main big", onclick: () => withAccount("", () => go("/account")) },
  t(account() ? "mailed.account" : "signin.enter"));

// `place` is filled with what became of it.
function told(place, sign, name, words, action = toAccount()) {
  place.replaceChildren(state(sign === "warning" ? "failed" : "invite", sign, name, words, [action], "h1"));
  find("h1", place).focus();
}

export async function verify(place) {
  title(t("verify.title"));
  take();
  try {
    if (!token) throw new ApiError("", { status: 400 });
    await post("/auth/verify-email", { token });
    told(place, "check", t("verify.done"), t("verify.done.words"));
  } catch (reason) {
    if (!reason.passing) return told(place, "warning", t("mailed.stale"), t("verify.stale.words"));
    told(place, "warning", t("verify.failed"), reason.message, make("button", { onclick: () => verify(place) }, t("again")));
  }
}

export function reset(place) {
  title(t("forgot.title"));
  take();
  if (done) return isReset(place);
  if (!token) return told(place, "warning", t("mailed.stale"), t("reset.stale.words"));
  const element = form({
    fields: field({
      name: "password", type: "password", label: t("password.new"), hint: t("signup.password.hint"), required: true,
      autocomplete: "new-password", minlength: 8, maxlength: 256,
    }),
    submit: t("password.save"),
    send: async ({ password }) => {
      try {
        await post("/auth/reset-password", { token, password });
      } catch (reason) {
        if (reason.field !== "token") throw reason;
        token = "";
        return told(place, "warning", t("mailed.stale"), t("reset.stale.words"));
      }
      [token, done] = ["", true];
      isReset(place);
      leaveIfEnded();
    },
  });
  place.replaceChildren(make("div", { class: "account narrow" },
    make("section", { class: "panel" },
      make("h1", { tabindex: -1 }, t("forgot.title")), make("p", { class: "quiet" }, t("reset.words")), element)));
}

const isReset = place => told(place, "check", t("reset.done"), t("reset.done.words"));

// A new password has ended every session of its account, which may be the one of this browser.
async function leaveIfEnded() {
  if (!account()) return;
  await api("/users/me", { fresh: true, quiet: true }).catch(reason => { if (reason.status === 401) keep(null); });
}
