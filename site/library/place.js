// Where one stopped: read before playing, saved every five seconds, on every pause, and when the page goes away.

import { api, persist } from "../shell/api.js";
import { account } from "../shell/session.js";
import { t } from "../shell/words.js";

const EVERY = 5; // seconds of film
const WORTH = 3; // seconds; a shorter look is no place to go back to
const TRIES = 4;

let last = Promise.resolve(); // the latest save, of whatever film

// Resolves when no save is under way: whoever reads places wants the latest.
export const settled = () => last;

export async function placeOf(file) {
  if (!account()) return 0;
  const saved = await api(`/api/watch-progress/${encodeURIComponent(file.file_id)}`, { fresh: true });
  return saved && saved.current_time > WORTH && saved.progress_percent < 97 ? saved.current_time : 0;
}

// Keeps saving while `video` plays, for whoever is signed in. `failed(words)` is told when saving does not work, and ""
// when it does again. Saves follow each other: an earlier place never arrives after a later one. A save that is asked for
// while one is under way is made after it, with the place of then. Returns how to save at once, for who leaves.
export function keepPlace(file, video, failed, signal) {
  let saved = null, tried = null; // seconds: what the platform has; what it was last asked to keep
  let underway = false, again = false;

  const send = leaving => {
    tried = video.currentTime;
    const duration = Number.isFinite(video.duration) && video.duration > 0 ? video.duration : file.duration;
    const position = tried, body = { current_time: position, duration, user_id: account().id };
    return api(`/api/watch-progress/${encodeURIComponent(file.file_id)}`, { method: "POST", body, keepalive: leaving })
      .then(() => { saved = position; });
  };
  const worth = () =>
    account() && video.played.length && video.currentTime !== saved && (video.duration > 0 || file.duration);

  const save = async () => {
    if (underway) { again = true; return; }
    underway = true;
    do {
      again = false;
      if (signal.aborted || !worth()) break;
      try {
        await persist(() => send(false), { tries: TRIES, signal });
        failed("");
      } catch (reason) {
        if (!signal.aborted) failed(t("player.place.unsaved", { reason: reason.message }));
      }
    } while (again);
    underway = false;
  };
  const keep = leaving => {
    if (!leaving) last = save();
    else if (worth()) last = send(true).catch(() => {}); // nobody is there any more to be told
    return last;
  };

  const on = (target, type, act) => target.addEventListener(type, act, { signal });
  const due = () => !video.paused && Math.abs(video.currentTime - (tried ?? -EVERY)) >= EVERY;
  on(video, "timeupdate", () => { if (due()) keep(); });
  on(video, "pause", () => keep());
  on(video, "seeked", () => { if (video.paused) keep(); });
  on(window, "pagehide", () => keep(true));
  on(document, "visibilitychange", () => { if (document.hidden) keep(true); });
  return keep;
}
