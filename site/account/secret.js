// What is shown once: text to be copied, or kept as a file.

import { make } from "../design/dom.js";
import { icon } from "../design/icons.js";
import { toast } from "../design/toast.js";
import { t } from "../shell/words.js";

// A line of it, and the button that copies it. `copied` is what is said then.
export function secret(value, label, copied) {
  const select = event => event.target.select();
  const line = make("input", { readonly: true, value, "aria-label": label, onfocus: select });
  const act = () => copy(value, copied, () => line.select());
  const button = make("button", { type: "button", onclick: act }, icon("copy"), t("secret.copy"));
  return make("div", { class: "field secret" }, line, button);
}

// `select`: what is done where the browser does not let us, so that the keyboard can.
export async function copy(text, copied, select) {
  try {
    await navigator.clipboard.writeText(text);
    toast(copied);
  } catch {
    select();
    toast(t("secret.uncopied"), "warning");
  }
}

// Gives a file to the person whose page this is.
export function save(text, name, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // the browser reads it a moment later
}
