// The library: what was begun, what is liked, and everything there is, as cards.

import { account, api } from "./api.js";
import { card } from "./cards.js";
import { confirmRemoval, edit } from "./deeds.js";
import { all, find, make, say } from "./dom.js";
import { changes, details, list, prepared, refreshed, withOwnWrites } from "./files.js";
import { follow } from "./preparing.js";
import { count, titleOf } from "./words.js";

const grid = find("#grid"), more = find("#more"), empty = find("#empty"), failure = find("#loading-error");
const shown = { category: "", files: [], cursor: null, words: "" };
const cards = new Map(); // file id → { card, of }: a card is made anew only when its file changed
const following = new Map(); // file id → how to stop

export function start() {
  for (const button of all("#categories button")) button.onclick = () => choose(button.dataset.category);
  find("#search").oninput = event => { shown.words = event.target.value.trim().toLowerCase(); draw(); };
  more.onclick = () => load(shown.cursor);
  changes.addEventListener("change", draw);
}

export function choose(category) {
  Object.assign(shown, { category, files: [], cursor: null });
  for (const button of all("#categories button")) button.ariaPressed = button.dataset.category === category;
  load();
}

// Everything that depends on what the platform knows now.
export async function refresh() {
  await Promise.all([load(), usage()]);
  await Promise.all([begun(), best()]); // they name files that the listing mostly knows
}

async function load(cursor = null) {
  const category = shown.category;
  say(failure);
  grid.ariaBusy = true;
  if (!cursor && !shown.files.length) grid.replaceChildren(...Array.from({ length: 6 }, awaited));
  try {
    const page = await list(category, cursor);
    if (category !== shown.category) return;
    shown.files = cursor ? [...shown.files, ...page.files] : page.files;
    shown.cursor = page.cursor;
    draw();
  } catch (reason) {
    say(failure, `Your library could not be read. ${reason.message} `);
    failure.append(make("button", { onclick: () => load(cursor) }, "Try again"));
    draw();
  } finally {
    grid.ariaBusy = false;
  }
}

function draw() {
  const everything = withOwnWrites(shown.files, shown.category);
  const words = file => `${titleOf(file)} ${file.filename} ${file.genres} ${file.artists}`.toLowerCase();
  const files = everything.filter(file => words(file).includes(shown.words));
  grid.replaceChildren(...files.map(cardOf));
  more.hidden = !shown.cursor;
  empty.hidden = files.length > 0 || !failure.hidden;
  find("p", empty).textContent = shown.words ? `Nothing here is called “${shown.words}”.`
    : shown.category ? "Nothing of this kind yet."
    : "Nothing here yet. Drop a film anywhere on this page, or choose files.";
  find(".button", empty).hidden = Boolean(shown.words);
  for (const file of everything) watch(file);
}

const awaited = () => make("li", { class: "card awaited" }, make("div", { class: "poster" }));

function cardOf(file) {
  const of = JSON.stringify(file), made = cards.get(file.file_id);
  if (made?.of === of) return made.card;
  const fresh = card(file, { deeds: { edit, remove } });
  cards.set(file.file_id, { of, card: fresh });
  return fresh;
}

const remove = file => confirmRemoval(file, () => Promise.all([usage(), begun(), best()]));

// Follows a stream that is being made, until it is.
function watch(file) {
  if (!["pending", "processing"].includes(file.stream_state) || following.has(file.file_id)) return;
  let stage = "";
  following.set(file.file_id, follow(file.file_id, status => {
    prepared(file.file_id, status);
    const over = !["pending", "processing"].includes(status.state);
    if (over) following.delete(file.file_id);
    if (!over && status.stage === stage) return;
    stage = status.stage;
    refreshed(file.category, file.file_id).catch(() => {}); // its poster may be there; so says the next listing, too
  }));
}

// ---- the rows above

export async function begun() {
  await row(find("#continue"), async () => {
    const { progressions } = await api(`/api/watch-progress/user/${encodeURIComponent(account().id)}`);
    return progressions.map(one => [one.file_id, { progress: one.progress_percent }]);
  });
}

export async function best() {
  await row(find("#top"), async () => {
    const { top10 } = await api("/api/ratings/top10?category=videos", { fresh: true });
    return top10.map(one => [one.file_id, { average: one }]);
  });
}

// A row is an extra: when it cannot be read, the library is still there, so it says so in its own place.
async function row(section, read) {
  try {
    const found = await Promise.all((await read()).map(async ([fileId, more]) => [await named(fileId), more]));
    const known = found.filter(([file]) => file);
    find("ul", section).replaceChildren(...known.map(([file, more]) => card(file, more)));
    section.hidden = !known.length;
  } catch (reason) {
    find("ul", section).replaceChildren(make("li", { class: "error" }, reason.message));
    section.hidden = false;
  }
}

// A file the rows name, which may be on a page of the listing that is not here. Gone ones are left out.
async function named(fileId) {
  const file = withOwnWrites(shown.files, "").find(file => file.file_id === fileId);
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
  const place = find("#usage");
  try {
    const { fileCount, totalSizeGB } = await api(`/api/stats?userId=${encodeURIComponent(account().id)}`);
    const digits = totalSizeGB >= 10 ? 1 : totalSizeGB >= 0.1 ? 2 : 3;
    place.textContent = `${count(fileCount, "file")} · ${totalSizeGB.toFixed(digits)} GiB used`;
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
