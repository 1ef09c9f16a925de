// The account: who I am and what opens it, what mails lead to, and the people of the platform.
//
// mine.js     /account: profile.js avatar.js mail.js security.js (password, second factor) sessions.js keys.js data.js
// mailed.js   /account/verify and /account/reset
// people.js   /account/people
// codes.js    codes of the second factor; secret.js: what is shown once

import { style } from "../design/dom.js";
import { nowhere } from "../shell/router.js";
import { reset, verify } from "./mailed.js";
import { mine } from "./mine.js";
import { people } from "./people.js";

const PAGES = new Map([[undefined, mine], ["verify", verify], ["reset", reset], ["people", people]]);

export async function open(place, { parts, signal }) {
  const page = PAGES.get(parts[0]);
  if (!page || parts.length > 1) return nowhere(place);
  await style(import.meta.url, "account.css");
  await page(place, signal);
}
