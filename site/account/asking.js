// A form in a dialog of its own, which stays with what was typed until the platform has said yes.

import { openDialog } from "../design/dialog.js";
import { make } from "../design/dom.js";
import { field, form } from "../design/form.js";
import { t } from "../shell/words.js";

// `send` raises what went wrong; what it resolves with is done once the dialog is closed.
export function asking(title, { name, fields, submit, kind = "main", send }) {
  const element = form({
    fields, submit, kind, more: [make("button", { type: "button", onclick: () => dialog.close() }, t("cancel"))],
    send: async values => {
      const after = await send(values);
      dialog.close();
      after?.();
    },
  });
  const dialog = openDialog(title, { name, content: element });
}

// A code of the second factor: the app's, and where one is set up already, a recovery code too.
export const codeField = (hint, refused) => field({
  name: "token", label: t("factor.code"), hint, required: true, maxlength: 32, autocomplete: "one-time-code",
  autocapitalize: "characters", spellcheck: "false", "data-refused": refused,
});
