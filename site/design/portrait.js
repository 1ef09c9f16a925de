// Somebody's picture, or the first letter of their name where there is none, or where it does not come.

import { make } from "./dom.js";

export function portrait(name, picture) {
  const place = make("span", { class: "initial", "aria-hidden": "true" }, [...name].slice(0, 1));
  if (!picture) return place;
  const image = make("img", { alt: "", decoding: "async", referrerpolicy: "no-referrer" });
  image.onload = () => image.classList.add("here"); // until then the letter is seen
  image.onerror = () => image.remove();
  image.src = picture;
  place.append(image);
  return place;
}
