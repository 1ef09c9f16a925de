// Files as cards: a picture, what it is called, and the least one wants to know.

import { here } from "./api.js";
import { ICONS } from "./categories.js";
import { icon, iconButton, make } from "./dom.js";
import { pathOf } from "./files.js";
import { placeholder } from "./thumbhash.js";
import { bytes, clock, titleOf } from "./words.js";

export const addressOf = file => `#/${file.category}/${encodeURIComponent(file.file_id)}`;

// The picture of a file over its blurred likeness; a sign of its category when there is none.
export function poster(file) {
  const frame = make("div", { class: "poster" });
  if (file.thumbhash) frame.append(placeholder(file.thumbhash));
  if (!file.thumbnail_url) {
    if (!file.thumbhash) frame.append(icon(ICONS[file.category]));
    return frame;
  }
  const address = here(file.thumbnail_url);
  // Pictures of other sites come through the platform, which fetched them: nobody else learns who looks at what.
  const own = address.startsWith("/") ? address : `${pathOf(file)}/thumbnail`;
  const image = make("img", { src: own, alt: "", loading: "lazy", decoding: "async" });
  image.addEventListener("load", () => image.classList.add("here"));
  image.addEventListener("error", () => image.replaceWith(icon(ICONS[file.category])));
  frame.append(image);
  return frame;
}

export function card(file, { progress, average, deeds }) {
  const picture = poster(file);
  if (badge(file)) picture.append(make("span", { class: "badge" }, badge(file)));
  if (file.duration) picture.append(make("span", { class: "length" }, clock(file.duration)));
  if (progress) picture.append(make("progress", { max: 100, value: progress, "aria-label": "Watched" }));
  const facts = average ? `★ ${average.averageRating.toFixed(1)} · ${average.ratingCount}` : bytes(file.size);
  return make("li", { class: `card ${file.category}` },
    make("a", { href: addressOf(file), title: titleOf(file) },
      picture, make("strong", {}, titleOf(file)), make("small", {}, [file.year, facts].filter(Boolean).join(" · "))),
    deeds && make("div", { class: "over" },
      iconButton("edit", `Edit ${titleOf(file)}`, () => deeds.edit(file), "Edit"),
      iconButton("delete", `Delete ${titleOf(file)}`, () => deeds.remove(file), "Delete")));
}

function badge({ stream_state: state, stream_url: url, stream_percent: percent }) {
  if (state === "failed") return "Cannot be streamed";
  if (state !== "pending" && state !== "processing") return "";
  if (url) return "";
  return percent ? `Preparing ${Math.round(percent)} %` : "Preparing…";
}
