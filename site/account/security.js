// What opens my account: the password, and a second factor.

import { asking } from "../design/asking.js";
import { openDialog } from "../design/dialog.js";
import { find, make } from "../design/dom.js";
import { field, form } from "../design/form.js";
import { icon } from "../design/icons.js";
import { failed, waiting } from "../design/states.js";
import { toast } from "../design/toast.js";
import { api } from "../shell/api.js";
import { t } from "../shell/words.js";
import { codeField } from "./codes.js";
import { copy, save, secret } from "./secret.js";

// `moved` is told when the sessions are others.
export function security(me, moved) {
  const section = make("section", { class: "panel" });
  const draw = changes => {
    Object.assign(me, changes);
    section.replaceChildren(make("h2", {}, t("security.title")),
      make("ul", { class: "lines" }, passwordLine(me, draw, moved), factorLine(me, draw)));
  };
  draw({});
  return section;
}

const line = (sign, title, words, ...actions) =>
  make("li", {}, icon(sign),
    make("div", {}, make("h3", {}, title), make("p", { class: "quiet small" }, words)),
    make("p", { class: "actions" }, actions));

// ---- the password

function passwordLine(me, draw, moved) {
  const act = () => changePassword(me, () => { draw({ hasPassword: true }); moved(); });
  return line("lock", t("password.title"), t(me.hasPassword ? "password.words" : "password.none"),
    make("button", { onclick: act }, t(me.hasPassword ? "password.change" : "password.set")));
}

function changePassword(me, done) {
  const password = attributes => field({ type: "password", required: true, ...attributes });
  asking(t(me.hasPassword ? "password.change" : "password.set"), {
    name: "password", submit: t("password.save"),
    fields: [
      make("p", { class: "quiet" }, t("password.ends")),
      // For what keeps passwords: whose it is.
      make("input", { class: "unseen", tabindex: -1, autocomplete: "username", "aria-hidden": "true", value: me.email }),
      me.hasPassword && password({
        name: "currentPassword", label: t("password.current"), autocomplete: "current-password",
        "data-refused": t("password.current.wrong"),
      }),
      password({
        name: "newPassword", label: t("password.new"), hint: t("signup.password.hint"), autocomplete: "new-password",
        minlength: 8, maxlength: 256,
      }),
    ].filter(Boolean),
    send: async body => {
      await api("/users/me/password", { method: "POST", body });
      return () => { done(); toast(t("password.changed")); };
    },
  });
}

// ---- the second factor

function factorLine(me, draw) {
  const button = (words, act, kind) => make("button", { class: kind, onclick: act }, words);
  if (!me.isTwoFactorEnabled) {
    return line("shield", t("factor.title"), t("factor.off"),
      button(t("factor.set"), () => setUp(() => draw({ isTwoFactorEnabled: true })), "main"));
  }
  const off = () => turnOff(() => draw({ isTwoFactorEnabled: false }));
  return line("shield", t("factor.title"), t("factor.on"),
    button(t("codes.renew"), renewCodes), button(t("factor.end"), off));
}

function setUp(done) {
  const content = make("div", {}, waiting(5));
  const dialog = openDialog(t("factor.set.title"), { name: "second-factor", content });
  const begin = async () => {
    content.replaceChildren(waiting(5));
    try {
      const found = await api("/users/me/2fa/setup", { method: "POST" });
      content.replaceChildren(confirming(found));
      find("input[name=token]", content).focus();
    } catch (reason) {
      content.replaceChildren(failed(t("factor.unread"), reason, begin));
    }
  };
  const confirming = ({ secret: text, qrCodeDataUrl }) => form({
    fields: [
      make("p", {}, t("factor.scan")),
      make("img", { class: "code", src: qrCodeDataUrl, alt: t("factor.qr"), width: 200, height: 200 }),
      make("p", { class: "quiet small" }, t("factor.type")),
      secret(text, t("factor.secret"), t("factor.copied")),
      codeField(t("factor.code.hint"), t("factor.code.wrong")),
    ],
    submit: t("factor.enable"), more: [make("button", { type: "button", onclick: () => dialog.close() }, t("cancel"))],
    send: async ({ token }) => {
      const { recoveryCodes } = await api("/users/me/2fa/enable", { method: "POST", body: { token: token.trim() } });
      dialog.close();
      done();
      showCodes(recoveryCodes);
    },
  });
  begin();
}

function turnOff(done) {
  asking(t("factor.end.title"), {
    name: "second-factor", submit: t("factor.end"), kind: "danger",
    fields: [make("p", {}, t("factor.end.words")), codeField(t("signin.code.hint"), t("error.INVALID_TWO_FACTOR_CODE"))],
    send: async ({ token }) => {
      await api("/users/me/2fa/disable", { method: "POST", body: { token: token.trim() } });
      return () => { done(); toast(t("factor.ended")); };
    },
  });
}

function renewCodes() {
  asking(t("codes.renew"), {
    name: "second-factor", submit: t("codes.renew"),
    fields: [make("p", {}, t("codes.renew.words")), codeField(t("signin.code.hint"), t("error.INVALID_TWO_FACTOR_CODE"))],
    send: async ({ token }) => {
      const body = { token: token.trim() };
      const { recoveryCodes } = await api("/users/me/2fa/recovery-codes", { method: "POST", body });
      return () => showCodes(recoveryCodes);
    },
  });
}

function showCodes(codes) {
  const text = `${codes.join("\n")}\n`;
  const list = make("ol", { class: "codes" }, codes.map(code => make("li", {}, make("code", {}, code))));
  const dialog = openDialog(t("codes.title"), {
    name: "recovery-codes", firm: true,
    content: make("div", { class: "form" },
      make("p", {}, t("codes.words")), list,
      make("p", { class: "actions" },
        make("button", { onclick: () => copy(text, t("codes.copied"), () => getSelection().selectAllChildren(list)) },
          icon("copy"), t("secret.copy")),
        make("button", { onclick: () => save(text, "bobine-codes.txt", "text/plain") }, icon("download"), t("codes.save")),
        make("button", { class: "main", onclick: () => dialog.close() }, t("codes.done")))),
  });
}
