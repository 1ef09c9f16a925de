// Playing a film or a sound: HLS by hls.js (on Apple's by the browser itself), the original while there is no stream.

import { here } from "./api.js";
import { controls, qualities, subtitles, waiting } from "./controls.js";
import { find, make, say } from "./dom.js";
import { pathOf } from "./files.js";
import { keepPlace, placeOf } from "./place.js";
import { follow } from "./preparing.js";

const HLS = "application/vnd.apple.mpegurl";
const error = find("#file .about .error");

// Starts in `root`; returns how to stop.
export function play(root, file) {
  const ending = new AbortController(), { signal } = ending;
  const video = find("video", root);
  const show = { root, video, file, signal, hls: null, stops: [] };
  root.hidden = false;
  root.classList.toggle("sound", file.category === "musics");
  if (file.thumbnail_url) video.poster = here(file.thumbnail_url);
  else video.removeAttribute("poster");
  controls(show);
  root.focus(); // so that the keys are the player's from the start
  begin(show).catch(reason => { if (!signal.aborted) say(error, reason.message); });
  return () => {
    video.pause();
    show.save?.(true);
    ending.abort();
    for (const stop of show.stops) stop();
    show.hls?.destroy();
    video.removeAttribute("src");
    video.load();
    root.hidden = true;
  };
}

async function begin(show) {
  const { file, video, signal } = show;
  waiting(show, "Opening…");
  let from = 0;
  try {
    from = await placeOf(file);
  } catch (reason) {
    say(error, `Where you stopped could not be read. ${reason.message}`);
  }
  if (signal.aborted) return;
  if (file.stream_url) await stream(show, here(file.stream_url), from);
  else await meanwhile(show, from);
  if (signal.aborted) return;
  show.save = keepPlace(file, video, words => say(error, words), signal);
}

// There is no stream (yet): the original will do if the browser knows its kind.
async function meanwhile(show, from) {
  const { file, video, signal } = show;
  const coming = ["pending", "processing"].includes(file.stream_state);
  if (file.mime_type && video.canPlayType(file.mime_type)) {
    if (file.stream_error) say(error, `This is the original; there is no stream of it: ${file.stream_error}`);
    return original(show, from);
  }
  if (!coming) {
    waiting(show, "");
    say(error, unplayable(file.stream_error));
    return;
  }
  waiting(show, "Getting it ready…");
  const url = await new Promise((resolve, reject) => {
    show.stops.push(follow(file.file_id, status => {
      if (status.percent) waiting(show, `Getting it ready… ${Math.round(status.percent)} %`);
      if (status.ready) resolve(status.url);
      else if (status.state === "failed" || status.state === "none") reject(new Error(unplayable(status.error)));
    }));
  });
  if (!signal.aborted) await stream(show, here(url), from);
}

const unplayable = (reason = null) =>
  `It cannot be played here: ${reason ?? "there is nothing to play in it"}. You can download it.`;

function original({ file, video, signal }, from) {
  const once = { once: true, signal };
  video.addEventListener("loadedmetadata", () => { if (from) video.currentTime = from; }, once);
  video.addEventListener("error", () => say(error, unplayable("the browser does not understand it")), once);
  video.src = pathOf(file);
}

async function stream(show, address, from) {
  const { video, signal } = show;
  const apple = navigator.vendor.startsWith("Apple") && video.canPlayType(HLS);
  const Hls = apple ? null : await library();
  if (signal.aborted) return;
  if (!Hls?.isSupported()) {
    if (!video.canPlayType(HLS)) throw new Error("This browser can play neither HLS nor media source extensions.");
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
    const done = type === Hls.ErrorTypes.NETWORK_ERROR ? "read" : "played";
    say(error, `The stream could not be ${done} (${[details, response?.code].filter(Boolean).join(", ")}). `);
    const again = () => { say(error); mended = 0; retry(hls, details, address, video.currentTime || from); };
    error.append(make("button", { onclick: again }, "Try again"));
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
      reject(new Error("The player could not be loaded. Check your connection and open it again."));
    };
    document.head.append(script);
  });
  return loaded;
}
