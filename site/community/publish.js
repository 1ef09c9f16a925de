// Publishing: chosen, dropped or pasted, sent while one writes what it is, and there when that is said.

import { openDialog } from "../design/dialog.js";
import { find, make, say } from "../design/dom.js";
import { acceptDrops } from "../design/drop.js";
import { form, valuesOf } from "../design/form.js";
import { icon } from "../design/icons.js";
import { toast } from "../design/toast.js";
import { bytes } from "../shell/amounts.js";
import { persist } from "../shell/api.js";
import { current, go } from "../shell/router.js";
import { signedIn, withAccount } from "../shell/session.js";
import { t } from "../shell/words.js";
import { fields, said, written } from "./describing.js";
import { addressOf, create } from "./memes.js";
import { complaint, KINDS, moves, send } from "./sending.js";

const waiting = []; // files still to be asked about
const drafts = new Map(); // what was said of files that were not published after all
let started = false, dialog = null;

// Once: files dropped on the community, and pictures pasted into it, are to be published.
export function start() {
  if (started) return;
  started = true;
  const here = () => current()?.name === "community";
  acceptDrops({ wanted: here, words: () => t("publish.drop"), take });
  addEventListener("paste", event => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || !here() || event.target.closest?.("input, textarea")) return;
    event.preventDefault();
    take(files);
  });
}

// A button that lets one choose files, and asks for an account when it is used without.
export function chooser(words, kind) {
  const input = make("input", { type: "file", multiple: true, class: "unseen", accept: Object.keys(KINDS).join(",") });
  input.onchange = () => { take([...input.files]); input.value = ""; };
  return make("label", { class: `button ${kind}` }, icon("upload"), words, input);
}

function take(files) {
  const wrong = files.filter(complaint);
  for (const file of wrong) toast(t("publish.refused", { name: file.name, why: complaint(file) }), "warning");
  waiting.push(...files.filter(file => !wrong.includes(file)));
  if (waiting.length) withAccount(t("memes.why.publish"), next).then(() => { if (!dialog) waiting.length = 0; });
}

// One dialog after the other, as many as there are files.
function next() {
  if (dialog || !waiting.length) return;
  const file = waiting.shift();
  const leaving = new AbortController();
  const bar = make("progress", { max: file.size, value: 0, "aria-label": t("publish.sending") });
  const words = make("p", { class: "quiet small", role: "status" });
  const address = URL.createObjectURL(file);
  const once = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`; // a lost answer makes no second meme
  const draft = [file.name, file.size, file.lastModified].join();
  let sending = begin(), done = false;

  // While the words are being written.
  function begin() {
    say(words, t("publish.sending.at", { size: bytes(file.size) }));
    const progress = sent => { bar.value = sent; };
    const key = send(file, { signal: leaving.signal, progress });
    key.then(() => { bar.value = file.size; say(words, t("publish.sent")); }, reason => say(words, reason.message));
    return key;
  }

  const publish = async values => {
    const described = said(values);
    await signedIn(t("memes.why.publish")); // who left in another tab meanwhile loses no words
    const storageKey = await sending.catch(reason => {
      sending = begin(); // the next press finds it under way again
      throw reason;
    });
    bar.removeAttribute("value");
    say(words, t("publish.making"));
    const body = { type: moves(file) ? "gif" : "meme", storageKey, mimeType: file.type, fileSize: file.size, ...described };
    try {
      const meme = await persist(() => create(body, once), { tries: 3, signal: leaving.signal });
      done = true;
      dialog.close();
      published(meme);
    } catch (reason) {
      bar.value = file.size;
      say(words, t("publish.sent"));
      throw reason.field === "storageKey" ? Object.assign(reason, { field: "" }) : reason;
    }
  };
  const sight = moves(file) && file.type === "video/webm"
    ? make("video", { src: address, muted: true, loop: true, autoplay: true, playsinline: true, "aria-hidden": "true" })
    : make("img", { src: address, alt: "" });
  const element = form({
    fields: [make("div", { class: "sight" }, sight), make("div", {}, bar, words), ...fields(drafts.get(draft))],
    submit: t("publish.submit"), send: publish,
    more: [make("button", { type: "button", onclick: () => dialog.close() }, t("cancel"))],
  });
  dialog = openDialog(waiting.length ? t("publish.title.more", { count: waiting.length }) : t("publish.title"), {
    name: "publish", content: element,
    closed: () => {
      if (done) drafts.delete(draft);
      else drafts.set(draft, written(valuesOf(element)));
      URL.revokeObjectURL(address);
      leaving.abort(new DOMException("left", "AbortError"));
      dialog = null;
      next();
    },
  });
  find("[name=title]", dialog).focus();
}

function published(meme) {
  toast(t(meme.duplicateOf ? "publish.again" : "publish.done", { title: meme.title }));
  if (!waiting.length) go(addressOf(meme));
}
