// Dialogs: over the page, closed by Escape, their button, or a press outside as long as nothing has been typed; the focus
// goes back to where it was.

import { t } from "../shell/words.js";
import { iconButton, make } from "./dom.js";

let count = 0;

// Opens at once. `closed` is told when it goes away, however that happens. A `firm` one stays when there is a press
// outside: what it shows is shown once.
export function openDialog(title, { name, content, firm = false, closed = () => {} }) {
  const before = document.activeElement, id = `dialog-${++count}`;
  const dialog = make("dialog", { id: name, "aria-labelledby": id },
    make("h2", { id }, title), content, iconButton("close", t("close"), () => dialog.close()));
  dialog.lastChild.classList.add("leave");
  const outside = event => {
    if (event.target === dialog && !within(dialog, event) && !firm && !typedInto(dialog)) dialog.close();
  };
  dialog.addEventListener("pointerdown", outside);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (document.activeElement === document.body) { // the browser found nothing to give it back to
      const place = before?.isConnected && before !== document.body ? before : document.querySelector("main");
      place.focus({ preventScroll: true });
    }
    closed();
  });
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("form :is(input:not([tabindex]), textarea, select), form button")?.focus();
  return dialog;
}

const typedInto = dialog => [...dialog.querySelectorAll("input, textarea")].some(one => one.value !== one.defaultValue);

function within(dialog, { clientX: x, clientY: y }) {
  const box = dialog.getBoundingClientRect();
  return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
}
