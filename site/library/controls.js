// The player's controls: buttons, keys, the seek bar with its small pictures, and what can be chosen.

import { find, make } from "../design/dom.js";
import { setIcon } from "../design/icons.js";
import { clock } from "../shell/amounts.js";
import { t } from "../shell/words.js";
import { sprites } from "./sprites.js";

const IDLE = 2500; // milliseconds without a move until the controls go

export function waiting({ root }, words = null) {
  find(".waiting", root).hidden = words === "";
  find(".waiting .words", root).textContent = words ?? "";
}

export function controls(show) {
  const { root, video, file, signal } = show;
  const part = name => find(name, root);
  const [toggle, mute, full, speed, time] = [".toggle", ".mute", ".full", ".speed", ".time"].map(part);
  const [seek, volume] = [".seek input", ".volume"].map(part);
  const on = (target, types, act) => {
    for (const type of types.split(" ")) target.addEventListener(type, act, { signal });
  };
  const length = () => (Number.isFinite(video.duration) && video.duration) || file.duration || 0;
  let held = false, timer; // held: the thumb is in somebody's hand

  const flip = () => { if (video.paused) video.play().catch(() => {}); else video.pause(); };
  const jump = seconds => { video.currentTime = Math.min(length(), Math.max(0, video.currentTime + seconds)); };
  const draw = () => {
    const total = length(), at = held ? Number(seek.value) : video.currentTime;
    seek.max = total || 1;
    if (!held) seek.value = at;
    const ends = Array.from(video.buffered, (_, index) => video.buffered.end(index));
    const ahead = ends.find(end => end >= at) ?? at;
    seek.style.setProperty("--played", `${100 * at / (total || 1)}%`);
    seek.style.setProperty("--buffered", `${100 * ahead / (total || 1)}%`);
    seek.setAttribute("aria-valuetext", t("player.at", { at: clock(at), total: clock(total) }));
    time.textContent = `${clock(at)} / ${clock(total)}`;
  };
  const drawState = () => {
    setIcon(toggle, video.paused ? "play" : "pause");
    toggle.ariaLabel = t(video.paused ? "player.play" : "player.pause");
    setIcon(mute, video.muted || !video.volume ? "muted" : "sound");
    mute.ariaLabel = t(video.muted ? "player.unmute" : "player.mute");
    volume.value = video.muted ? 0 : video.volume;
    volume.style.setProperty("--played", `${100 * volume.value}%`);
    root.classList.toggle("playing", !video.paused);
  };
  const awake = () => {
    root.classList.remove("idle");
    clearTimeout(timer);
    const watching = () => !video.paused && !find(":focus-visible", root);
    timer = setTimeout(() => root.classList.toggle("idle", watching()), IDLE);
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

  const louder = by => { video.volume = Math.min(1, Math.max(0, video.volume + by)); };
  const keys = {
    " ": flip, k: flip, f: enlarge, m: () => mute.click(), c: () => flipSubtitles(part(".subtitles")),
    j: () => jump(-10), l: () => jump(10), ArrowLeft: () => jump(-5), ArrowRight: () => jump(5),
    ArrowUp: () => louder(0.1), ArrowDown: () => louder(-0.1),
  };
  on(document, "keydown", event => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || find("dialog[open]")) return;
    if (hasUseFor(event.target, event.key)) return;
    event.preventDefault();
    act();
  });
  draw();
  drawState();
  awake();
}

// Whether the element under the keys does something with this one itself.
function hasUseFor(element, key) {
  if (element.matches("input[type=range]")) return key.startsWith("Arrow");
  if (element.matches("select, textarea, input")) return true;
  return key === " " && element.matches("button, a");
}

function flipSubtitles(select) {
  if (select.hidden) return;
  select.value = select.value === "-1" ? "0" : "-1";
  select.onchange();
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
    if (!cue) return;
    const { sheet, x, y, width, height } = cue;
    picture.style.cssText = `width: ${width}px; height: ${height}px; background: url("${sheet}") -${x}px -${y}px`;
  });
  on(seek, "pointerleave", () => { box.hidden = true; });
}

// ---- what can be chosen

export function qualities({ hls, root }) {
  const select = find(".quality", root), height = level => `${Math.min(level.width || Infinity, level.height)}p`;
  const playing = hls.levels[hls.currentLevel];
  const levels = hls.levels.map((level, index) => ({ level, index })).filter(({ level }) => level.height).reverse();
  select.hidden = levels.length < 2;
  const auto = hls.autoLevelEnabled;
  select.replaceChildren(
    make("option", { value: -1, selected: auto },
      auto && playing ? t("player.auto.at", { height: height(playing) }) : t("player.auto")),
    ...levels.map(({ level, index }) =>
      make("option", { value: index, selected: !auto && index === hls.currentLevel }, height(level))),
  );
  select.onchange = () => { hls.currentLevel = Number(select.value); };
}

export function subtitles({ hls, root, video }) {
  const select = find(".subtitles", root);
  const tracks = hls ? hls.subtitleTracks : [...video.textTracks];
  const name = (track, index) =>
    track.name || track.label || track.lang || track.language || t("player.track", { index: index + 1 });
  select.hidden = !tracks.length;
  const options = tracks.map((track, index) => make("option", { value: index }, name(track, index)));
  select.replaceChildren(make("option", { value: -1 }, t("player.subtitles.none")), ...options);
  select.onchange = () => {
    const chosen = Number(select.value);
    if (hls) [hls.subtitleTrack, hls.subtitleDisplay] = [chosen, chosen >= 0];
    else tracks.forEach((track, index) => { track.mode = index === chosen ? "showing" : "disabled"; });
  };
}
