// Parts on the line: one PUT each, straight to the store.

import { ApiError } from "../shell/api.js";
import { t } from "../shell/words.js";

// PUT with progress, which fetch does not tell; the part's ETag.
export function put(url, body, signal, progress) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    signal.addEventListener("abort", stop, { once: true });
    request.open("PUT", url);
    request.upload.onprogress = event => progress(event.loaded);
    request.onload = () => {
      if (request.status === 200) return resolve(request.getResponseHeader("ETag") ?? "");
      // 403: the address ran out; a new one is asked for on the next try, so it may pass.
      const status = request.status === 403 ? 503 : request.status;
      reject(new ApiError(t("upload.storage", { status: request.status }), { status }));
    };
    request.onerror = () => reject(new ApiError(t("upload.lost")));
    request.onabort = () => reject(signal.reason);
    request.onloadend = () => signal.removeEventListener("abort", stop);
    request.send(body);
  });
}

// `await take(signal)` waits for one of `free` places and returns how to give it back.
export function semaphore(free) {
  const queue = [];
  const release = () => { const next = queue.shift(); if (next) next(); else free++; };
  return async signal => {
    signal.throwIfAborted();
    if (free > 0) free--;
    else await new Promise((resolve, reject) => {
      const turn = () => { signal.removeEventListener("abort", leave); resolve(); };
      const leave = () => { queue.splice(queue.indexOf(turn), 1); reject(signal.reason); };
      signal.addEventListener("abort", leave, { once: true });
      queue.push(turn);
    });
    return release;
  };
}
