// Who is here. The session itself is an HttpOnly cookie that no script can read; kept here is only whose it is.

const KEPT = "bobine.account"; // { id, name, picture, renewed (ms) } in localStorage, shared by all tabs

export const changes = new EventTarget(); // "change": somebody came, left, or is somebody else; "details": their name or picture

let current = read(), visits = 0, askForThem = null, asking = null;

function read() {
  try { return JSON.parse(localStorage.getItem(KEPT)); } catch { return null; }
}

export const account = () => current;

// Changes with every coming and going, so that a late answer to an earlier visit can be told from one to this.
export const visit = () => visits;

export function keep(next) {
  const before = current?.id;
  current = next;
  visits++;
  if (next) localStorage.setItem(KEPT, JSON.stringify(next));
  else localStorage.removeItem(KEPT);
  if (before !== next?.id) changes.dispatchEvent(new Event("change"));
}

// The same person, under another name or with another picture.
export function know(details) {
  if (Object.entries(details).every(([name, value]) => current[name] === value)) return;
  current = { ...current, ...details };
  localStorage.setItem(KEPT, JSON.stringify(current));
  changes.dispatchEvent(new Event("details"));
}

// Another tab signed in, out, or as somebody else.
addEventListener("storage", event => {
  if (event.key !== KEPT && event.key !== null) return;
  const before = current?.id;
  current = read();
  changes.dispatchEvent(new Event(before === current?.id ? "details" : "change"));
});

// The sign-in dialog gives itself in: `ask(why, mode)` resolves with the account, and rejects with Dismissed.
export const askWith = ask => { askForThem = ask; };

// A person decided not to; nothing went wrong, and nothing more is to be said.
export class Dismissed extends Error {}

// `await signedIn(why)` before what needs an account: asks for it if nobody is here, then the action goes on.
// `mode` is which half of the dialog is shown first: "enter" or "register".
export const signedIn = (why, mode) => current ? Promise.resolve(current) : ask(why, mode);

// The cookie ran out or was revoked: the same person signs in again over whatever is open, or it is as nobody's.
export async function ended(why) {
  try {
    return await ask(why);
  } catch (reason) {
    keep(null);
    throw reason;
  }
}

// However many need it at once, one dialog.
function ask(why, mode = "enter") {
  asking ??= askForThem(why, mode).finally(() => { asking = null; });
  return asking;
}

// For an action of a button: a dismissed sign-in ends it in silence.
export async function withAccount(why, act = () => {}, mode = "enter") {
  try {
    await signedIn(why, mode);
  } catch (reason) {
    if (reason instanceof Dismissed) return;
    throw reason;
  }
  await act();
}
