// Codes of the second factor, as dialogs ask for them.

import { field } from "../design/form.js";
import { t } from "../shell/words.js";

// The app's, and where one is set up already, a recovery code too.
export const codeField = (hint, refused) => field({
  name: "token", label: t("factor.code"), hint, required: true, maxlength: 32, autocomplete: "one-time-code",
  autocapitalize: "characters", spellcheck: "false", "data-refused": refused,
});
