// What the person who is here may do for the others: user, moderator or admin; "" where nobody is.

import { api } from "../shell/api.js";
import { account, changes } from "../shell/session.js";

let known = null; // a promise

changes.addEventListener("change", () => { known = null; });

export function role() {
  if (!account()) return Promise.resolve("");
  known ??= api("/users/me", { fresh: true, quiet: true }).then(me => me.role, () => { known = null; return ""; });
  return known;
}

export const moderates = role => role === "moderator" || role === "admin";
