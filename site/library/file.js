// One file: its player or its picture, what is known of it, and the rating. Open to whoever has its address.

import { find, make, say } from "../design/dom.js";
import { icon } from "../design/icons.js";
import { state, waiting } from "../design/states.js";
import { toast } from "../design/toast.js";
import { bytes, clock } from "../shell/amounts.js";
import { back, go, title } from "../shell/router.js";
import { account, withAccount } from "../shell/session.js";
import { t } from "../shell/words.js";
import { isPlayed } from "./categories.js";
import { confirmRemoval, edit } from "./deeds.js";
import { addressOf, changes, details, pathOf, take, titleOf } from "./files.js";
import { neighbours } from "./listing.js";
import { play } from "./player.js";
import { rating } from "./rating.js";
import { stage } from "./stage.js";
import { isNotWhatWasPromised } from "./states.js";
import { view } from "./viewer.js";

const LIBRARY = "/library";

export async function open(place, category, fileId, signal) {
  const leave = make("a", { class: "leave", href: LIBRARY, onclick: backward }, icon("back"), t("library.back"));
  const about = make("div", { class: "about" }, waiting());
  const ground = make("div", { class: "ground" }, leave);
  place.replaceChildren(make("article", { class: "wide file" }, ground, about));
  title("");
  let file;
  try {
    file = await details(category, fileId);
  } catch (reason) {
    if (reason.status !== 404) throw reason;
    title(t("library.gone"));
    const away = make("a", { class: "button main", href: LIBRARY }, t("library.back.long"));
    return place.replaceChildren(state("empty", "search", t("library.gone"), t("library.gone.words"), [away], "h1"));
  }
  if (signal.aborted) return undefined;
  return show(file, { ground, about, signal });
}

function backward(event) {
  event.preventDefault();
  event.stopPropagation();
  back(LIBRARY);
}

function show(file, { ground, about, signal }) {
  const heading = make("h1", { tabindex: -1 }), facts = make("p", { class: "facts quiet" });
  const description = make("p", { class: "description" });
  const error = make("p", { class: "error", role: "alert", hidden: true });
  const deeds = make("div", { class: "actions" });
  const draw = () => {
    title(titleOf(file));
    heading.textContent = titleOf(file);
    facts.textContent = factsOf(file).join(" · ");
    description.textContent = file.description ?? "";
    deeds.replaceChildren(...deedsOf(file));
  };
  const stars = rating(file, signal);
  about.replaceChildren(heading, error, facts, make("div", { class: "deeds" }, stars.element, deeds), description);
  draw();

  const tell = (words, again) => {
    say(error, words);
    if (again) error.append(" ", make("button", { onclick: again }, t("again")));
  };
  const stop = isPlayed(file.category) ? play(ground.appendChild(stage()), file, tell) : view(ground, file);
  signal.addEventListener("abort", stop);
  if (file.category === "images") leafing(file, signal);
  changes.addEventListener("change", async () => { // edited while it is open
    const now = await details(file.category, file.file_id).catch(() => null);
    if (!now || signal.aborted) return;
    file = now;
    draw();
  }, { signal });
  return () => { draw(); stars.read(); }; // somebody came or left: the film goes on
}

function factsOf(file) {
  return [
    file.year, file.duration && clock(file.duration), file.width && `${file.width} × ${file.height}`, bytes(file.size),
    ...file.genres, ...file.artists, file.filename !== titleOf(file) && file.filename,
    isNotWhatWasPromised(file) && t("library.mismatch"),
  ].filter(Boolean);
}

function deedsOf(file) {
  const deed = (name, words, onclick, kind = "") =>
    make("button", { class: `${kind} ${name}`, onclick }, icon(name), words);
  const download = make("a", {
    class: "button download", download: file.filename,
    href: `${pathOf(file)}/${encodeURIComponent(file.filename.replaceAll("/", "_"))}`,
  }, icon("download"), t("library.download"));
  const share = deed("share", t("library.share"), () => copyAddress());
  if (!account()) {
    const take = () => withAccount(t("library.why.take"), () => takeIt(file));
    return [deed("add", t("library.take"), take, "main"), share, download];
  }
  const remove = () => confirmRemoval(file, () => go(LIBRARY, { replace: true }));
  return [share, download, deed("edit", t("library.edit"), () => edit(file)), deed("delete", t("library.delete"), remove)];
}

async function takeIt(file) {
  try {
    toast(await take(file) ? t("library.taken") : t("library.gone"));
  } catch (reason) {
    toast(reason.message, "warning");
  }
}

async function copyAddress() {
  try {
    await navigator.clipboard.writeText(location.href);
    toast(t("library.shared"));
  } catch {
    toast(t("library.unshared", { address: location.href }), "warning"); // no clipboard without https
  }
}

// From picture to picture with the arrow keys.
function leafing(file, signal) {
  const [before, after] = neighbours(file);
  document.addEventListener("keydown", event => {
    const next = { ArrowLeft: before, ArrowRight: after }[event.key];
    if (!next || find("dialog[open]") || event.target.matches("input, textarea, select")) return;
    go(addressOf(next), { replace: true });
  }, { signal });
}
