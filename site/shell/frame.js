// What stands round every area: the bar with the areas, the language and the person, and the foot.

import { find, make } from "../design/dom.js";
import { icon } from "../design/icons.js";
import { portrait } from "../design/portrait.js";
import { AREAS } from "./areas.js";
import * as router from "./router.js";
import * as session from "./session.js";
import { changes as languages, language, LANGUAGES, speak, t } from "./words.js";

export function start() {
  draw();
  session.changes.addEventListener("change", () => { draw(); router.personChanged(); });
  session.changes.addEventListener("details", draw);
  languages.addEventListener("change", () => { draw(); router.again(); });
  router.changes.addEventListener("change", tellWhere);
}

function draw() {
  const held = find(".bar .language:focus");
  const mark = make("img", { src: "/favicon.svg", alt: "", width: 34, height: 34 });
  find(".bar").replaceChildren(
    make("a", { class: "skip", href: "#main", onclick: skip }, t("skip")),
    make("a", { class: "brand", href: "/", "aria-label": t("home") }, mark, make("span", {}, "Bobine")),
    make("nav", { "aria-label": t("areas") }, AREAS.filter(area => area.icon).map(({ name, at, icon: sign }) =>
      make("a", { href: at }, icon(sign), make("span", {}, t(`area.${name}`))))),
    switcher(), me());
  find(".foot").replaceChildren(make("p", {}, t("foot")), make("a", { href: "/docs" }, t("docs")));
  tellWhere();
  if (held) find(".bar .language").focus();
}

function skip(event) {
  event.preventDefault();
  find("main").focus();
}

function switcher() {
  const next = Object.keys(LANGUAGES).find(one => one !== language());
  return make("button", {
    class: "plain language", lang: next, "aria-label": LANGUAGES[next], title: LANGUAGES[next], onclick: () => speak(next),
  }, next.toUpperCase());
}

function me() {
  const account = session.account();
  if (!account) {
    const enter = () => session.withAccount("");
    return make("button", { class: "enter", onclick: enter }, icon("person"), make("span", {}, t("signin.enter")));
  }
  return make("a", { class: "me", href: "/account", "aria-label": t("me", { name: account.name }) },
    portrait(account.name, account.picture), make("span", {}, account.name));
}

function tellWhere() {
  const at = router.current()?.at;
  for (const link of document.querySelectorAll(".bar a:not(.skip)")) {
    if (at !== "/" && link.pathname === at) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  // On a phone the areas scroll sideways: the one that is open is in sight.
  const nav = find(".bar nav"), here = find(".bar nav [aria-current]");
  if (here) nav.scrollLeft = here.offsetLeft - nav.offsetLeft - (nav.clientWidth - here.clientWidth) / 2;
}
