// The pages of those who look after the community, closed to others.

import { make } from "../design/dom.js";
import { state } from "../design/states.js";
import { account, withAccount } from "../shell/session.js";
import { t } from "../shell/words.js";
import { role } from "./role.js";

// Whether `may(role)`; else the place says so.
export async function admitted(place, may) {
  if (!account()) {
    place.replaceChildren(state("empty", "shield", t("keepers.invite"), "",
      [make("button", { class: "main", onclick: () => withAccount("") }, t("signin.enter"))], "h1"));
    return false;
  }
  if (may(await role())) return true;
  const away = make("a", { class: "button main", href: "/community" }, t("memes.all"));
  place.replaceChildren(state("empty", "shield", t("keepers.none"), t("keepers.none.words"), [away], "h1"));
  return false;
}

export const pages = here => make("nav", { class: "chips", "aria-label": t("keepers.pages") },
  here.map(([name, current]) => make("a", { href: `/community/moderation/${name}`, "aria-current": current && "true" }, t(`${name}.title`))));
