// The library as the platform tells it, corrected by what this page has just changed.
//
// Our own writes are laid over what it says for a while, so that the page shows them at once, and no answer that was on
// its way meanwhile brings a file back that has just been deleted.

import { api } from "../shell/api.js";
import { account } from "../shell/session.js";

const LAID_OVER = 60_000; // milliseconds: longer than any answer is on its way

export const changes = new EventTarget(); // "change" after each of our own writes

// Whoever comes next starts from what the platform says.
export const forget = () => written.clear();

const written = new Map(); // file id → { until, gone, fields, entry }

function write(fileId, { gone = false, fields = {}, entry = null }) {
  const before = written.get(fileId);
  const all = { ...before?.fields, ...fields };
  written.set(fileId, { until: Date.now() + LAID_OVER, gone, fields: all, entry: entry ?? before?.entry });
  changes.dispatchEvent(new Event("change"));
}

function corrected(file) {
  const own = written.get(file.file_id);
  return own && own.until > Date.now() ? { ...file, ...own.fields } : file;
}

// What a file is called on screen.
export const titleOf = file => file.title || file.filename.replace(/\.[^.]{1,5}$/, "") || file.filename;

export const addressOf = file => `/library/${file.category}/${encodeURIComponent(file.file_id)}`;

// A page of the listing, newest first: { files, cursor }. "" is every category.
export async function list(category, cursor = null) {
  const query = new URLSearchParams({ ...(category && { category }), ...(cursor && { cursor }) });
  const path = `/api/upload/user/${encodeURIComponent(account().id)}?${query}`;
  const { files, nextCursor } = await api(path, { fresh: true });
  return { files, cursor: nextCursor };
}

// A listing with our own writes laid over it.
export function withOwnWrites(files, category) {
  const known = new Set(files.map(file => file.file_id));
  const own = [...written.values()].filter(one => one.until > Date.now());
  const added = own.map(one => one.entry).filter(file => file && !known.has(file.file_id));
  const fitting = added.filter(file => !category || file.category === category).reverse();
  return [...fitting, ...files].filter(file => !written.get(file.file_id)?.gone).map(corrected);
}

export const pathOf = file => `/api/files/${file.category}/${encodeURIComponent(file.file_id)}`;

export async function details(category, fileId) {
  const { file } = await api(`${pathOf({ category, file_id: fileId })}/info`, { fresh: true });
  return corrected(file);
}

// ---- writes

// A file that has just arrived, or been linked: then its category is whatever its first uploader made it.
export async function arrived({ category, fileId, linked }) {
  const file = linked && (await list("")).files.find(one => one.file_id === fileId);
  const entry = file || await details(category, fileId);
  write(fileId, { entry });
  return entry;
}

// What /api/upload/status says of its stream.
export function prepared(fileId, { state, ready, url, percent, error }) {
  const fields = { stream_state: state, stream_url: ready ? url : null, stream_percent: percent, stream_error: error };
  write(fileId, { fields });
}

export async function refreshed(category, fileId) {
  write(fileId, { fields: (await api(`${pathOf({ category, file_id: fileId })}/info`, { fresh: true })).file });
}

export async function describe(file, fields) {
  await api(`/api/files/${encodeURIComponent(file.file_id)}/metadata`, { method: "POST", body: fields });
  write(file.file_id, { fields });
}

// A poster from anywhere on the web: the platform fetches it and keeps its own copy.
export async function takePoster(file, imageUrl) {
  const body = { imageUrl, fileId: file.file_id, category: file.category };
  const { url } = await api("/api/media/thumbnail", { method: "POST", body });
  write(file.file_id, { fields: { thumbnail_url: `${url}?v=${Date.now()}` } });
}

// Into one's own library, by a file's address.
export async function take(file) {
  const body = { fileId: file.file_id, userId: account().id };
  const { success } = await api("/api/upload/link", { method: "POST", body });
  if (success) write(file.file_id, { entry: file });
  return success;
}

export async function remove(file) {
  await api(`${pathOf(file)}?userId=${encodeURIComponent(account().id)}`, { method: "DELETE" });
  write(file.file_id, { gone: true });
}
