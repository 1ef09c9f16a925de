// Bytes on their way out, with the progress that fetch does not tell.

import { ApiError } from "./api.js";
import { t } from "./words.js";

// Resolves with the request once the store has said yes; `progress` is told the bytes sent. Raises an ApiError, or
// what `signal` was aborted with.
export function transfer(method, url, body, { signal, progress = () => {} }) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    signal.addEventListener("abort", stop, { once: true });
    request.open(method, url);
    request.upload.onprogress = event => progress(event.loaded);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) return resolve(request);
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
