// The wall of everybody's memes: trending, recent, or one's favourites; of a category, with a tag, by words.
//
// What was read stays here when the page is left, so that coming back shows it at once, where it was.

import { make } from "../design/dom.js";
import { icon } from "../design/icons.js";
import { empty, state } from "../design/states.js";
import { go, title } from "../shell/router.js";
import { account, changes as persons, withAccount } from "../shell/session.js";
import { number, t } from "../shell/words.js";
import { adapt, authorAddress, categories, changes, listOf, tags } from "./memes.js";
import { chooser } from "./publish.js";
import { me, moderates } from "./role.js";
import { emptyWall, wall } from "./wall.js";

const SORTS = ["trend", "recent", "liked"];
const MANY = 1000; // up to which the platform counts
const PAUSE = 300; // milliseconds after the last letter
const SENSITIVE = "bobine.sensitive"; // "include" in localStorage: who asked for it once is shown it

let kept = emptyWall(), keptFor = "", isOpen = false;

const forget = () => { kept = emptyWall(); keptFor = ""; };
persons.addEventListener("change", forget);
changes.addEventListener("change", ({ detail }) => {
  if (isOpen) return;
  if (detail.made) forget();
  else adapt(kept.memes, detail);
});

export async function open(place, query, signal) {
  title(t("memes.title"));
  const wanted = wantedBy(query);
  if (wanted.sort === "liked" && !account()) return place.replaceChildren(invitation());
  isOpen = true;
  signal.addEventListener("abort", () => { isOpen = false; });
  const holder = make("div", { class: "holder" }), count = make("p", { class: "quiet small", role: "status" });
  const found = Promise.all([categories, tags].map(read => read().catch(() => [])));
  const narrowing = make("div", { class: "narrowing" });
  const filters = [sensitivity(), keepers()];
  place.replaceChildren(head(wanted, count, words => search({ ...wanted, query: words })), narrowing, holder);
  narrow(wanted);
  let leaving = new AbortController();
  signal.addEventListener("abort", () => leaving.abort());
  const first = fill(wanted);
  await Promise.race([first, new Promise(resolve => setTimeout(resolve, 400))]);

  // The wall anew, the page as it is: who types goes on typing.
  function search(next) {
    history.replaceState(history.state, "", addressOf(next));
    narrow(next);
    fill(next);
  }

  // What leads to another choice keeps the words that are searched for.
  function narrow(asked) {
    const chips = make("nav", { class: "chips", "aria-label": t("memes.categories"), hidden: true });
    const popular = make("nav", { class: "tags", "aria-label": t("memes.tags"), hidden: true });
    narrowing.replaceChildren(...[
      make("div", { class: "filters" }, sorts(asked), filters), chips, popular, chosenTag(asked),
    ].filter(Boolean));
    named(chips, popular, asked, found);
  }

  function fill(asked) {
    const key = JSON.stringify([asked, sensitive()]);
    if (keptFor !== key) [kept, keptFor] = [emptyWall(), key];
    leaving.abort();
    leaving = new AbortController();
    const counted = total => {
      const many = total >= MANY ? t("memes.many", { count: number(total) }) : t("memes.count", { count: total });
      count.textContent = total ? many : "";
    };
    const { element, ready } = wall({
      kept, counted, signal: leaving.signal, nothing: () => nothing(asked), fits: meme => fits(asked, meme),
      read: listOf({
        sort: asked.sort === "liked" ? "" : asked.sort, favoritesOnly: asked.sort === "liked" && "true",
        tag: asked.tag, category: asked.category, query: asked.query, sensitive: sensitive(),
      }),
    });
    if (kept.over || kept.memes.length) counted(kept.total);
    holder.replaceChildren(element);
    return ready;
  }
}

function wantedBy(query) {
  const said = name => (query.get(name) ?? "").slice(0, 255);
  const sort = SORTS.includes(said("sort")) ? said("sort") : "trend";
  return { sort, category: said("category"), tag: said("tag"), query: said("query") };
}

function addressOf(wanted) {
  const said = Object.entries(wanted).filter(([name, value]) => value && !(name === "sort" && value === "trend"));
  return `/community${said.length ? `?${new URLSearchParams(said)}` : ""}`;
}

const fits = (wanted, meme) =>
  wanted.sort !== "liked" && !wanted.query && (!wanted.tag || meme.tags.some(tag => tag.name === wanted.tag))
  && (!wanted.category || [meme.category?.id, meme.category?.slug].includes(wanted.category))
  && (!meme.sensitive || sensitive() === "include");

// ---- what stands above the wall

function invitation() {
  return state("empty", "heart", t("memes.liked.invite"), t("memes.liked.invite.words"), [
    make("button", { class: "main", onclick: () => withAccount("") }, t("signin.enter")),
    make("a", { class: "button", href: "/community" }, t("memes.all")),
  ], "h1");
}

function head(wanted, count, search) {
  let waiting;
  const input = make("input", {
    class: "search", type: "search", placeholder: t("memes.search"), "aria-label": t("memes.search"), maxlength: 255,
    autocomplete: "off", value: wanted.query,
    oninput: () => { clearTimeout(waiting); waiting = setTimeout(() => search(input.value.trim()), PAUSE); },
  });
  return make("header", { class: "head" },
    make("div", {}, make("h1", { tabindex: -1 }, t("memes.title")), count),
    make("label", { class: "searching" }, icon("search"), input), chooser(t("memes.publish"), "main"));
}

const chip = (words, href, current) => make("a", { href, "aria-current": current && "true", "data-replace": true }, words);

const sorts = wanted => make("nav", { class: "chips", "aria-label": t("memes.sort") },
  SORTS.filter(sort => sort !== "liked" || account())
    .map(sort => chip(t(`memes.sort.${sort}`), addressOf({ ...wanted, sort }), sort === wanted.sort)));

const sensitive = () => localStorage.getItem(SENSITIVE) ?? "";

function sensitivity() {
  const box = make("input", {
    type: "checkbox", checked: sensitive() === "include",
    onchange: () => {
      if (box.checked) localStorage.setItem(SENSITIVE, "include");
      else localStorage.removeItem(SENSITIVE);
      go(location.pathname + location.search, { replace: true });
    },
  });
  return make("label", { class: "tick small" }, box, t("memes.sensitive.too"));
}

// One's own page; and for those who look after the community, theirs.
function keepers() {
  const place = make("p", { class: "actions keepers small", hidden: true });
  me().then(me => {
    if (!me) return;
    const { username, role } = me;
    place.append(make("a", { href: authorAddress({ username }) }, t("memes.mine")));
    place.hidden = false;
    if (!moderates(role)) return;
    place.append(make("a", { href: "/community/moderation/reports" }, t("reports.title")));
    if (role === "admin") place.append(make("a", { href: "/community/moderation/categories" }, t("categories.title")));
  });
  return place;
}

function chosenTag(wanted) {
  if (!wanted.tag) return null;
  return make("p", { class: "chosen" }, make("a", {
    class: "button", href: addressOf({ ...wanted, tag: "" }), "data-replace": true,
    "aria-label": t("memes.tag.leave", { tag: wanted.tag }),
  }, `#${wanted.tag}`, icon("close")));
}

// The rows of categories and tags come when they come: the wall does not wait for them.
async function named(chips, popular, wanted, found) {
  const [each, known] = await found;
  chips.replaceChildren(
    chip(t("memes.categories.all"), addressOf({ ...wanted, category: "" }), !wanted.category),
    ...each.map(one => chip(one.name, addressOf({ ...wanted, category: one.slug }), [one.slug, one.id].includes(wanted.category))));
  chips.hidden = !each.length;
  if (wanted.tag) return;
  popular.replaceChildren(...known.map(tag => make("a", { href: addressOf({ ...wanted, tag: tag.name }) }, `#${tag.name}`)));
  popular.hidden = !known.length;
}

function nothing(wanted) {
  const all = make("a", { class: "button", href: "/community" }, t("memes.all"));
  if (wanted.query) return empty("search", t("memes.none.called", { words: wanted.query }), t("memes.none.called.words"), all);
  if (wanted.sort === "liked") return empty("heart", t("memes.none.liked"), t("memes.none.liked.words"), all);
  if (wanted.tag || wanted.category) return empty("laugh", t("memes.none.here"), "", chooser(t("memes.publish"), "main"), all);
  return empty("laugh", t("memes.none"), t("memes.none.words"), chooser(t("memes.publish"), "main"));
}
