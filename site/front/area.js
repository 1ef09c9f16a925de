// The front page: what Bobine is, and the way in.

import { make, style } from "../design/dom.js";
import { icon } from "../design/icons.js";
import { title } from "../shell/router.js";
import { account, withAccount } from "../shell/session.js";
import { t } from "../shell/words.js";

// icon → what is promised
const PROMISES = {
  upload: "send", play: "play", clock: "resume", share: "share", download: "fetch", laugh: "laugh", shield: "safe",
  person: "yours", key: "build",
};

export async function open(place) {
  await style(import.meta.url, "front.css");
  title("");
  place.replaceChildren(make("div", { class: "wide front" }, hero(), promises(), close()));
}

function hero() {
  const [other, words] = account() ? ["/account", "front.account"] : ["/library", "front.library"];
  return make("section", { class: "hero" },
    make("div", { class: "say" },
      make("p", { class: "eyebrow" }, t("front.eyebrow")),
      make("h1", { tabindex: -1 }, t("front.title")),
      make("p", { class: "lead" }, t("front.lead")),
      make("p", { class: "actions" }, wayIn(), make("a", { class: "button big", href: other }, t(words)))),
    make("div", { class: "reel", "aria-hidden": "true" }, picture()));
}

function wayIn() {
  if (account()) return make("a", { class: "button main big", href: "/library" }, t("front.open"));
  return make("button", { class: "main big", onclick: () => withAccount("", () => {}, "register") }, t("front.begin"));
}

// A wall of what one might have: no pictures to fetch, only light.
function picture() {
  const signs = ["film", "picture", "note", "film", "play", "film", "picture", "note", "film"];
  const titled = at => at !== 4 && make("i"), begun = at => (at === 3 || at === 7) && make("b");
  return make("div", { class: "wall" }, signs.map((sign, at) =>
    make("div", { class: `tile tile-${at}` }, icon(sign), titled(at), begun(at))));
}

const promises = () => make("section", { class: "promises" },
  make("h2", {}, t("front.promises")),
  make("ul", {}, Object.entries(PROMISES).map(([sign, name]) => make("li", {},
    icon(sign), make("h3", {}, t(`front.${name}`)), make("p", { class: "quiet" }, t(`front.${name}.words`))))));

const close = () => make("section", { class: "close" },
  make("h2", {}, t("front.close")), make("p", { class: "quiet" }, t("front.close.words")),
  make("p", { class: "actions" }, wayIn(), make("a", { class: "button big", href: "/docs" }, t("docs"))));
