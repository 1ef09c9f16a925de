// What the platform knows of memes, and what was done with them here.

import { api, pause, persist } from "../shell/api.js";
import { account } from "../shell/session.js";

export const changes = new EventTarget(); // "change", with `detail` { id, meme, made }: it is so now, or gone where null

export const PAGE = 24;

export const addressOf = meme => `/community/${encodeURIComponent(meme.slug)}`;
export const authorAddress = author => `/community/by/${encodeURIComponent(author.username)}`;
export const nameOf = author => author.displayName || author.username;

// What is given to others: robots find a preview there, and people are led to the meme's page.
export const sharedAddress = meme => new URL(`/contents/${encodeURIComponent(meme.slug)}`, location.href).href;

export const renditionOf = (meme, kind) => meme.renditions.find(one => one.kind === kind);

// The address of a list with its filters: { sort: "trend", tag, category, query, author, favoritesOnly, sensitive }
export function listOf(wanted) {
  const asked = Object.entries(wanted).filter(([, value]) => value);
  return cursor => {
    const query = new URLSearchParams({ limit: PAGE, ...Object.fromEntries(asked), ...(cursor && { cursor }) });
    return since(async () => {
      const found = await api(`/contents/explore?${query}`);
      return told => ({ ...found, data: found.data.map(told) });
    });
  };
}

export const one = slug => since(async () => {
  const found = await api(`/contents/${encodeURIComponent(slug)}`);
  return told => told(found);
});

// An answer may have been on its way while something was done: what was done since the question counts.
async function since(read) {
  const done = new Map(); // meme id → it
  const hear = ({ detail }) => { if (detail.meme) done.set(detail.id, detail.meme); };
  changes.addEventListener("change", hear);
  try {
    const apply = await read();
    return apply(meme => done.has(meme.id) ? { ...meme, isFavorite: done.get(meme.id).isFavorite, favoritesCount: done.get(meme.id).favoritesCount } : meme);
  } finally {
    changes.removeEventListener("change", hear);
  }
}

export const categories = async () => (await api("/categories?limit=100")).data;

export const tags = async (query, limit = 12) =>
  (await api(`/tags?${new URLSearchParams({ limit, ...(query && { query }) })}`)).data;

// Counted, and that is all: a look that is not counted hurts nobody.
export async function viewed(meme) {
  const counts = await api(`/contents/${meme.id}/view`, { method: "POST", quiet: true }).catch(() => null);
  if (counts) tell({ ...meme, views: counts.views });
}

export async function used(meme) {
  const { usageCount } = await api(`/contents/${meme.id}/use`, { method: "POST", quiet: true });
  tell({ ...meme, usageCount });
}

export async function like(meme, liked) {
  const method = liked ? "POST" : "DELETE";
  const { isFavorite, favoritesCount } = await api(`/favorites/${meme.id}`, { method });
  tell({ ...meme, isFavorite, favoritesCount });
}

export async function create(body, once) {
  const meme = await api("/contents", { method: "POST", body, once });
  tell(meme, true);
  return meme;
}

export async function describe(meme, said) {
  const now = await api(`/contents/${meme.id}`, { method: "PATCH", body: said });
  tell(now);
  return now;
}

export async function remove(meme) {
  const mine = meme.author.id === account()?.id;
  await api(`/contents/${meme.id}${mine ? "" : "/admin"}`, { method: "DELETE" });
  gone(meme.id);
}

export const tell = (meme, made = false) =>
  changes.dispatchEvent(new CustomEvent("change", { detail: { id: meme.id, meme, made } }));
export const gone = id => changes.dispatchEvent(new CustomEvent("change", { detail: { id, meme: null } }));

const AGAIN = 1500; // milliseconds between two looks at one that is being made

// Until what is being made of it is made.
export async function follow(meme, signal) {
  try {
    while (meme.state === "processing") {
      await pause(AGAIN, signal);
      meme = await persist(() => one(meme.id), { signal });
      if (meme.state !== "processing") tell(meme);
    }
  } catch (reason) {
    if (!signal.aborted && reason.status !== 404) throw reason;
  }
}

// What has changed, in a list that was read before: the list's own copy. Whether there was anything to change.
export function adapt(list, { id, meme }) {
  const at = list.findIndex(one => one.id === id);
  if (at < 0) return false;
  list.splice(at, 1, ...(meme ? [meme] : []));
  return true;
}
