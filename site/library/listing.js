// What was begun, what is liked, and everything there is, as cards.
//
// What was read stays here when the page is left, so that coming back shows it at once, where it was.

import { find, make } from "../design/dom.js";
import { icon } from "../design/icons.js";
import { empty, failed } from "../design/states.js";
import { gibibytes } from "../shell/amounts.js";
import { api } from "../shell/api.js";
import { title } from "../shell/router.js";
import { account, changes as persons, withAccount } from "../shell/session.js";
import { t } from "../shell/words.js";
import { card } from "./cards.js";
import { CATEGORIES, ICONS } from "./categories.js";
import { confirmRemoval, edit } from "./deeds.js";
import { changes, details, forget, list, prepared, refreshed, titleOf, withOwnWrites } from "./files.js";
import { settled } from "./place.js";
import { follow } from "./preparing.js";
import { isComing, isOver } from "./states.js";
import { chooser } from "./transfers.js";

const shown = { category: null, files: [], cursor: null, words: "" };
let page = null; // the elements of the open page
let cards = new Map(); // file id → { card, of }: a card is made anew only when its file changed
const following = new Set(); // file ids

changes.addEventListener("change", draw);
persons.addEventListener("change", () => {
  forget();
  cards = new Map();
  Object.assign(shown, { category: null, files: [], cursor: null, words: "" });
});

export async function open(place, category, signal) {
  title(t("library.title"));
  if (!account()) return place.replaceChildren(invitation());
  cards = new Map(); // perhaps in another language now
  const kept = shown.category === category && shown.files.length;
  if (!kept) Object.assign(shown, { category, files: [], cursor: null });
  page = parts(category);
  place.replaceChildren(...page.all);
  signal.addEventListener("abort", () => { page = null; });
  requestAnimationFrame(() => bringIntoSight(find(".chips [aria-current]", place)));
  if (kept) draw();
  const ready = refresh();
  if (!kept) await Promise.race([ready, new Promise(resolve => setTimeout(resolve, 400))]);
}

// ---- the page

function invitation() {
  const enter = () => withAccount("");
  return make("section", { class: "invitation" },
    make("div", { class: "fan", "aria-hidden": "true" }, ["picture", "film", "note"].map(name => make("i", {}, icon(name)))),
    make("h1", { tabindex: -1 }, t("library.invite.title")),
    make("p", { class: "quiet" }, t("library.invite.words")),
    make("p", { class: "actions" },
      make("button", { class: "main big", onclick: enter }, t("signin.enter")),
      chooser(t("library.invite.upload"), "big")));
}

function parts(category) {
  const search = make("input", {
    class: "search", type: "search", placeholder: t("library.search"), "aria-label": t("library.search"),
    autocomplete: "off", value: shown.words,
    oninput: event => { shown.words = event.target.value.trim().toLowerCase(); draw(); },
  });
  const chip = name => make("a", {
    href: name ? `/library/${name}` : "/library", "aria-current": name === category && "true", "data-replace": true,
  }, t(`category.${name || "all"}`));
  const row = (name, kind = "") => make("section", { id: name, hidden: true },
    make("h2", {}, t(`library.${name}`)), make("ul", { class: `row ${kind}` }));
  const begun = row("continue"), best = row("top", "numbered");
  const usage = make("p", { id: "usage", class: "quiet small", role: "status" });
  const grid = make("ul", { id: "grid", class: "grid", "aria-label": t("library.files") });
  const instead = make("div", { id: "instead" });
  const more = make("button", { id: "more", hidden: true, onclick: () => load(shown.cursor) }, t("library.more"));
  const head = make("header", { class: "head" },
    make("div", {}, make("h1", { tabindex: -1 }, t("library.title")), usage),
    make("label", { class: "searching" }, icon("search"), search), chooser(t("library.upload"), "main"));
  const chips = make("nav", { class: "chips", "aria-label": t("library.category") }, ["", ...CATEGORIES].map(chip));
  const files = make("section", {}, chips, grid, instead, more);
  return { category, usage, begun, best, grid, instead, more, all: [head, begun, best, files] };
}

// Everything that depends on what the platform knows now.
export async function refresh() {
  if (!page) return;
  await Promise.all([load(), usage()]);
  await rows(); // they name files that the listing mostly knows
}

async function load(cursor = null) {
  const on = page, { grid, instead, more } = on;
  instead.replaceChildren();
  grid.ariaBusy = more.ariaBusy = "true";
  if (!cursor && !shown.files.length) grid.replaceChildren(...Array.from({ length: 6 }, coming));
  try {
    const found = await list(on.category, cursor);
    if (page !== on) return;
    shown.files = cursor ? [...shown.files, ...found.files] : found.files;
    shown.cursor = found.cursor;
    draw();
  } catch (reason) {
    if (page !== on) return;
    draw();
    instead.replaceChildren(failed(t("library.unread"), reason, () => load(cursor)));
  } finally {
    grid.ariaBusy = more.ariaBusy = "false";
  }
}

// Of a row that scrolls sideways; the page stays where it is.
function bringIntoSight(chip) {
  const row = chip.parentElement;
  row.scrollLeft = chip.offsetLeft - row.offsetLeft - (row.clientWidth - chip.clientWidth) / 2;
}

function draw() {
  if (!page) return;
  const everything = withOwnWrites(shown.files, page.category);
  const words = file => `${titleOf(file)} ${file.filename} ${file.genres} ${file.artists}`.toLowerCase();
  const files = everything.filter(file => words(file).includes(shown.words));
  const wanted = files.map(cardOf), { children } = page.grid;
  const same = wanted.length === children.length && wanted.every((card, at) => card === children[at]);
  if (!same) page.grid.replaceChildren(...wanted); // else a card that has the focus would lose it
  page.more.hidden = !shown.cursor;
  page.instead.replaceChildren(...(files.length ? [] : [nothing()]));
  for (const file of everything) watch(file);
}

function nothing() {
  if (shown.words) return empty("search", t("library.none.called", { words: shown.words }), t("library.none.called.words"));
  if (page.category) return empty(ICONS[page.category], t("library.none.kind"), "", chooser(t("library.choose"), "main"));
  return empty("film", t("library.none"), t("library.none.words"), chooser(t("library.choose"), "main"));
}

const coming = () => make("li", { class: "card coming" }, make("div", { class: "poster" }));

function cardOf(file) {
  const of = JSON.stringify(file), made = cards.get(file.file_id);
  if (made?.of === of) return made.card;
  const fresh = card(file, { deeds: { edit, remove } });
  cards.set(file.file_id, { of, card: fresh });
  return fresh;
}

const remove = file => confirmRemoval(file, () => Promise.all([usage(), rows()]));

// Follows a stream that is being made, until it is.
function watch(file) {
  if (!isComing(file.stream_state) || following.has(file.file_id)) return;
  let stage = "";
  following.add(file.file_id);
  follow(file.file_id, status => {
    prepared(file.file_id, status);
    if (isOver(status.state)) following.delete(file.file_id);
    else if (status.stage === stage) return;
    stage = status.stage;
    refreshed(file.category, file.file_id).catch(() => {}); // its poster may be there; so says the next listing, too
  });
}

// ---- the rows above, where nothing is chosen

const rows = () => page && !page.category && Promise.all([begun(page.begun), best(page.best)]);

async function begun(section) {
  await row(section, async () => {
    await settled();
    const { progressions } = await api(`/api/watch-progress/user/${encodeURIComponent(account().id)}`, { fresh: true });
    const files = await Promise.all(progressions.map(one => named(one.file_id)));
    return progressions.map((one, at) => [files[at], { progress: one.progress_percent }]).filter(([file]) => file);
  });
}

async function best(section) {
  await row(section, async () => {
    const { top10 } = await api("/api/ratings/top10?category=videos", { fresh: true });
    return top10.map(one => [known(one.file_id) ?? one, { average: one }]); // a row has what a card needs
  });
}

// A row is an extra: when it cannot be read, the library is still there, so it says so in its own place.
async function row(section, read) {
  const list = find("ul", section);
  try {
    const found = await read();
    list.replaceChildren(...found.map(([file, more]) => card(file, more)));
    section.hidden = !found.length;
  } catch (reason) {
    list.replaceChildren(make("li", { class: "error" }, reason.message));
    section.hidden = false;
  }
}

const known = fileId => withOwnWrites(shown.files, "").find(file => file.file_id === fileId);

// A file that was begun, which may be on a page of the listing that is not here; null when it is gone.
async function named(fileId) {
  const file = known(fileId);
  if (file) return file;
  for (const category of ["videos", "musics"]) {
    try {
      return await details(category, fileId);
    } catch (reason) {
      if (reason.status !== 404) throw reason;
    }
  }
  return null;
}

export async function usage() {
  if (!page) return;
  const place = page.usage;
  try {
    const used = await api(`/api/stats?userId=${encodeURIComponent(account().id)}`, { fresh: true });
    const size = gibibytes(used.totalSizeGB);
    place.textContent = `${t("library.count", { count: used.fileCount })} · ${t("library.used", { size })}`;
  } catch (reason) {
    place.textContent = reason.message;
  }
}

// The pictures of the list, for leafing through them.
export const neighbours = file => {
  const pictures = withOwnWrites(shown.files, shown.category).filter(one => one.category === "images");
  const at = pictures.findIndex(one => one.file_id === file.file_id);
  return at < 0 ? [] : [pictures[at - 1], pictures[at + 1]];
};
