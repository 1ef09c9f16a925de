// What the account's dialogs have in common.

import { field } from "../design/form.js";
import { t } from "../shell/words.js";

export { asking } from "../design/asking.js";

// A code of the second factor: the app's, and where one is set up already, a recovery code too.
export const codeField = (hint, refused) => field({
  name: "token", label: t("factor.code"), hint, required: true, maxlength: 32, autocomplete: "one-time-code",
  autocapitalize: "characters", spellcheck: "false", "data-refused": refused,
});
