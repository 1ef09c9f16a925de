// Parts on the line: one PUT each, straight to the store.

import { transfer } from "../shell/transfer.js";

// The part's ETag.
export async function put(url, body, signal, progress) {
  const request = await transfer("PUT", url, body, { signal, progress });
  return request.getResponseHeader("ETag") ?? "";
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
