// Coming and going: the sign-in dialog, which lies over whatever is open and gives it back as it was.

import { openDialog } from "../design/dialog.js";
import { find, make } from "../design/dom.js";
import { field, form } from "../design/form.js";
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

function open(why, first, resolve, reject) {
  let entered = null;
  const finish = async () => {
    const { id, displayName, username } = await api("/users/me", { fresh: true, door: true, quiet: true });
    entered = { id, name: displayName || username, renewed: Date.now() };
    keep(entered);
    dialog.close();
  };
  const fromGoogle = event => {
    if (event.origin === location.origin && event.data?.type === "bobine-auth") finish();
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
  const show = (mode, email = "") => {
    find("h2", dialog).textContent = t(mode === "enter" ? "signin.title" : "signup.title");
    content.replaceChildren(make("img", { src: "/favicon.svg", alt: "", width: 52, height: 52 }),
      ...(why ? [make("p", { class: "why quiet" }, why)] : []),
      ...(mode === "enter" ? entering(email, finish, show) : registering(email, finish, show)));
    find(email ? "input[type=password]" : "input", content).focus();
  };
  show(first);
  return dialog;
}

const emailField = email =>
  field({ name: "email", type: "email", label: t("signin.email"), autocomplete: "email", required: true, value: email });

function entering(email, finish, show) {
  const fields = [
    emailField(email),
    field({
      name: "password", type: "password", label: t("signin.password"), autocomplete: "current-password", required: true,
    }),
  ];
  const send = async body => {
    await api("/auth/login", { method: "POST", body, door: true, quiet: true });
    await finish();
  };
  const element = form({ fields, submit: t("signin.enter"), send });
  return [element, google(), other("signin.new", "signin.make", () => show("register", typed(element)))];
}

function registering(email, finish, show) {
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
    await api("/auth/login", { method: "POST", body: { email, password }, door: true, quiet: true });
    await finish();
  };
  const element = form({ fields, submit: t("signin.make"), send });
  return [element, google(), other("signup.known", "signin.enter", () => show("enter", typed(element)))];
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
