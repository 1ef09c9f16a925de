// What is looked at and not played: pictures, texts, and files that can only be taken along.

import { make } from "../design/dom.js";
import { icon } from "../design/icons.js";
import { here } from "../shell/api.js";
import { t } from "../shell/words.js";
import { ICONS } from "./categories.js";
import { addressOf, pathOf, titleOf } from "./files.js";
import { neighbours } from "./listing.js";

const LONGEST_TEXT = 2 ** 20; // bytes of a text that is shown here

// Shows it in `ground`; returns how to stop, which is nothing here.
export function view(ground, file) {
  const viewer = ground.appendChild(make("figure", { class: "viewer" }));
  if (file.category === "images") picture(viewer, file);
  else if (file.mime_type.startsWith("text/") && file.size <= LONGEST_TEXT) text(viewer, file);
  else nothingToSee(viewer, file, t("viewer.none"));
  return () => {};
}

function picture(viewer, file) {
  const image = make("img", { src: pathOf(file), alt: titleOf(file) });
  image.onerror = () => nothingToSee(viewer, file, t("viewer.picture.unknown"), file.thumbnail_url);
  const [before, after] = neighbours(file);
  viewer.append(image);
  if (before) viewer.append(step(before, "back", t("viewer.before")));
  if (after) viewer.append(step(after, "forth", t("viewer.after")));
}

const step = (to, name, label) =>
  make("a", { class: `step ${name}`, href: addressOf(to), "aria-label": label, "data-replace": true }, icon(name));

async function text(viewer, file) {
  const words = make("pre", { tabindex: 0, "aria-label": titleOf(file) }, "…");
  viewer.append(words);
  try {
    const answer = await fetch(pathOf(file));
    if (!answer.ok) throw new Error(t("error.status", { status: answer.status }));
    words.textContent = await answer.text();
  } catch (reason) {
    nothingToSee(viewer, file, t("viewer.text.unread", { reason: reason.message }));
  }
}

function nothingToSee(viewer, file, words, picture) {
  const sight = picture ? make("img", { src: here(picture), alt: "" }) : icon(ICONS[file.category]);
  viewer.replaceChildren(sight, make("p", {}, words));
}
