// Where one stopped: read before playing, saved every five seconds, on every pause, and when the page goes away.

import { account, api } from "./api.js";

const EVERY = 5; // seconds of film
const WORTH = 3; // seconds; a shorter look is no place to go back to

export async function placeOf(file) {
  const saved = await api(`/api/watch-progress/${encodeURIComponent(file.file_id)}`, { fresh: true });
  return saved && saved.current_time > WORTH && saved.progress_percent < 97 ? saved.current_time : 0;
}

// Keeps saving while `video` plays. `failed(words)` is told when saving does not work, and "" when it does again.
export function keepPlace(file, video, failed, signal) {
  let saved = null;
  const save = async keepalive => {
    const duration = Number.isFinite(video.duration) && video.duration > 0 ? video.duration : file.duration;
    const position = video.currentTime;
    if (!duration || !video.played.length || (saved !== null && Math.abs(position - saved) < 0.25)) return;
    saved = position;
    const body = { current_time: position, duration, user_id: account().id };
    try {
      await api(`/api/watch-progress/${encodeURIComponent(file.file_id)}`, { method: "POST", body, keepalive });
      failed("");
    } catch (reason) {
      saved = null;
      failed(`Your place in it was not saved. ${reason.message}`);
    }
  };
  const on = (target, type, act) => target.addEventListener(type, act, { signal });
  const due = () => !video.paused && Math.abs(video.currentTime - (saved ?? -EVERY)) >= EVERY;
  on(video, "timeupdate", () => { if (due()) save(); });
  on(video, "pause", () => save());
  on(video, "seeked", () => { if (video.paused) save(); });
  on(window, "pagehide", () => save(true));
  on(document, "visibilitychange", () => { if (document.hidden) save(true); });
  return save;
}
