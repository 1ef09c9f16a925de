// Talking to the platform: one way to ask, one kind of error, and tokens that are kept fresh.

const KEPT = "bobine.session"; // { access, refresh, expires (ms), account } in localStorage, shared by all tabs
const UNREACHABLE = "The server cannot be reached. Check your connection and try again.";

// `message` is for people, `field` names the input it is about, `status` is 0 when there was no answer at all.
export class ApiError extends Error {
  constructor(message, { status = 0, field = "", code = "", retryAfter = 0 } = {}) {
    super(message);
    Object.assign(this, { status, field, code, retryAfter });
  }

  get passing() { return this.status === 0 || this.status === 429 || this.status >= 500; }
}

// Of the platform's shapes: {error, message?, details?}, {error, details?, code} and {error: {code, message, details}}.
export function errorOf(status, body, retryAfter = 0) {
  const nested = typeof body?.error === "object";
  const { code, details, error, ...rest } = nested ? { ...body.error, error: body.error.message } : body ?? {};
  const { field = "", constraint = "", message: detail = "" } = details ?? {};
  const more = (typeof rest.message === "string" && rest.message !== error && rest.message) || constraint || detail;
  const known = { INVALID_CREDENTIALS: "The e-mail address or the password is wrong." };
  const wait = status === 429 ? `. Try again in ${retryAfter || "a few"} seconds` : "";
  const words = known[code] ?? (error ? `${error}${more ? `: ${more}` : ""}${wait}` : `The server answered ${status}`);
  return new ApiError(words, { status, field, code, retryAfter });
}

// ---- the session

let session = read();

function read() {
  try { return JSON.parse(localStorage.getItem(KEPT)); } catch { return null; }
}

function keep(next) {
  session = next;
  if (next) localStorage.setItem(KEPT, JSON.stringify(next));
  else localStorage.removeItem(KEPT);
}

export const account = () => session?.account ?? null;

// `tokens` as /api/v1/auth/login answers them. Google's door gives an access token alone; after it the cookie counts.
export async function enter({ access_token, refresh_token = null, expires_in = 3600 }) {
  session = sessionOf({ access_token, refresh_token, expires_in });
  keep({ ...session, account: await api("/users/me") });
}

const sessionOf = ({ access_token: access, refresh_token: refresh, expires_in: seconds }) =>
  ({ access, refresh, expires: Date.now() + seconds * 1000 });

export async function leave() {
  await api("/api/v1/auth/logout", { method: "POST" }).catch(() => {}); // the tokens here go in any case
  keep(null);
}

// Another tab signed in, out, or as somebody else.
addEventListener("storage", event => {
  if (event.key !== KEPT) return;
  const before = session?.account.id;
  session = read();
  if (before !== session?.account.id) location.reload();
});

function ended() {
  keep(null);
  dispatchEvent(new CustomEvent("session-ended"));
}

// A refresh token is good once, and a second use ends the session: only one tab at a time may use it.
async function renew(stale) {
  const alone = navigator.locks ? work => navigator.locks.request(KEPT, work) : work => work();
  await alone(async () => {
    session = read();
    if (!session || session.access !== stale) return; // another tab was quicker
    if (!session.refresh) return keep({ ...session, access: null });
    const answer = await send("/api/v1/auth/refresh", { method: "POST", body: { refresh_token: session.refresh } });
    if (answer.status === 401) return ended();
    keep({ ...session, ...sessionOf(await answered(answer)) });
  });
}

// ---- asking

// The answer's JSON, or an ApiError: api("/users/me"), api(path, { method, body, fresh, keepalive, signal }).
// `fresh` asks again what the browser may still have from before a write.
export async function api(path, options = {}) {
  if (session?.access && session.expires < Date.now() + 60_000 && !options.keepalive) await renew(session.access);
  const used = session?.access;
  let answer = await send(path, options, used);
  if (answer.status === 401 && session?.account && used) {
    await renew(used);
    if (session) answer = await send(path, options, session.access);
  }
  if (answer.status === 401 && session?.account) ended();
  return answered(answer);
}

async function send(path, { method = "GET", body, fresh, keepalive, signal }, access) {
  const headers = {};
  if (access) headers.Authorization = `Bearer ${access}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    return await fetch(path, {
      method, headers, keepalive, signal,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: fresh ? "no-cache" : "default",
    });
  } catch (reason) {
    if (reason.name === "AbortError") throw reason;
    throw new ApiError(UNREACHABLE);
  }
}

async function answered(answer) {
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw errorOf(answer.status, body, Number(answer.headers.get("Retry-After")));
  return body;
}

// Tries again what may pass by itself (too many requests, a fault, a lost connection), up to `tries` times; as long as
// the browser knows itself offline, it waits without counting. `waiting` is told why, and null when it goes on.
export async function persist(work, { tries = 8, signal, waiting = () => {} } = {}) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (reason) {
      if (!reason.passing || attempt >= tries || signal?.aborted) throw reason;
      waiting(reason);
      if (!navigator.onLine) await pause(FOREVER, signal).then(() => { attempt = 0; });
      else await pause(Math.max(backoff(attempt), reason.retryAfter) * 1000, signal);
      waiting(null);
    }
  }
}

const FOREVER = 2 ** 31 - 1; // milliseconds, the longest a timer can be set for
const backoff = attempt => Math.min(30, 2 ** attempt / 2) * (0.5 + Math.random() / 2); // seconds

// Milliseconds of nothing; ends early when the connection comes back, and with an AbortError when `signal` says so.
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const done = () => { clearTimeout(timer); removeEventListener("online", done); resolve(); };
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done);
    signal?.addEventListener("abort", () => { done(); reject(signal.reason); }, { once: true });
  });
}

// Addresses in answers are absolute; the page may be open under another name of the same platform.
export function here(address) {
  if (!address) return null;
  const url = new URL(address, location.href);
  return /^\/(api|thumbnails)\//.test(url.pathname) ? url.pathname + url.search : url.href;
}
