// From an address to its area: `/library/videos/x` loads `library/area.js` and calls its `open`.
//
//     export async function open(place, { parts, query, signal }) { … }   // draws into `place`
//
// `signal` is aborted when the page is left. `open` resolves when there is something to see; the focus then goes to the
// heading, so that the keyboard and a screen reader are where the eyes are. What it resolves with is called when somebody
// signs in or out; without it, the page is opened again.

import { find, make } from "../design/dom.js";
import { failed, state } from "../design/states.js";
import { areaOf } from "./areas.js";
import { learn, t } from "./words.js";

export const changes = new EventTarget(); // "change": another address is open

const place = find("main");
const PATIENCE = 150; // milliseconds until a line tells that the page is on its way
let leaving = new AbortController();
let otherPerson = null;

export const current = () => areaOf(location.pathname)?.area;

export function start() {
  history.scrollRestoration = "manual";
  carryOver();
  addEventListener("popstate", event => { carryOver(); show(event.state?.scroll ?? 0); });
  document.addEventListener("click", follow);
  return show(0, false);
}

// Links of before there were addresses: /#/videos/<id> is /library/videos/<id>.
function carryOver() {
  const [, category, fileId] = /^#\/([a-z]+)\/([^/]+)$/.exec(location.hash) ?? [];
  if (location.pathname === "/" && category) history.replaceState(null, "", `/library/${category}/${fileId}`);
}

// Goes to an address of ours; `replace` leaves no step to go back to.
export function go(path, { replace = false } = {}) {
  if (!replace) {
    history.replaceState({ ...history.state, scroll: scrollY }, "");
    history.pushState({ within: true }, "", path);
  } else history.replaceState(history.state, "", path);
  return show();
}

// Back to the page this one was opened from, or to `path` where there is none.
export function back(path) {
  if (history.state?.within) history.back();
  else go(path, { replace: true });
}

// The same address again, in another language.
export const again = () => show(scrollY, false);

export const personChanged = () => otherPerson ? otherPerson() : again();

export function title(words) {
  document.title = words ? `${words} · Bobine` : "Bobine";
}

function follow(event) {
  const link = event.target.closest?.("a[href]");
  const elsewhere = !link || link.origin !== location.origin || link.target || link.hasAttribute("download");
  const otherwise = event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey; // in a new tab, say
  if (elsewhere || otherwise || event.defaultPrevented) return;
  if (!areaOf(link.pathname) || (link.hash && link.pathname === location.pathname)) return;
  event.preventDefault();
  go(link.pathname + link.search, { replace: link.hasAttribute("data-replace") });
}

async function show(scroll = 0, moveFocus = true) {
  leaving.abort();
  const { signal } = (leaving = new AbortController());
  otherPerson = null;
  const late = setTimeout(() => { if (!signal.aborted) document.body.append(line); }, PATIENCE);
  const fresh = make("div", { class: "page" }), found = areaOf(location.pathname);
  try {
    if (!found) nowhere(fresh);
    else {
      const { area, parts } = found;
      const [module] = await Promise.all([import(`../${area.name}/area.js`), learn(area.name)]);
      if (signal.aborted) return;
      const adapt = await module.open(fresh, { parts, query: new URLSearchParams(location.search), signal });
      if (!signal.aborted) otherPerson = adapt ?? null;
    }
  } catch (reason) {
    if (signal.aborted) return;
    fresh.replaceChildren(failed(t("page.failed"), reason, () => show()));
  } finally {
    clearTimeout(late);
    line.remove();
  }
  if (signal.aborted) return;
  const held = place.contains(document.activeElement) && document.activeElement !== place;
  place.replaceChildren(fresh);
  changes.dispatchEvent(new Event("change"));
  scrollTo(0, scroll);
  if (moveFocus || held) (find("h1", place) ?? place).focus({ preventScroll: true });
}

const line = make("div", { class: "underway" });

// An address nobody serves.
export function nowhere(into) {
  title(t("nowhere.title"));
  into.replaceChildren(state("empty", "search", t("nowhere.title"), t("nowhere.words"),
    [make("a", { class: "button main", href: "/" }, t("nowhere.home"))], "h1"));
}
