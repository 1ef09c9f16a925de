// One file, open: its player or its picture, what is known of it, and the rating.

import { account, api, here } from "./api.js";
import { addressOf } from "./cards.js";
import { ICONS } from "./categories.js";
import { confirmRemoval, edit } from "./deeds.js";
import { find, icon, make, say } from "./dom.js";
import { changes, details, pathOf } from "./files.js";
import * as library from "./library.js";
import { play } from "./player.js";
import { bytes, clock, titleOf } from "./words.js";

const dialog = find("#file"), error = find(".about .error", dialog);
const viewer = find(".viewer", dialog), player = find(".player", dialog);
const LONGEST_TEXT = 2 ** 20; // bytes of a text that is shown here
const PLAYED = ["videos", "musics"];
let open = null; // { file, stop } of what is shown

// Shows what `#/videos/<id>` names; anything else closes it.
export async function show(hash) {
  const [, category, fileId] = /^#\/([a-z]+)\/([^/]+)$/.exec(hash) ?? [];
  close();
  if (!category) return;
  const mine = (open = { stop: () => {} });
  viewer.hidden = player.hidden = true;
  find("h1", dialog).textContent = "…";
  find(".facts", dialog).textContent = find(".description", dialog).textContent = "";
  find(".deeds", dialog).hidden = true;
  say(error);
  if (!dialog.open) dialog.showModal();
  try {
    const file = await details(category, decodeURIComponent(fileId));
    if (open !== mine) return;
    open.file = file;
    describe(file);
    rate(file);
    open.stop = PLAYED.includes(category) ? play(player, file) : view(file);
  } catch (reason) {
    if (open === mine) say(error, reason.status === 404 ? "This file is not here (any more)." : reason.message);
  }
}

function close() {
  const was = open;
  open = null;
  was?.stop();
  if (dialog.open) dialog.close();
  if (PLAYED.includes(was?.file?.category)) setTimeout(library.begun, 300); // its place has been saved by then
}

find(".leave", dialog).onclick = () => { location.hash = ""; };
dialog.oncancel = event => { event.preventDefault(); location.hash = ""; };
dialog.addEventListener("keydown", event => {
  if (!open?.file || open.file.category !== "images") return;
  const [before, after] = library.neighbours(open.file);
  const next = { ArrowLeft: before, ArrowRight: after }[event.key];
  if (next) location.hash = addressOf(next);
});

changes.addEventListener("change", async () => { // edited while it is open
  if (!open?.file) return;
  const mine = open, file = await details(mine.file.category, mine.file.file_id).catch(() => null);
  if (file && open === mine) describe(open.file = file);
});

function describe(file) {
  document.title = "Bobine";
  find("h1", dialog).textContent = titleOf(file);
  find(".facts", dialog).textContent = [
    file.year, file.duration && clock(file.duration), file.width && `${file.width}×${file.height}`, bytes(file.size),
    ...file.genres, ...file.artists, file.filename !== titleOf(file) && file.filename,
    file.hash_state === "mismatched" && "not the bytes its hash promised",
  ].filter(Boolean).join(" · ");
  find(".description", dialog).textContent = file.description ?? "";
  const download = find(".download", dialog);
  download.href = `${pathOf(file)}/${encodeURIComponent(file.filename.replaceAll("/", "_"))}`;
  download.download = file.filename;
  find(".edit", dialog).onclick = () => edit(file);
  find(".delete", dialog).onclick = () => confirmRemoval(file, () => { location.hash = ""; library.refresh(); });
  find(".deeds", dialog).hidden = false;
}

// ---- rating

async function rate(file) {
  const stars = find(".stars span", dialog), average = find(".average", dialog), mine = open;
  const address = `/api/ratings/${encodeURIComponent(file.file_id)}`, me = account().id;
  const star = value => make("input", {
    type: "radio", name: "stars", value, "aria-label": `${value} of 5`, onchange: () => give(value),
  });
  const inputs = [1, 2, 3, 4, 5].map(star);
  stars.replaceChildren(...inputs);
  average.textContent = "";
  const show = ({ userRating, averageRating }) => {
    for (const input of inputs) input.checked = Number(input.value) === userRating;
    average.textContent = averageRating ? `★ ${averageRating.toFixed(1)} on average` : "Nobody has rated it yet";
  };
  const give = async rating => {
    try {
      show(await api(address, { method: "POST", body: { rating, user_id: me } }));
      library.best();
    } catch (reason) {
      average.textContent = `Your rating was not kept. ${reason.message}`;
    }
  };
  try {
    const known = await api(`${address}?user_id=${encodeURIComponent(me)}`, { fresh: true });
    if (open === mine) show(known);
  } catch (reason) {
    average.textContent = `The rating could not be read. ${reason.message}`;
  }
}

// ---- what is not played

function view(file) {
  viewer.hidden = false;
  viewer.replaceChildren();
  if (file.category === "images") viewPicture(file);
  else if (file.mime_type.startsWith("text/") && file.size <= LONGEST_TEXT) viewText(file);
  else nothingToSee(file, "There is no preview of this kind of file. You can download it.");
  return () => viewer.replaceChildren();
}

function viewPicture(file) {
  const image = make("img", { src: pathOf(file), alt: titleOf(file) });
  const unknown = "Your browser cannot show this picture. You can download it.";
  image.onerror = () => nothingToSee(file, unknown, file.thumbnail_url);
  const [before, after] = library.neighbours(file);
  viewer.append(image);
  if (before) viewer.append(step(before, "back", "The picture before"));
  if (after) viewer.append(step(after, "forth", "The next picture"));
}

const step = (to, name, label) =>
  make("a", { class: `step ${name}`, href: addressOf(to), "aria-label": label }, icon(name));

async function viewText(file) {
  const text = make("pre", { tabindex: 0 }, "…");
  viewer.append(text);
  try {
    const answer = await fetch(pathOf(file));
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    text.textContent = await answer.text();
  } catch (reason) {
    nothingToSee(file, `The text could not be read: ${reason.message}`);
  }
}

function nothingToSee(file, words, picture) {
  const sight = picture ? make("img", { src: here(picture), alt: "" }) : icon(ICONS[file.category]);
  viewer.replaceChildren(sight, make("p", {}, words));
}
