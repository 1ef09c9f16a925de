// Uploads that were begun and not finished, kept so that they can go on after a reload:
// { fingerprint: { uploadId, fileId, category, partSize, accountId, name, size, sent } }

const KEPT = "bobine.uploads";

export const fingerprintOf = (file, accountId) => `${accountId}/${file.name}/${file.size}/${file.lastModified}`;

export const recall = fingerprint => all()[fingerprint] ?? null;

export const unfinished = accountId => Object.entries(all()).filter(([, one]) => one.accountId === accountId);

// A record of null forgets it.
export function remember(fingerprint, record) {
  const others = all();
  delete others[fingerprint];
  localStorage.setItem(KEPT, JSON.stringify(record ? { ...others, [fingerprint]: record } : others));
}

function all() {
  try { return JSON.parse(localStorage.getItem(KEPT)) ?? {}; } catch { return {}; }
}
