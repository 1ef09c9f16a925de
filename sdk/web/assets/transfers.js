// The tray of uploads: what is on its way, how fast, how long still, and what to do about it.

import { account } from "./api.js";
import { fingerprintOf, remember, unfinished } from "./begun.js";
import { addressOf } from "./cards.js";
import { find, iconButton, make } from "./dom.js";
import { arrived } from "./files.js";
import { refresh, usage } from "./library.js";
import { Upload } from "./sending.js";
import { bytes, left } from "./words.js";

const tray = find("#transfers"), items = find("ul", tray);
const OVER = ["arrived", "cancelled"];
const SHOWN = 10_000; // milliseconds
const AT_ONCE = 2; // files; their parts share three places
const uploads = new Map(); // fingerprint → { upload, item }

export function start() {
  find("header button", tray).onclick = () => {
    for (const [fingerprint, { upload, item }] of [...uploads]) {
      if (OVER.includes(upload?.state)) forget(fingerprint, item);
    }
  };
  addEventListener("beforeunload", event => {
    if ([...uploads.values()].some(({ upload }) => upload?.active)) event.preventDefault();
  });
  acceptDrops();
  showUnfinished();
}

export function add(files) {
  for (const file of files) {
    const fingerprint = fingerprintOf(file, account().id), known = uploads.get(fingerprint);
    if (known?.upload && !OVER.includes(known.upload.state)) continue; // it is on its way
    known?.item.remove();
    const upload = new Upload(file, account().id), item = itemOf(upload, fingerprint);
    uploads.set(fingerprint, { upload, item });
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
  const dismiss = iconButton("close", "Dismiss", () => forget(fingerprint, item));
  const address = () => addressOf({ category: upload.category, file_id: upload.fileId });
  const open = () => make("a", { class: "button", href: address() }, "Open");
  const put = { // what can be done in each state
    active: () => [iconButton("pause", "Pause", pause), iconButton("close", "Cancel", cancel)],
    paused: () => [iconButton("play", "Resume", again), iconButton("close", "Cancel", cancel)],
    failed: () => [word("Try again", again), iconButton("close", "Cancel", cancel)],
    arrived: () => [open(), dismiss],
    cancelled: () => [dismiss],
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
  return item;
}

function describe({ state, sent, speed, file, linked, obstacle }) {
  if (obstacle) return `${bytes(sent)} of ${bytes(file.size)} · goes on by itself. ${obstacle.message}`;
  switch (state) {
    case "waiting": return `${bytes(file.size)} · waiting`;
    case "checking": return "Looking whether it is here already…";
    case "paused": return `${bytes(sent)} of ${bytes(file.size)} · paused`;
    case "finishing": return "Putting the parts together…";
    case "arrived": return linked ? "It was here already: added to your library" : `${bytes(file.size)} · uploaded`;
    case "cancelled": return "Cancelled";
    case "failed": return `${bytes(sent)} of ${bytes(file.size)} · stopped`;
    default: {
      const pace = speed ? ` · ${bytes(speed)}/s · ${left((file.size - sent) / speed)}` : "";
      return `${bytes(sent)} of ${bytes(file.size)}${pace}`;
    }
  }
}

// What an earlier visit began. The browser does not let us keep the file, so it has to be chosen again.
function showUnfinished() {
  for (const [fingerprint, { name, size }] of unfinished(account().id)) {
    const input = make("input", { type: "file", class: "unseen", onchange: event => add(event.target.files) });
    const discard = () => { remember(fingerprint, null); forget(fingerprint, item); };
    const item = make("li", { "data-state": "unfinished" },
      make("strong", {}, name),
      make("span", { class: "buttons" }, iconButton("close", "Discard", discard)),
      make("p", { class: "words" }, `${bytes(size)} · not finished. Choose the file again to go on where it stopped.`),
      make("label", { class: "button" }, "Choose it again", input));
    uploads.set(fingerprint, { upload: null, item });
    items.append(item);
  }
  tray.hidden = !items.children.length;
}

function acceptDrops() {
  const veil = find("#drop");
  let depth = 0; // dragenter and dragleave fire for every element on the way
  const carries = event => event.dataTransfer?.types.includes("Files") && account();
  addEventListener("dragenter", event => { if (carries(event)) { depth++; veil.hidden = false; } });
  addEventListener("dragleave", event => { if (carries(event) && --depth <= 0) veil.hidden = true; });
  addEventListener("dragover", event => { if (carries(event)) event.preventDefault(); });
  addEventListener("drop", event => {
    if (!carries(event)) return;
    event.preventDefault();
    [depth, veil.hidden] = [0, true];
    add(event.dataTransfer.files);
  });
}
