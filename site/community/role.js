// Who the person who is here is to the others; and what they may do for them: user, moderator or admin.

import { api } from "../shell/api.js";
import { account, changes } from "../shell/session.js";

let known = null; // a promise

changes.addEventListener("change", () => { known = null; });

// Null where nobody is.
export function me() {
  if (!account()) return Promise.resolve(null);
  known ??= api("/users/me", { fresh: true, quiet: true }).catch(() => { known = null; return null; });
  return known;
}

export const role = async () => (await me())?.role ?? "";

export const moderates = role => role === "moderator" || role === "admin";
