// Somebody, as everybody may see them, and what they have published.

import { make } from "../design/dom.js";
import { portrait } from "../design/portrait.js";
import { empty, state } from "../design/states.js";
import { day } from "../shell/amounts.js";
import { api, here } from "../shell/api.js";
import { title } from "../shell/router.js";
import { account, changes as persons } from "../shell/session.js";
import { t } from "../shell/words.js";
import { adapt, changes, listOf, nameOf } from "./memes.js";
import { chooser } from "./publish.js";
import { emptyWall, wall } from "./wall.js";

// The last one's wall stays here when the page is left, as the community's does.
let kept = emptyWall(), keptFor = "", isOpen = false;

const forget = () => { kept = emptyWall(); keptFor = ""; };
persons.addEventListener("change", forget);
changes.addEventListener("change", ({ detail }) => {
  if (isOpen) return;
  if (detail.made) forget();
  else adapt(kept.memes, detail);
});

export async function open(place, username, signal) {
  title("");
  let person;
  try {
    person = await api(`/users/public/${encodeURIComponent(username)}`);
  } catch (reason) {
    if (reason.status !== 404) throw reason;
    title(t("author.gone"));
    const away = make("a", { class: "button main", href: "/community" }, t("memes.all"));
    return place.replaceChildren(state("empty", "person", t("author.gone"), t("author.gone.words"), [away], "h1"));
  }
  const name = nameOf(person), mine = person.id === account()?.id;
  title(name);
  const count = make("span", { class: "quiet" });
  const nothing = () => mine
    ? empty("laugh", t("author.none.mine"), t("memes.none.words"), chooser(t("memes.publish"), "main"))
    : empty("laugh", t("author.none", { name }));
  const sensitive = mine ? "include" : localStorage.getItem("bobine.sensitive");
  const key = JSON.stringify([person.id, sensitive]);
  if (keptFor !== key) [kept, keptFor] = [emptyWall(), key];
  isOpen = true;
  signal.addEventListener("abort", () => { isOpen = false; });
  const counted = total => { count.textContent = t("memes.count", { count: total }); };
  if (kept.over || kept.memes.length) counted(kept.total);
  const { element, ready } = wall({
    kept, nothing, signal, fits: () => mine, counted, read: listOf({ author: person.username, sort: "recent", sensitive }),
  });
  place.replaceChildren(
    make("header", { class: "person" },
      portrait(name, here(person.avatarUrl)),
      make("div", {},
        make("h1", { tabindex: -1 }, name),
        make("p", { class: "quiet small" }, `@${person.username} · ${t("author.since", { day: day(person.createdAt) })}`),
        person.bio && make("p", { class: "words" }, person.bio), make("p", { class: "small" }, count)),
      make("p", { class: "actions" },
        mine && make("a", { class: "button", href: "/account" }, t("author.edit")),
        make("a", { class: "button", href: `/contents/feed.xml?${new URLSearchParams({ author: person.username })}`, target: "_blank", rel: "noopener" }, "RSS"))),
    element);
  await Promise.race([ready, new Promise(resolve => setTimeout(resolve, 400))]);
}
