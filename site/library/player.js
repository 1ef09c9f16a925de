// Playing a film or a sound: HLS by hls.js (on Apple's by the browser itself), the original while there is no stream.

import { find, make } from "../design/dom.js";
import { percent } from "../shell/amounts.js";
import { here } from "../shell/api.js";
import { t } from "../shell/words.js";
import { controls, qualities, subtitles, waiting } from "./controls.js";
import { pathOf } from "./files.js";
import { keepPlace, placeOf } from "./place.js";
import { follow } from "./preparing.js";
import { isComing, isOver } from "./states.js";

const HLS = "application/vnd.apple.mpegurl";

// Starts in `root` (stage.js). `tell(words, again)` is told what goes wrong, and "" when it is over. Returns how to stop.
export function play(root, file, tell) {
  const ending = new AbortController(), { signal } = ending;
  const video = find("video", root);
  const show = { root, video, file, signal, tell, hls: null, stops: [] };
  root.classList.toggle("sound", file.category === "musics");
  if (file.thumbnail_url) video.poster = here(file.thumbnail_url);
  controls(show);
  begin(show).catch(reason => { if (!signal.aborted) tell(reason.message); });
  return () => {
    video.pause();
    show.save?.(true);
    ending.abort();
    for (const stop of show.stops) stop();
    show.hls?.destroy();
    video.removeAttribute("src");
    video.load();
  };
}

async function begin(show) {
  const { file, video, signal } = show;
  waiting(show, t("player.opening"));
  let from = 0;
  try {
    from = await placeOf(file);
  } catch (reason) {
    show.tell(t("player.place.unread", { reason: reason.message }));
  }
  if (signal.aborted) return;
  if (file.stream_url) await stream(show, addressOf(file.stream_url, isComing(file.stream_state)), from);
  else await meanwhile(show, from);
  if (signal.aborted) return;
  show.save = keepPlace(file, video, show.tell, signal);
}

// There is no stream (yet): the original will do if the browser knows its kind.
async function meanwhile(show, from) {
  const { file, video, signal } = show;
  if (file.mime_type && video.canPlayType(file.mime_type)) {
    if (file.stream_error) show.tell(t("player.original", { reason: file.stream_error }));
    return original(show, from);
  }
  if (!isComing(file.stream_state)) {
    waiting(show, "");
    show.tell(unplayable(file.stream_error));
    return;
  }
  waiting(show, t("player.preparing"));
  const url = await new Promise((resolve, reject) => {
    show.stops.push(follow(file.file_id, status => {
      if (status.percent) waiting(show, t("player.preparing.at", { percent: percent(Math.round(status.percent)) }));
      if (status.ready) resolve(status.url);
      else if (isOver(status.state)) reject(new Error(unplayable(status.error)));
    }));
  });
  if (!signal.aborted) await stream(show, addressOf(url, true), from);
}

// Browsers keep a master playlist for an hour. The one of a film that is still being made lists few rungs yet: it gets
// an address of its own, so that the next look finds the whole one.
const addressOf = (url, growing) => here(url) + (growing ? "?growing" : "");

const unplayable = reason => t("player.unplayable", { reason: reason ?? t("player.nothing") });

function original({ file, video, signal, tell }, from) {
  const once = { once: true, signal };
  video.addEventListener("loadedmetadata", () => { if (from) video.currentTime = from; }, once);
  video.addEventListener("error", () => tell(unplayable(t("player.not.understood"))), once);
  video.src = pathOf(file);
}

async function stream(show, address, from) {
  const { video, signal } = show;
  const apple = navigator.vendor.startsWith("Apple") && video.canPlayType(HLS);
  const Hls = apple ? null : await library();
  if (signal.aborted) return;
  if (!Hls?.isSupported()) {
    if (!video.canPlayType(HLS)) throw new Error(t("player.unsupported"));
    const begin = () => { if (from) video.currentTime = from; subtitles(show); };
    video.addEventListener("loadedmetadata", begin, { once: true, signal });
    video.src = address;
    return;
  }
  const hls = (show.hls = new Hls({ startPosition: from, capLevelToPlayerSize: true, backBufferLength: 90 }));
  hls.on(Hls.Events.MANIFEST_PARSED, () => qualities(show));
  hls.on(Hls.Events.LEVEL_SWITCHED, () => qualities(show));
  hls.on(Hls.Events.SUBTITLE_TRACKS_UPDATED, () => subtitles(show));
  let mended = 0;
  hls.on(Hls.Events.ERROR, (_, { fatal, type, details, response }) => {
    if (!fatal) return;
    if (type === Hls.ErrorTypes.MEDIA_ERROR && mended++ < 2) return hls.recoverMediaError();
    const what = [details, response?.code].filter(Boolean).join(", ");
    const again = () => { show.tell(""); mended = 0; retry(hls, details, address, video.currentTime || from); };
    show.tell(t(type === Hls.ErrorTypes.NETWORK_ERROR ? "player.stream.unread" : "player.stream.unplayed", { what }), again);
  });
  hls.loadSource(address);
  hls.attachMedia(video);
}

function retry(hls, details, address, from) {
  if (!details.startsWith("manifest")) return hls.startLoad(from);
  hls.loadSource(address);
}

// hls.js, fetched when it is first needed.
let loaded;
function library() {
  loaded ??= new Promise((resolve, reject) => {
    const script = make("script", { src: "/vendor/hls.js" });
    script.onload = () => resolve(window.Hls);
    script.onerror = () => {
      loaded = null;
      reject(new Error(t("player.unloaded")));
    };
    document.head.append(script);
  });
  return loaded;
}
