// Talking to the platform: one way to ask, one kind of error.

import { day } from "./amounts.js";
import { account, ended, visit } from "./session.js";
import { has, t } from "./words.js";

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
  const { code = "", details, error = "", ...rest } = nested ? { ...body.error, error: body.error.message } : body ?? {};
  const { field = "", constraint = "", message: detail = "" } = details ?? {};
  const more = (typeof rest.message === "string" && rest.message !== error && rest.message) || constraint || detail;
  const said = more && more !== error ? `${error}: ${more}` : error;
  return new ApiError(wordsFor(status, code, said, retryAfter, details), { status, field, code, retryAfter });
}

// Ours where we have some for it; else what the platform said, in its own language.
function wordsFor(status, code, said, retryAfter, details) {
  if (code === "ACCOUNT_SUSPENDED") return suspended(details ?? {});
  if (has(`error.${code}`)) return t(`error.${code}`);
  if (status === 429 && retryAfter > 90) return t("error.429.minutes", { count: Math.ceil(retryAfter / 60) });
  if (status === 429) return t("error.429", { count: retryAfter || 5 });
  if (status >= 500) return t("error.5xx", { status });
  if (has(`error.${status}`)) return t(`error.${status}`);
  return said ? t("error.refused", { said }) : t("error.status", { status });
}

const suspended = ({ reason, until }) =>
  until ? t("error.suspended.until", { reason, day: day(until) }) : t("error.suspended", { reason });

// The answer's JSON, or an ApiError: api("/users/me"), api(path, { method, body, once, prefer, fresh, keepalive, signal,
// quiet, bare }).
// `fresh` asks again what the browser may still have from before a write. Where the session has ended, the person is
// asked to sign in again and the question is put once more; a `quiet` one fails instead. A `bare` one is nobody's, whoever
// is here. A body is sent as JSON, a FormData as the form it is.
export async function api(path, options = {}) {
  const asked = account(), during = visit();
  let answer = await send(path, options);
  if (answer.status === 401 && asked && !options.quiet && !options.keepalive) {
    const again = visit() === during ? await ended(t("signin.ended")).catch(() => null) : account();
    if (again?.id !== asked.id) throw await errorOfAnswer(answer); // nobody, or somebody whose question it was not
    answer = await send(path, options);
  }
  if (!answer.ok) throw await errorOfAnswer(answer);
  return answer.json().catch(() => null);
}

async function send(path, { method = "GET", body, once, prefer, fresh, keepalive, signal, door, bare }) {
  const json = body !== undefined && !(body instanceof FormData);
  const said = { "Content-Type": json && "application/json", "Idempotency-Key": once, Prefer: prefer };
  try {
    return await fetch(path, {
      method, keepalive, signal,
      headers: Object.fromEntries(Object.entries(said).filter(([, value]) => value)),
      body: json ? JSON.stringify(body) : body,
      cache: fresh ? "no-cache" : "default",
      // A left-over cookie would be refused where none is needed.
      credentials: (account() && !bare) || door ? "same-origin" : "omit",
    });
  } catch (reason) {
    if (reason.name === "AbortError") throw reason;
    throw new ApiError(t("error.0"));
  }
}

async function errorOfAnswer(answer) {
  const body = await answer.json().catch(() => null);
  return errorOf(answer.status, body, Number(answer.headers.get("Retry-After")));
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
  return /^\/(api|thumbnails|media)\//.test(url.pathname) ? url.pathname + url.search : url.href;
}
