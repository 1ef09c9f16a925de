// A few words about what has just been done, for a moment and read out.

import { make } from "./dom.js";
import { icon } from "./icons.js";

const SHOWN = 4500; // milliseconds

// There from the start, as what is read out has to be; a popover, so that it lies over an open dialog too.
const place = document.body.appendChild(make("div", { class: "toasts", role: "status", popover: "manual" }));

export function toast(words, sign = "check") {
  const one = make("p", { class: "toast" }, icon(sign), words);
  place.append(one);
  if (place.matches(":popover-open")) place.hidePopover();
  place.showPopover(); // once more, over what has opened since
  setTimeout(() => one.remove(), SHOWN);
}
