// Forms: a label above each field, what is wrong with it beside it, everything typed kept whatever happens.

import { t } from "../shell/words.js";
import { all, find, make, say } from "./dom.js";

let count = 0;

// field({ name, label, hint, tag: "textarea", type, required, … }, ...options of a select). `data-wrong` is what is said
// of what the browser finds wrong, `data-refused` of what the platform does.
export function field({ name, label, hint, tag = "input", ...attributes }, ...children) {
  const id = `field-${++count}`, described = [`${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return make("div", { class: "field" },
    make("label", { for: id }, label),
    make(tag, { id, name, "aria-describedby": described, ...attributes }, ...children),
    make("p", { class: "error", id: `${id}-error`, hidden: true }),
    hint && make("p", { class: "hint", id: `${id}-hint` }, hint));
}

// form({ fields, submit: "Save", kind: "main", more: [buttons], send: async values => … }): `send` raises what went wrong.
// An error that names a field is shown beside it, any other above the buttons; both are read out.
export function form({ fields, submit, kind = "main", more = [], send }) {
  const button = make("button", { class: kind }, submit);
  const wrong = make("p", { class: "error", role: "alert", hidden: true });
  const actions = make("p", { class: "actions" }, more, button);
  const element = make("form", { class: "form", novalidate: true }, fields, wrong, actions);
  element.addEventListener("input", event => mark(event.target, ""));
  element.addEventListener("submit", async event => {
    event.preventDefault();
    if (button.ariaBusy === "true" || !checked(element)) return;
    say(wrong);
    button.ariaBusy = "true";
    try {
      await send(valuesOf(element), element);
    } catch (reason) {
      const place = reason.field && element.elements[reason.field];
      if (place?.form) refuse(place, (reason.status === 400 && place.dataset.refused) || reason.message);
      else say(wrong, reason.message);
    } finally {
      button.ariaBusy = "false";
    }
  });
  return element;
}

export const valuesOf = element => Object.fromEntries(new FormData(element));

// What the browser finds wrong, in our words and beside its field.
function checked(element) {
  const wrong = all("input, textarea, select", element).filter(one => !one.checkValidity());
  for (const one of wrong.reverse()) refuse(one, complaint(one)); // the first of them last, so that it has the focus
  return !wrong.length;
}

function complaint({ validity, dataset, minLength, min, max, type }) {
  if (validity.valueMissing) return t("field.missing");
  if (validity.tooShort) return t("field.short", { count: minLength });
  if (validity.typeMismatch) return t(type === "email" ? "field.email" : "field.url");
  if (validity.rangeUnderflow || validity.rangeOverflow) return t("field.range", { min, max: max || "…" });
  return dataset.wrong ?? t("field.wrong");
}

function refuse(input, words) {
  mark(input, words);
  input.focus();
}

function mark(input, words) {
  const place = input.id && find(`#${input.id}-error`, input.form ?? document);
  if (!place) return;
  say(place, words);
  if (words) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}
