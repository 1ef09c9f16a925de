// Files as cards: a picture, what it is called, and the least one wants to know.

import { iconButton, make } from "../design/dom.js";
import { icon } from "../design/icons.js";
import { bytes, clock, percent } from "../shell/amounts.js";
import { here } from "../shell/api.js";
import { number, t } from "../shell/words.js";
import { ICONS, isPlayed } from "./categories.js";
import { addressOf, pathOf, titleOf } from "./files.js";
import { hasFailed, isComing } from "./states.js";
import { placeholder } from "../design/thumbhash.js";

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
  const picture = poster(file), title = titleOf(file);
  if (badge(file)) picture.append(make("span", { class: "badge" }, badge(file)));
  if (file.duration) picture.append(make("span", { class: "length" }, clock(file.duration)));
  if (progress) picture.append(make("progress", { max: 100, value: progress, "aria-label": t("library.watched") }));
  const facts = average ? stars(average) : bytes(file.size);
  return make("li", { class: `card ${isPlayed(file.category) ? "playable" : ""}` },
    make("a", { href: addressOf(file), title },
      picture, make("strong", {}, title), make("small", {}, [file.year, facts].filter(Boolean).join(" · "))),
    deeds && make("div", { class: "over" },
      iconButton("edit", t("library.edit.of", { title }), () => deeds.edit(file), t("library.edit")),
      iconButton("delete", t("library.delete.of", { title }), () => deeds.remove(file), t("library.delete"))));
}

export const decimal = value => number(value, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

const stars = ({ averageRating, ratingCount }) => `★ ${decimal(averageRating)} · ${number(ratingCount)}`;

function badge({ stream_state: state, stream_url: url, stream_percent: done }) {
  if (hasFailed(state)) return t("library.failed");
  if (!isComing(state) || url) return "";
  return done ? t("library.preparing.at", { percent: percent(Math.round(done)) }) : t("library.preparing");
}
