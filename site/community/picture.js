// A meme to look at: its picture over its blurred likeness; moving where it moves, and veiled where its author asks for it.

import { make } from "../design/dom.js";
import { icon } from "../design/icons.js";
import { placeholder } from "../design/thumbhash.js";
import { here } from "../shell/api.js";
import { t } from "../shell/words.js";
import { renditionOf } from "./memes.js";

const TALLEST = 1.9; // times as high as wide, in the wall: a longer one shows its beginning

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches || navigator.connection?.saveData;

export const altOf = meme => meme.description || meme.title;

// For the wall.
export function thumbnail(meme) {
  const ratio = Math.min(TALLEST, (meme.height || 1) / (meme.width || 1));
  const frame = make("div", { class: "picture", style: `aspect-ratio: 1 / ${ratio}` });
  if (meme.placeholder) frame.append(placeholder(meme.placeholder));
  if (!meme.thumbnailUrl) frame.append(icon(meme.state === "failed" ? "warning" : "picture"));
  else {
    const image = make("img", { src: here(meme.thumbnailUrl), alt: altOf(meme), loading: "lazy", decoding: "async" });
    image.addEventListener("load", () => image.classList.add("here"));
    image.addEventListener("error", () => image.replaceWith(icon("picture")));
    frame.append(image);
  }
  const video = renditionOf(meme, "video");
  const badge = meme.state === "processing" ? t("memes.processing") : meme.type === "gif" && "GIF";
  if (badge) frame.append(make("span", { class: "badge" }, badge));
  if (meme.sensitive) frame.append(make("span", { class: "cover" }, icon("hidden"), t("memes.sensitive")));
  else if (video && !still()) livened(frame, here(video.url));
  return frame;
}

// Moves while it is pointed at or has the focus; where nothing points, while it is in sight.
function livened(frame, address) {
  let video = null;
  const begin = () => {
    if (video) return;
    video = make("video", { src: address, muted: true, loop: true, playsinline: true, "aria-hidden": "true" });
    video.muted = true; // the attribute counts for pages that arrive whole
    video.onplaying = () => video?.classList.add("here");
    frame.append(video);
    video.play().catch(() => {}); // a browser that does not let it: the picture is there
  };
  const end = () => {
    if (!video) return;
    video.remove();
    video.removeAttribute("src");
    video.load(); // lets go of the film now: browsers keep only so many
    video = null;
  };
  if (matchMedia("(hover: hover)").matches) {
    frame.addEventListener("pointerenter", begin);
    frame.addEventListener("pointerleave", end);
    frame.addEventListener("meme-focus", begin);
    frame.addEventListener("meme-blur", end);
  } else {
    const seen = new IntersectionObserver(([{ intersectionRatio }]) => intersectionRatio > 0.6 ? begin() : end(),
      { threshold: [0, 0.6, 1] });
    seen.observe(frame);
  }
}

// For its own page, as large as there is room.
export function whole(meme) {
  const frame = make("div", { class: "whole" });
  const video = renditionOf(meme, "video"), moving = video && !still();
  const size = { width: meme.width, height: meme.height };
  let sight;
  if (!meme.url) sight = icon(meme.state === "failed" ? "warning" : "picture");
  else if (video) {
    sight = make("video", {
      ...size, src: here(video.url), poster: here(meme.thumbnailUrl), loop: true, playsinline: true, autoplay: moving,
      controls: !moving, "aria-label": altOf(meme),
    });
    sight.muted = true;
    if (moving) sight.addEventListener("click", () => sight.paused ? sight.play() : sight.pause());
  } else sight = make("img", { ...size, src: here(meme.url), alt: altOf(meme) });
  frame.append(sight);
  if (meme.sensitive) {
    const show = make("button", { class: "cover", onclick: () => show.remove() }, icon("hidden"), t("memes.sensitive.show"));
    frame.append(show);
  }
  return frame;
}
