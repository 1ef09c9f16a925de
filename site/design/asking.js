// A form in a dialog of its own, which stays with what was typed until the platform has said yes.

import { t } from "../shell/words.js";
import { openDialog } from "./dialog.js";
import { make } from "./dom.js";
import { form } from "./form.js";

// `send` raises what went wrong; what it resolves with is done once the dialog is closed. Returns the dialog.
export function asking(title, { name, fields, submit, kind = "main", keep = t("cancel"), send, closed }) {
  const element = form({
    fields, submit, kind, more: [make("button", { type: "button", onclick: () => dialog.close() }, keep)],
    send: async (values, form) => {
      const after = await send(values, form);
      dialog.close();
      after?.();
    },
  });
  const dialog = openDialog(title, { name, content: element, closed });
  return dialog;
}
