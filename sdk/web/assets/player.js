// Playing a film or a sound: HLS by hls.js (by the browser itself on Apple's), the original while there is no stream yet.

import { here } from "./api.js";
import { find, make, say, setIcon } from "./dom.js";
import { pathOf } from "./files.js";
import { keepPlace, placeOf } from "./place.js";
import { follow } from "./preparing.js";
import { sprites } from "./sprites.js";
import { clock } from "./words.js";

const HLS = "application/vnd.apple.mpegurl";
const IDLE = 2500; // milliseconds without a move until the controls go
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
  begin(show).catch(reason => { if (!signal.aborted) say(error, reason.message); });
  return () => {
    if (!video.paused) video.pause(); // saves the place; the listeners go a moment later
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
    say(error, coming ? "" : file.stream_error ? `It could not be made ready for streaming (${file.stream_error}), so this is the original.` : "");
    original(show, from);
    return;
  }
  if (!coming) {
    waiting(show, "");
    say(error, `It cannot be played here${file.stream_error ? `: ${file.stream_error}` : ""}. You can download it.`);
    return;
  }
  waiting(show, "Getting it ready…");
  const url = await new Promise((resolve, reject) => {
    show.stops.push(follow(file.file_id, status => {
      if (status.percent) waiting(show, `Getting it ready… ${Math.round(status.percent)} %`);
      if (status.ready) resolve(status.url);
      else if (status.error || status.state === "none") reject(new Error(`It cannot be played here: ${status.error ?? "there is nothing to play in it"}. You can download it.`));
    }));
  });
  if (!signal.aborted) await stream(show, here(url), from);
}

function original({ file, video, signal }, from) {
  video.addEventListener("loadedmetadata", () => { if (from) video.currentTime = from; }, { once: true, signal });
  video.src = pathOf(file);
}

async function stream(show, address, from) {
  const { video, signal } = show;
  const apple = navigator.vendor.startsWith("Apple") && video.canPlayType(HLS);
  const Hls = apple ? null : await library();
  if (signal.aborted) return;
  if (!Hls?.isSupported()) {
    if (!video.canPlayType(HLS)) throw new Error("This browser can play neither HLS nor media source extensions.");
    video.addEventListener("loadedmetadata", () => { if (from) video.currentTime = from; subtitles(show); }, { once: true, signal });
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
    const words = type === Hls.ErrorTypes.NETWORK_ERROR ? "The stream could not be read." : "The stream could not be played.";
    say(error, `${words} (${details}${response?.code ? `, ${response.code}` : ""}) `);
    error.append(make("button", { onclick: () => { say(error); mended = 0; retry(hls, details, address, video.currentTime || from); } }, "Try again"));
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
    script.onerror = () => { loaded = null; reject(new Error("The player could not be loaded. Check your connection and open it again.")); };
    document.head.append(script);
  });
  return loaded;
}

// ---- what can be chosen

function qualities({ hls, root }) {
  const select = find(".quality", root), height = level => `${Math.min(level.width || Infinity, level.height)}p`;
  const playing = hls.levels[hls.currentLevel];
  const levels = hls.levels.map((level, index) => ({ level, index })).filter(({ level }) => level.height).reverse();
  select.hidden = levels.length < 2;
  const auto = hls.autoLevelEnabled;
  select.replaceChildren(
    make("option", { value: -1, selected: auto }, auto && playing ? `Auto (${height(playing)})` : "Auto"),
    ...levels.map(({ level, index }) => make("option", { value: index, selected: !auto && index === hls.currentLevel }, height(level))),
  );
  select.onchange = () => { hls.currentLevel = Number(select.value); };
}

function subtitles({ hls, root, video }) {
  const select = find(".subtitles", root);
  const tracks = hls ? hls.subtitleTracks : [...video.textTracks];
  const name = (track, index) => track.name || track.label || track.lang || track.language || `Track ${index + 1}`;
  select.hidden = !tracks.length;
  select.replaceChildren(make("option", { value: -1 }, "No subtitles"), ...tracks.map((track, index) => make("option", { value: index }, name(track, index))));
  select.onchange = () => {
    const chosen = Number(select.value);
    if (hls) [hls.subtitleTrack, hls.subtitleDisplay] = [chosen, chosen >= 0];
    else tracks.forEach((track, index) => { track.mode = index === chosen ? "showing" : "disabled"; });
  };
}

// ---- the controls

function waiting({ root }, words = null) {
  find(".waiting", root).hidden = words === "";
  find(".waiting .words", root).textContent = words ?? "";
}

function controls(show) {
  const { root, video, file, signal } = show;
  const part = name => find(name, root);
  const [toggle, mute, full, seek, volume, speed, time] = [".toggle", ".mute", ".full", ".seek input", ".volume", ".speed", ".time"].map(part);
  const on = (target, types, act) => { for (const type of types.split(" ")) target.addEventListener(type, act, { signal }); };
  const length = () => (Number.isFinite(video.duration) && video.duration) || file.duration || 0;
  let held = false, timer; // held: the thumb is in somebody's hand

  const flip = () => { if (video.paused) video.play().catch(() => {}); else video.pause(); };
  const jump = seconds => { video.currentTime = Math.min(length(), Math.max(0, video.currentTime + seconds)); };
  const draw = () => {
    const total = length(), at = held ? Number(seek.value) : video.currentTime;
    seek.max = total || 1;
    if (!held) seek.value = at;
    const ahead = [...Array(video.buffered.length).keys()].map(index => video.buffered.end(index)).find(end => end >= at) ?? at;
    seek.style.setProperty("--played", `${100 * at / (total || 1)}%`);
    seek.style.setProperty("--buffered", `${100 * ahead / (total || 1)}%`);
    seek.setAttribute("aria-valuetext", `${clock(at)} of ${clock(total)}`);
    time.textContent = `${clock(at)} / ${clock(total)}`;
  };
  const drawState = () => {
    setIcon(toggle, video.paused ? "play" : "pause");
    toggle.ariaLabel = video.paused ? "Play" : "Pause";
    setIcon(mute, video.muted || !video.volume ? "muted" : "sound");
    mute.ariaLabel = video.muted ? "Unmute" : "Mute";
    volume.value = video.muted ? 0 : video.volume;
    volume.style.setProperty("--played", `${100 * volume.value}%`);
    root.classList.toggle("playing", !video.paused);
  };
  const awake = () => {
    root.classList.remove("idle");
    clearTimeout(timer);
    timer = setTimeout(() => root.classList.toggle("idle", !video.paused && !root.matches(":has(:focus-visible)")), IDLE);
  };
  const enlarge = () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (root.requestFullscreen) root.requestFullscreen();
    else video.webkitEnterFullscreen?.();
  };

  part(".quality").hidden = part(".subtitles").hidden = true;
  video.volume = Number(localStorage.getItem("bobine.volume") ?? 1);
  speed.value = "1";
  on(video, "timeupdate durationchange progress seeking seeked", draw);
  on(video, "play pause volumechange emptied", drawState);
  on(video, "play pause", awake);
  on(video, "waiting seeking", () => waiting(show));
  on(video, "playing canplay seeked error loadeddata", () => waiting(show, ""));
  on(video, "error", () => { if (!show.hls && video.getAttribute("src")) say(error, "It could not be played. You can download it."); });
  on(video, "volumechange", () => localStorage.setItem("bobine.volume", video.volume));
  on(video, "click", flip);
  on(video, "dblclick", enlarge);
  on(part(".begin"), "click", () => { flip(); toggle.focus(); });
  on(toggle, "click", flip);
  on(mute, "click", () => { video.muted = !video.muted; });
  on(full, "click", enlarge);
  on(volume, "input", () => { video.muted = false; video.volume = Number(volume.value); });
  on(speed, "change", () => { video.playbackRate = Number(speed.value); });
  on(seek, "input", () => { held = true; draw(); });
  on(seek, "change", () => { held = false; video.currentTime = Number(seek.value); });
  on(root, "pointermove pointerdown focusin keydown", awake);
  preview(show, seek, length, on);

  const keys = {
    " ": flip, k: flip, m: () => mute.click(), f: enlarge, j: () => jump(-10), l: () => jump(10),
    ArrowLeft: () => jump(-5), ArrowRight: () => jump(5),
    ArrowUp: () => { video.volume = Math.min(1, video.volume + 0.1); }, ArrowDown: () => { video.volume = Math.max(0, video.volume - 0.1); },
    c: () => { const select = part(".subtitles"); if (!select.hidden) { select.value = select.value === "-1" ? "0" : "-1"; select.onchange(); } },
  };
  on(document, "keydown", event => {
    const act = keys[event.key], at = event.target;
    if (!act || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]:not(#file)")) return;
    const owns = at.matches("textarea, select, input[type=text], input[type=radio]") || (at.matches("input[type=range]") && event.key.startsWith("Arrow"))
      || (event.key === " " && at.matches("button, a, input"));
    if (owns) return; // the element under the keys has a use for them
    event.preventDefault();
    act();
  });
  draw();
  drawState();
}

// The small picture and the time over the seek bar.
function preview({ file, root }, seek, length, on) {
  const box = find(".preview", root), picture = find("i", box), words = find("span", box);
  let at = () => undefined;
  sprites(file.sprite_url).then(found => { at = found; }, () => {}); // an extra; the bar works without
  on(seek, "pointermove", event => {
    const edge = seek.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - edge.left) / edge.width));
    const cue = at(share * length());
    box.hidden = !length();
    box.style.left = `${100 * share}%`;
    words.textContent = clock(share * length());
    picture.hidden = !cue;
    if (cue) Object.assign(picture.style, {
      width: `${cue.width}px`, height: `${cue.height}px`, backgroundImage: `url("${cue.sheet}")`, backgroundPosition: `-${cue.x}px -${cue.y}px`,
    });
  });
  on(seek, "pointerleave", () => { box.hidden = true; });
}
