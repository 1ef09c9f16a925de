// The tray of uploads: what is on its way, how fast, how long still, and what to do about it.

import { iconButton, make } from "../design/dom.js";
import { acceptDrops } from "../design/drop.js";
import { icon } from "../design/icons.js";
import { bytes, left } from "../shell/amounts.js";
import { current } from "../shell/router.js";
import { account, changes as persons, withAccount } from "../shell/session.js";
import { changes as languages, t } from "../shell/words.js";
import { fingerprintOf, remember, unfinished } from "./begun.js";
import { addressOf, arrived } from "./files.js";
import { refresh, usage } from "./listing.js";
import { Upload } from "./sending.js";

const OVER = ["arrived", "cancelled"];
const SHOWN = 10_000; // milliseconds
const AT_ONCE = 2; // files; their parts share three places
const uploads = new Map(); // fingerprint → { upload, item }
let tray = null, items, heading, tidyUp;

// Once; it stays when the library is left, and its uploads go on.
export function start() {
  if (tray) return;
  items = make("ul");
  heading = make("h2");
  tidyUp = iconButton("close", "", hideDone);
  tray = make("aside", { id: "transfers", hidden: true }, make("header", {}, heading, tidyUp), items);
  document.body.append(tray);
  name();
  addEventListener("beforeunload", event => {
    if ([...uploads.values()].some(({ upload }) => upload?.active)) event.preventDefault();
  });
  acceptDrops({ wanted: () => current()?.name === "library", words: () => t("uploads.drop"), take: choose });
  showUnfinished();
  persons.addEventListener("change", clear);
  languages.addEventListener("change", () => { name(); for (const { draw } of uploads.values()) draw(); });
}

function name() {
  heading.textContent = t("uploads");
  tray.ariaLabel = t("uploads");
  tidyUp.ariaLabel = tidyUp.title = t("uploads.hide");
}

function hideDone() {
  for (const [fingerprint, { upload, item }] of [...uploads]) {
    if (OVER.includes(upload?.state)) forget(fingerprint, item);
  }
}

// Somebody else is here: what was under way waits for its owner, and the tray shows what this one began.
function clear() {
  for (const { upload } of uploads.values()) if (upload?.active) upload.pause();
  uploads.clear();
  items.replaceChildren();
  showUnfinished();
}

// A button that lets one choose files, and asks for an account when it is used without.
export function chooser(words, kind) {
  const input = make("input", { type: "file", multiple: true, class: "unseen" });
  input.onchange = () => { choose([...input.files]); input.value = ""; };
  return make("label", { class: `button ${kind}` }, icon("upload"), words, input);
}

const choose = files => withAccount(t("library.why.upload"), () => add(files));

export function add(files) {
  for (const file of files) {
    const fingerprint = fingerprintOf(file, account().id), known = uploads.get(fingerprint);
    if (known?.upload && !OVER.includes(known.upload.state)) continue; // it is on its way
    known?.item.remove();
    const upload = new Upload(file, account().id), { item, draw } = itemOf(upload, fingerprint);
    uploads.set(fingerprint, { upload, item, draw });
    items.prepend(item);
  }
  tray.hidden = !items.children.length;
  proceed();
}

// Starts waiting uploads, the first chosen first.
function proceed() {
  const all = [...uploads.values()].map(one => one.upload).filter(Boolean);
  let free = AT_ONCE - all.filter(upload => upload.active && upload.state !== "waiting").length;
  for (const upload of all.filter(one => one.state === "waiting")) if (free-- > 0) go(upload);
}

async function go(upload) {
  await upload.run();
  if (upload.state === "arrived") {
    try {
      upload.category = (await arrived(upload)).category;
    } catch {
      refresh(); // it is uploaded in any case; the listing will tell
    }
    upload.become("arrived");
    if (![...uploads.values()].some(one => one.upload?.active)) usage(); // once, after the last of many
    setTimeout(() => tidy(upload), SHOWN);
  }
  proceed();
}

// What has arrived goes by itself, but not from under somebody's hand.
function tidy(upload) {
  if (tray.matches(":hover, :focus-within")) return setTimeout(() => tidy(upload), SHOWN);
  const one = uploads.get(upload.fingerprint);
  if (one?.upload === upload) forget(upload.fingerprint, one.item);
}

function forget(fingerprint, item) {
  uploads.delete(fingerprint);
  item.remove();
  tray.hidden = !items.children.length;
}

function itemOf(upload, fingerprint) {
  const bar = make("progress", { max: upload.file.size || 1, "aria-label": upload.file.name });
  const words = make("p", { class: "words" }), error = make("p", { class: "error", role: "alert", hidden: true });
  const buttons = make("span", { class: "buttons" });
  const item = make("li", {}, make("strong", {}, upload.file.name), buttons, bar, words, error);
  const word = (label, onclick) => make("button", { onclick }, label);
  const cancel = () => { upload.cancel(); proceed(); };
  const pause = () => { upload.pause(); proceed(); };
  const again = () => { upload.state = "waiting"; show(); proceed(); };
  const dismiss = () => iconButton("close", t("uploads.dismiss"), () => forget(fingerprint, item));
  const address = () => addressOf({ category: upload.category, file_id: upload.fileId });
  const open = () => make("a", { class: "button", href: address() }, t("uploads.open"));
  const put = { // what can be done in each state
    active: () => [iconButton("pause", t("uploads.pause"), pause), iconButton("close", t("cancel"), cancel)],
    paused: () => [iconButton("play", t("uploads.resume"), again), iconButton("close", t("cancel"), cancel)],
    failed: () => [word(t("again"), again), iconButton("close", t("cancel"), cancel)],
    arrived: () => [open(), dismiss()],
    cancelled: () => [dismiss()],
  };
  let drawn = "";
  function show() {
    const kind = upload.active ? (upload.state === "finishing" ? "finishing" : "active") : upload.state;
    if (kind !== drawn) buttons.replaceChildren(...(put[kind]?.() ?? []));
    drawn = kind;
    item.dataset.state = upload.state;
    if (upload.state === "checking" || upload.state === "finishing") bar.removeAttribute("value");
    else bar.value = upload.state === "arrived" ? bar.max : upload.sent;
    words.textContent = describe(upload);
    error.hidden = !upload.error;
    error.textContent = upload.error?.message ?? "";
  }
  upload.addEventListener("change", show);
  show();
  return { item, draw: () => { drawn = ""; show(); } };
}

function describe({ state, sent, speed, file, linked, obstacle }) {
  const size = bytes(file.size), amounts = { sent: bytes(sent), size };
  if (obstacle) return t("uploads.obstacle", { ...amounts, reason: obstacle.message });
  if (state === "arrived" && linked) return t("uploads.linked");
  if (state !== "sending" || !speed) return t(`uploads.${state}`, amounts);
  return t("uploads.pace", { ...amounts, speed: bytes(speed), left: left((file.size - sent) / speed) });
}

// What an earlier visit began. The browser does not let us keep the file, so it has to be chosen again.
function showUnfinished() {
  for (const [fingerprint, { name, size }] of account() ? unfinished(account().id) : []) {
    const discard = () => { remember(fingerprint, null); forget(fingerprint, item); };
    const item = make("li", { "data-state": "unfinished" });
    const draw = () => {
      const input = make("input", { type: "file", class: "unseen", onchange: event => add(event.target.files) });
      item.replaceChildren(make("strong", {}, name),
        make("span", { class: "buttons" }, iconButton("close", t("uploads.discard"), discard)),
        make("p", { class: "words" }, t("uploads.unfinished", { size: bytes(size) })),
        make("label", { class: "button" }, t("uploads.choose.again"), input));
    };
    draw();
    uploads.set(fingerprint, { upload: null, item, draw });
    items.append(item);
  }
  tray.hidden = !items.children.length;
}
