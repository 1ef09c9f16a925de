// A place whose content is on its way, is not there, or could not be had.

import { t } from "../shell/words.js";
import { make } from "./dom.js";
import { icon } from "./icons.js";

export const empty = (sign, title, words, ...actions) => state("empty", sign, title, words, actions);

// `again` is what "Try again" does.
export const failed = (title, reason, again) =>
  state("failed", "warning", title, reason.message, again ? [make("button", { onclick: again }, t("again"))] : []);

// `heading` h1 where it is all there is of the page.
export function state(kind, sign, title, words, actions = [], heading = "h2") {
  const role = kind === "failed" ? "alert" : undefined;
  return make("div", { class: `state ${kind}`, role }, icon(sign),
    make(heading, { tabindex: heading === "h1" ? -1 : undefined }, title), words && make("p", {}, words),
    actions.length ? make("p", { class: "actions" }, actions) : null);
}

// Lines as long as text will be.
export const waiting = (lines = 3) =>
  make("div", { class: "form", role: "status", "aria-label": t("loading") },
    Array.from({ length: lines }, (_, line) =>
      make("div", { class: "awaited line", style: `width: ${80 - 17 * (line % 3)}%` })));
