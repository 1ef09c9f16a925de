// Coming and going: the sign-in dialog, which lies over whatever is open and gives it back as it was.

import { openDialog } from "../design/dialog.js";
import { all, find, make } from "../design/dom.js";
import { field, form } from "../design/form.js";
import { toast } from "../design/toast.js";
import { api } from "./api.js";
import { account, askWith, changes, Dismissed, keep } from "./session.js";
import { t } from "./words.js";

const DAY = 24 * 60 * 60_000; // milliseconds

export function start() {
  askWith((why, mode) => new Promise((resolve, reject) => open(why, mode, resolve, reject)));
  stay();
}

// The cookie is good for 30 days from its last renewal, so whoever comes by stays signed in.
async function stay() {
  const here = account();
  if (!here || here.renewed > Date.now() - DAY) return;
  try {
    await api("/auth/refresh", { method: "POST", body: {}, quiet: true });
    if (account()?.id === here.id) keep({ ...here, renewed: Date.now() });
  } catch (reason) {
    if (reason.status === 401 && account()?.id === here.id) keep(null);
  }
}

export async function leave() {
  await api("/auth/logout", { method: "POST", quiet: true }).catch(reason => { if (reason.status !== 401) throw reason; });
  keep(null);
}

const STEPS = {
  enter: { title: "signin.title", draw: entering },
  register: { title: "signup.title", draw: registering },
  code: { title: "signin.code.title", draw: askingForCode },
  forgot: { title: "forgot.title", draw: forgetting },
  sent: { title: "forgot.sent.title", draw: toldOfMail },
};

function open(why, first, resolve, reject) {
  let entered = null;
  const finish = async ({ restored } = {}) => {
    const me = await api("/users/me", { fresh: true, door: true, quiet: true });
    entered = { id: me.id, name: me.displayName || me.username, picture: me.avatarUrl ?? undefined, renewed: Date.now() };
    keep(entered);
    dialog.close();
    if (restored) toast(t("signin.restored"));
  };
  const fromGoogle = event => {
    if (event.origin === location.origin && event.data?.type === "bobine-auth") finish(event.data);
  };
  const elsewhere = () => { // in another tab
    entered ??= account();
    if (entered) dialog.close();
  };
  const content = make("div", { class: "signin" });
  const dialog = openDialog(t("signin.title"), {
    name: "sign-in", content,
    closed: () => {
      removeEventListener("message", fromGoogle);
      changes.removeEventListener("change", elsewhere);
      if (entered) resolve(entered);
      else reject(new Dismissed());
    },
  });
  addEventListener("message", fromGoogle);
  changes.addEventListener("change", elsewhere);
  // A step of the dialog, with what the one before knows: { email, userId, said }.
  const show = (step, given = {}) => {
    const said = given.said ?? (step === "enter" || step === "register" ? why : "");
    find("h2", dialog).textContent = t(STEPS[step].title);
    content.replaceChildren(make("img", { src: "/favicon.svg", alt: "", width: 52, height: 52 }),
      ...(said ? [make("p", { class: "why quiet", role: "status" }, said)] : []),
      ...STEPS[step].draw({ email: "", ...given }, { show, finish }));
    (all("input", content).find(one => !one.value) ?? find("form button.main, button", content)).focus();
  };
  show(first);
  return dialog;
}

const emailField = email =>
  field({ name: "email", type: "email", label: t("signin.email"), autocomplete: "email", required: true, value: email });

function entering({ email }, { show, finish }) {
  const forgot = make("button", { type: "button", class: "link", onclick: () => show("forgot", { email: typed(element) }) },
    t("signin.forgot"));
  const fields = [
    emailField(email),
    field({
      name: "password", type: "password", label: t("signin.password"), autocomplete: "current-password", required: true,
    }),
    make("p", { class: "small" }, forgot),
  ];
  const send = async body => {
    const answer = await api("/auth/login", { method: "POST", body, door: true, quiet: true });
    if (answer.requires2FA) show("code", { email: body.email, userId: answer.userId });
    else await finish(answer);
  };
  const element = form({ fields, submit: t("signin.enter"), send });
  return [element, google(), other("signin.new", "signin.make", () => show("register", { email: typed(element) }))];
}

// The password was right; the platform waits five minutes for the code.
function askingForCode({ email, userId }, { show, finish }) {
  const send = async ({ token }) => {
    try {
      const body = { userId, token: token.trim() };
      await finish(await api("/auth/verify-2fa", { method: "POST", body, door: true, quiet: true }));
    } catch (reason) {
      if (reason.status === 401 && reason.code !== "INVALID_TWO_FACTOR_CODE") {
        return show("enter", { email, said: t("signin.code.late") });
      }
      throw Object.assign(reason, { field: reason.status === 401 ? "token" : "" });
    }
  };
  const code = field({
    name: "token", label: t("signin.code"), hint: t("signin.code.hint"), autocomplete: "one-time-code", required: true,
    maxlength: 32, autocapitalize: "characters", spellcheck: "false",
    oninput: event => { if (/^\d{6}$/.test(event.target.value)) element.requestSubmit(); }, // nothing more is to come
  });
  const element = form({ fields: code, submit: t("signin.enter"), send });
  return [element, other("signin.code.none", "signin.back", () => show("enter", { email }))];
}

function forgetting({ email }, { show }) {
  const send = async body => {
    await api("/auth/forgot-password", { method: "POST", body, bare: true, quiet: true });
    show("sent", body);
  };
  const element = form({
    fields: [make("p", { class: "quiet" }, t("forgot.words")), emailField(email)], submit: t("forgot.send"), send,
  });
  return [element, other("forgot.known", "signin.back", () => show("enter", { email: typed(element) }))];
}

// The same for an address that nobody has.
function toldOfMail({ email }, { show }) {
  return [
    make("p", { role: "status" }, t("forgot.sent", { email })), make("p", { class: "quiet small" }, t("forgot.sent.late")),
    make("p", { class: "actions" },
      make("button", { class: "main", onclick: () => show("enter", { email }) }, t("signin.back"))),
  ];
}

function registering({ email }, { show, finish }) {
  const fields = [
    emailField(email),
    field({
      name: "username", label: t("signup.username"), hint: t("signup.username.hint"), autocomplete: "username",
      required: true, minlength: 2, maxlength: 32, pattern: "[A-Za-z0-9_.\\-]+", "data-wrong": t("signup.username.wrong"),
    }),
    field({
      name: "password", type: "password", label: t("signin.password"), hint: t("signup.password.hint"),
      autocomplete: "new-password", required: true, minlength: 8, maxlength: 256,
    }),
  ];
  let made = false; // if only signing in fails, the account is there all the same
  const send = async ({ email, username, password }) => {
    if (!made) await api("/auth/register", { method: "POST", body: { email, username, password }, quiet: true });
    made = true;
    await finish(await api("/auth/login", { method: "POST", body: { email, password }, door: true, quiet: true }));
    toast(t("signup.mail", { email }));
  };
  const element = form({ fields, submit: t("signin.make"), send });
  return [element, google(), other("signup.known", "signin.enter", () => show("enter", { email: typed(element) }))];
}

const typed = element => element.elements.email.value;

const other = (question, answer, act) =>
  make("p", { class: "other quiet" },
    t(question), " ", make("button", { type: "button", class: "link", onclick: act }, t(answer)));

// Google's page in a window of its own; it hands the cookie to us and says so. Shown where the platform knows Google.
function google() {
  const go = () => window.open("/api/auth/google/electron", "google", "popup,width=480,height=680");
  const button = make("button", { type: "button", class: "google", hidden: true, onclick: go }, t("signin.google"));
  api("/api/config").then(({ googleClientId }) => { button.hidden = !googleClientId; }, () => {}); // the form works without
  return button;
}
