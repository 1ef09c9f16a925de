// The sign-in dialog: it lies over whatever was open, so that a session that ends loses nothing typed below.

import { account, api, enter } from "./api.js";
import { find, say } from "./dom.js";

const dialog = find("#sign-in"), form = find("form", dialog), fields = form.elements;
const error = find(".error", dialog), why = find(".why", dialog);
const submit = find("button.main", dialog), google = find(".google", dialog);
let registering = false, entered = () => {};

export function start() {
  dialog.oncancel = event => event.preventDefault(); // there is nothing behind it to go back to
  find(".switch button", dialog).onclick = () => mode(!registering);
  form.onsubmit = event => { event.preventDefault(); attempt(registering ? register : signIn); };
  google.onclick = () => open("/api/auth/google/electron", "google", "popup,width=480,height=680");
  addEventListener("message", event => {
    if (event.origin !== location.origin || event.data?.type !== "bobine-auth") return;
    attempt(() => enter({ access_token: event.data.token }));
  });
  mode(false);
}

// Resolves when somebody is signed in.
export function signedIn(reason = "") {
  say(why, reason);
  if (!dialog.open) dialog.showModal();
  const offerGoogle = ({ googleClientId }) => { google.hidden = !googleClientId; };
  api("/api/config").then(offerGoogle, () => {}); // the form works without
  return new Promise(resolve => { entered = resolve; });
}

function mode(register) {
  registering = register;
  find("h1", dialog).textContent = register ? "Make an account" : "Sign in to Bobine";
  submit.textContent = register ? "Make an account" : "Sign in";
  find(".switch span", dialog).textContent = register ? "You have one?" : "New here?";
  find(".switch button", dialog).textContent = register ? "Sign in" : "Make an account";
  find(".registering", dialog).hidden = !register;
  fields.username.required = register;
  fields.username.disabled = !register;
  fields.password.minLength = register ? 8 : 0;
  fields.password.autocomplete = register ? "new-password" : "current-password";
  say(error);
}

const signIn = async () => {
  const body = { email: fields.email.value, password: fields.password.value };
  await enter(await api("/api/v1/auth/login", { method: "POST", body }));
};

async function register() {
  const body = { email: fields.email.value, username: fields.username.value, password: fields.password.value };
  await api("/auth/register", { method: "POST", body });
  mode(false); // if signing in fails now, the account is there all the same
  await signIn();
}

async function attempt(act) {
  submit.disabled = true;
  say(error);
  try {
    await act();
    fields.password.value = "";
    dialog.close();
    entered(account());
  } catch (reason) {
    say(error, reason.message);
    (fields[reason.field] ?? fields.password).focus();
  } finally {
    submit.disabled = false;
  }
}
