// A few words about what has just been done, for a moment and read out.

import { find, make } from "./dom.js";
import { icon } from "./icons.js";

const SHOWN = 4500; // milliseconds

export function toast(words, sign = "check") {
  const place = find(".toasts") ?? document.body.appendChild(make("div", { class: "toasts", role: "status" }));
  const one = make("p", { class: "toast" }, icon(sign), words);
  place.append(one);
  setTimeout(() => one.remove(), SHOWN);
}
