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
  let cursor = null, leaving = new AbortController();
  signal.addEventListener("abort", () => leaving.abort());

  const heading = make("h2", { tabindex: -1 }, t("downloads.list"));
  const gone = id => {
    forget(id);
    settle();
    if (document.activeElement === document.body) heading.focus(); // the button went with its row
  };
  const place = job => row(job, { signal: leaving.signal, add, gone });
  const nothing = () => empty("download", t("downloads.empty"), t("downloads.empty.words"));
  const listed = id => list.querySelector(`[data-id="${CSS.escape(id)}"]`);
  const settle = () => instead.replaceChildren(...(list.children.length ? [] : [nothing()]));

  function add(job) {
    listed(job.download_id)?.remove(); // asked for twice: it is one
    list.prepend(place(job));
    if (!account()) remember(job.download_id);
    settle();
  }

  async function load() {
    if (more.ariaBusy === "true") return; // a second press reads nothing twice
    const during = visit(), { signal } = leaving;
    more.ariaBusy = "true";
    if (!list.children.length) instead.replaceChildren(waiting());
    try {
      // What was begun without an account stays in sight of who signs in afterwards.
      const [own, found] = await Promise.all([cursor ? [] : here(), account() ? history(cursor) : { downloads: [] }]);
      if (signal.aborted || visit() !== during) return;
      list.append(...[...own, ...found.downloads].filter(job => !listed(job.download_id)).map(place));
      cursor = found.next_cursor ?? null;
      more.hidden = !cursor;
      settle();
    } catch (reason) {
      if (!signal.aborted && visit() === during) instead.replaceChildren(failed(t("downloads.unread"), reason, load));
    } finally {
      if (!signal.aborted) more.ariaBusy = "false";
    }
  }

  function read() {
    leaving.abort(); // nobody follows what is shown no more
    leaving = new AbortController();
    list.replaceChildren();
    more.ariaBusy = "false";
    cursor = null;
    return load();
  }

  read();
  return { element: make("section", {}, heading, list, instead, more), add, read };
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
