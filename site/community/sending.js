// A picture or an animation on its way: straight to the store, in the form that the platform signed for it.

import { api, ApiError, persist } from "../shell/api.js";
import { transfer } from "../shell/transfer.js";
import { t } from "../shell/words.js";

const MIB = 2 ** 20;
// As the platform has it: the type of a file, its extension, and how large it may be in bytes.
export const KINDS = {
  "image/png": ["png", 10 * MIB], "image/jpeg": ["jpg", 10 * MIB], "image/webp": ["webp", 10 * MIB],
  "image/gif": ["gif", 50 * MIB], "video/webm": ["webm", 50 * MIB],
};

// What is wrong with a file before it is sent; "" for nothing.
export function complaint(file) {
  if (!(file.type in KINDS)) return t("publish.kind");
  const most = KINDS[file.type][1];
  return file.size > most ? t("publish.large", { count: most / MIB }) : "";
}

export const moves = file => file.type === "image/gif" || file.type === "video/webm";

// The key under which the platform has it now. `progress` is told the bytes sent.
export function send(file, { signal, progress }) {
  return persist(async () => {
    const fileName = `meme.${KINDS[file.type][0]}`; // what it is called here is nobody's business
    const { url, fields, storageKey } = await api(`/contents/upload-url?${new URLSearchParams({ fileName })}`,
      { method: "POST", signal });
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    body.append("file", file);
    await transfer("POST", url, body, { signal, progress: sent => progress(Math.min(sent, file.size)) }).catch(async reason => {
      // A file that has gone from the disk looks to the browser like a lost connection.
      await file.slice(0, 1).arrayBuffer().catch(() => { throw new ApiError(t("publish.unreadable"), { status: 400 }); });
      throw reason;
    });
    return storageKey;
  }, { tries: 4, signal });
}
