// Making and finding elements. Text is always set as text, so nothing a person or a file is called becomes markup.

import { icon } from "./icons.js";

export const find = (selector, within = document) => within.querySelector(selector);
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// make("a", { href: "/", class: "card", onclick: open }, "text", child); what is null, undefined or false is left out.
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  const given = value => value !== undefined && value !== null && value !== false;
  for (const [name, value] of Object.entries(properties).filter(([, value]) => given(value))) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter(given));
  return element;
}

// A button that is only a sign: `label` is what it is called, `title` what lies over it.
export function iconButton(name, label, onclick, title = label) {
  return make("button", { type: "button", class: "plain round", "aria-label": label, title, onclick }, icon(name));
}

// Words for a person, next to what they are about; none hides the place.
export function say(place, words = "") {
  place.textContent = words;
  place.hidden = !words;
}

// A style sheet that belongs to one area, loaded with it: `await style(import.meta.url, "area.css")`.
export function style(base, name) {
  const href = new URL(name, base).pathname;
  if (find(`link[href="${href}"]`)) return Promise.resolve();
  const link = make("link", { rel: "stylesheet", href });
  return new Promise(resolve => {
    link.onload = link.onerror = resolve; // plain, but there
    document.head.append(link);
  });
}
