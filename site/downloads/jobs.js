// What is on its way, and what was: an account's from the platform; what is begun without one, this browser alone knows.

import { make } from "../design/dom.js";
import { empty, failed, waiting } from "../design/states.js";
import { account, visit } from "../shell/session.js";
import { t } from "../shell/words.js";
import { history, status } from "./known.js";
import { row } from "./job.js";

const KEPT = "bobine.downloads"; // ids in localStorage, the latest first
const MOST = 30;

export function jobs(signal) {
  const list = make("ul", { class: "jobs" }), instead = make("div", { class: "instead" });
  const more = make("button", { class: "more", hidden: true, onclick: () => load() }, t("downloads.more"));
  let cursor = null;

  const place = job => row(job, { signal, add, gone: id => { forget(id); settle(); } });
  const nothing = () => empty("download", t("downloads.empty"), t("downloads.empty.words"));
  const settle = () => instead.replaceChildren(...(list.children.length ? [] : [nothing()]));

  function add(job) {
    list.querySelector(`[data-id="${CSS.escape(job.download_id)}"]`)?.remove(); // asked for twice: it is one
    list.prepend(place(job));
    if (!account()) remember(job.download_id);
    settle();
  }

  async function load() {
    const during = visit();
    more.ariaBusy = "true";
    if (!list.children.length) instead.replaceChildren(waiting());
    try {
      const found = account() ? await history(cursor) : { downloads: await here() };
      if (signal.aborted || visit() !== during) return;
      list.append(...found.downloads.map(place));
      cursor = found.next_cursor ?? null;
      more.hidden = !cursor;
      settle();
    } catch (reason) {
      if (!signal.aborted) instead.replaceChildren(failed(t("downloads.unread"), reason, load));
    } finally {
      more.ariaBusy = "false";
    }
  }

  function read() {
    list.replaceChildren();
    cursor = null;
    return load();
  }

  read();
  return { element: make("section", {}, make("h2", {}, t("downloads.list")), list, instead, more), add, read };
}

// What this browser began without an account and is still there.
async function here() {
  const found = await Promise.all(kept().map(id => status(id).catch(reason => {
    if (reason.status !== 404 && reason.status !== 410) throw reason;
    forget(id);
    return null;
  })));
  return found.filter(Boolean);
}

function kept() {
  try { return JSON.parse(localStorage.getItem(KEPT)) ?? []; } catch { return []; }
}

const keep = ids => localStorage.setItem(KEPT, JSON.stringify(ids.slice(0, MOST)));
const remember = id => keep([id, ...kept().filter(one => one !== id)]);
const forget = id => keep(kept().filter(one => one !== id));
