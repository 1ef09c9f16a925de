// A wall of memes, each as high as its picture, that goes on as one scrolls.
//
// The grid's rows are a few pixels high, and a card reaches over as many as it needs: so the order of the document, which
// the keyboard and a screen reader follow, is the order of the list.

import { find, make } from "../design/dom.js";
import { failed } from "../design/states.js";
import { t } from "../shell/words.js";
import { card } from "./cards.js";
import { adapt, changes, follow } from "./memes.js";

const ROW = 8, GAP = 18; // pixels

// `kept` = { memes, cursor, over, total, rows } is filled as the wall grows and shows at once what it holds. `read(cursor)` answers
// { data, total, nextCursor }; `nothing()` is what to show where there is none; `fits(meme)` whether one that was just made
// belongs here; `counted(total)` is told how many there are.
export function wall({ kept, read, nothing, fits = () => false, counted = () => {}, signal }) {
  const list = make("ul", { class: "memes" }), instead = make("div", { class: "instead" });
  const more = make("button", { class: "more", hidden: true, onclick: () => load() }, t("memes.more"));
  const cards = new Map(); // meme id → { element, of }
  // A card is another height in another width, and in letters of another size.
  const resized = new ResizeObserver(seen => settle(seen.map(one => one.target.parentElement).filter(one => one?.isConnected)));
  const near = new IntersectionObserver(seen => { if (seen.at(-1).isIntersecting) load(); }, { rootMargin: "1200px" });
  signal.addEventListener("abort", () => { resized.disconnect(); near.disconnect(); });
  changes.addEventListener("change", ({ detail }) => changed(detail), { signal });

  function settle(elements) {
    const heights = elements.map(one => one.firstElementChild.offsetHeight); // read all, then write all
    elements.forEach((one, at) => {
      const rows = Math.ceil((heights[at] + GAP) / ROW);
      one.style.gridRowEnd = `span ${rows}`;
      kept.rows.set(one.dataset.id, rows);
    });
  }

  function draw() {
    const wanted = kept.memes.map(meme => {
      const of = JSON.stringify(meme), known = cards.get(meme.id);
      if (known?.of === of) return known.element;
      const element = card(meme), rows = kept.rows.get(meme.id);
      if (rows) element.style.gridRowEnd = `span ${rows}`; // so that a page that is come back to can be scrolled at once
      if (meme.state === "processing" && !known) follow(meme, signal).catch(() => {}); // it stays as it is until it is read again
      if (known) resized.unobserve(known.element.firstElementChild);
      resized.observe(element.firstElementChild);
      cards.set(meme.id, { element, of });
      return element;
    });
    const { children } = list, fresh = wanted.filter((one, at) => one !== children[at]);
    wanted.forEach((one, at) => { if (children[at] !== one) list.insertBefore(one, children[at] ?? null); });
    while (children.length > wanted.length) list.lastChild.remove();
    if (list.isConnected) settle(fresh);
    more.hidden = !kept.cursor;
    instead.replaceChildren(...(kept.over && !kept.memes.length ? [nothing()] : []));
  }

  async function load() {
    if (list.ariaBusy === "true" || kept.over) return;
    list.ariaBusy = more.ariaBusy = "true";
    near.unobserve(more);
    if (!kept.memes.length) list.replaceChildren(...Array.from({ length: 8 }, coming));
    try {
      const { data, total, nextCursor } = await read(kept.cursor);
      if (signal.aborted) return;
      const known = new Set(kept.memes.map(meme => meme.id)); // the list moves on while it is read
      kept.memes.push(...data.filter(meme => !known.has(meme.id)));
      kept.cursor = nextCursor ?? null;
      kept.over = !nextCursor;
      counted((kept.total = total));
      draw();
      if (nextCursor) near.observe(more); // tells at once if it is still in sight
    } catch (reason) {
      if (signal.aborted) return;
      draw();
      more.hidden = true;
      instead.replaceChildren(failed(t("memes.unread"), reason, load));
    } finally {
      list.ariaBusy = more.ariaBusy = "false";
    }
  }

  function changed(change) {
    const { activeElement } = document, focused = cards.get(change.id)?.element.contains(activeElement);
    if (!adapt(kept.memes, change)) {
      if (!change.made || !fits(change.meme)) return;
      kept.memes.unshift(change.meme);
      counted(++kept.total);
    } else if (!change.meme) counted(--kept.total);
    draw();
    // The card was made anew: what had the focus has it again.
    if (focused) find(`.${activeElement.classList[0]}`, cards.get(change.id).element)?.focus();
  }

  draw();
  const ready = kept.memes.length ? Promise.resolve() : load();
  if (kept.memes.length && kept.cursor) near.observe(more);
  return { element: make("section", {}, list, instead, more), ready };
}

const coming = (_, at) => {
  const frame = make("div", { class: "picture awaited", style: `aspect-ratio: 1 / ${[0.7, 1, 1.3, 0.8][at % 4]}` });
  return make("li", { class: "meme", style: `grid-row-end: span ${[22, 30, 36, 25][at % 4]}` }, make("div", {}, frame));
};

export const emptyWall = () => ({ memes: [], cursor: null, over: false, total: 0, rows: new Map() });
