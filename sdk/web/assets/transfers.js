// The tray of uploads: what is on its way, how fast, how long still, and what to do about it.

import { account } from "./api.js";
import { addressOf } from "./cards.js";
import { find, icon, make } from "./dom.js";
import { arrived } from "./files.js";
import { refresh, usage } from "./library.js";
import { fingerprintOf, remember, unfinished, Upload } from "./sending.js";
import { bytes, left } from "./words.js";

const tray = find("#transfers"), items = find("ul", tray);
const AT_ONCE = 2; // files; their parts share three places
const uploads = new Map(); // fingerprint → { upload, item }

export function start() {
  find("header button", tray).onclick = () => {
    for (const [fingerprint, { upload, item }] of uploads) if (["arrived", "cancelled", "failed"].includes(upload.state)) forget(fingerprint, item);
    tray.hidden = !items.children.length;
  };
  addEventListener("beforeunload", event => {
    if ([...uploads.values()].some(({ upload }) => upload.active)) event.preventDefault();
  });
  acceptDrops();
  showUnfinished();
}

export function add(files) {
  for (const file of files) {
    const fingerprint = fingerprintOf(file, account().id), known = uploads.get(fingerprint);
    if (known?.upload && !["arrived", "cancelled"].includes(known.upload.state)) continue; // it is on its way
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
    usage();
  }
  proceed();
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
  const button = (label, act, name) => make("button", name ? { class: "plain icon", "aria-label": label, title: label, onclick: act } : { onclick: act }, name ? icon(name) : label);
  const again = () => { upload.state = "waiting"; show(); proceed(); };
  const put = { // what can be done in each state
    active: () => [button("Pause", () => { upload.pause(); proceed(); }, "pause"), button("Cancel", () => { upload.cancel(); proceed(); }, "close")],
    paused: () => [button("Resume", again, "play"), button("Cancel", () => upload.cancel(), "close")],
    failed: () => [button("Try again", again), button("Cancel", () => upload.cancel(), "close")],
    arrived: () => [make("a", { class: "button", href: addressOf({ category: upload.category, file_id: upload.fileId }) }, "Open"), button("Dismiss", () => forget(fingerprint, item), "close")],
    cancelled: () => [button("Dismiss", () => forget(fingerprint, item), "close")],
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

function describe({ state, sent, speed, file, linked }) {
  switch (state) {
    case "waiting": return `${bytes(file.size)} · waiting`;
    case "checking": return "Looking whether it is here already…";
    case "paused": return `${bytes(sent)} of ${bytes(file.size)} · paused`;
    case "finishing": return "Putting the parts together…";
    case "arrived": return linked ? "It was here already: added to your library" : `${bytes(file.size)} · uploaded`;
    case "cancelled": return "Cancelled";
    case "failed": return `${bytes(sent)} of ${bytes(file.size)} · stopped`;
    default: return [`${bytes(sent)} of ${bytes(file.size)}`, speed && `${bytes(speed)}/s`, speed && left((file.size - sent) / speed)].filter(Boolean).join(" · ");
  }
}

// What an earlier visit began. The browser does not let us keep the file, so it has to be chosen again.
function showUnfinished() {
  for (const [fingerprint, { name, size }] of unfinished(account().id)) {
    const choose = make("input", { type: "file", class: "unseen", onchange: event => add(event.target.files) });
    const discard = () => { remember(fingerprint, null); forget(fingerprint, item); };
    const item = make("li", { "data-state": "unfinished" }, make("strong", {}, name),
      make("span", { class: "buttons" }, make("button", { class: "plain icon", "aria-label": "Discard", title: "Discard", onclick: discard }, icon("close"))),
      make("p", { class: "words" }, `${bytes(size)} · not finished. Choose the file again to go on where it stopped.`),
      make("label", { class: "button" }, "Choose it again", choose));
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
