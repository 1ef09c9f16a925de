// What was reported, and what was decided about it: the moderators' queue.

import { make } from "../design/dom.js";
import { field, form } from "../design/form.js";
import { icon } from "../design/icons.js";
import { empty, failed, waiting } from "../design/states.js";
import { toast } from "../design/toast.js";
import { time } from "../shell/amounts.js";
import { api, here } from "../shell/api.js";
import { title } from "../shell/router.js";
import { t } from "../shell/words.js";
import { admitted, pages } from "./keepers.js";
import { gone, nameOf } from "./memes.js";
import { moderates, role } from "./role.js";

const STATUSES = ["pending", "reviewed", "resolved", "dismissed"];
const AT_ONCE = 20;
// What can be decided: the status it sets, and what becomes of the content.
const DECISIONS = {
  review: { status: "reviewed" }, dismiss: { status: "dismissed" }, resolve: { status: "resolved" },
  remove: { status: "resolved", action: "delete" }, ban: { status: "resolved", action: "ban" },
};

export async function open(place, query, signal) {
  title(t("reports.title"));
  if (!await admitted(place, moderates)) return;
  const admin = await role() === "admin";
  const status = STATUSES.includes(query.get("status")) ? query.get("status") : "pending";
  const chips = make("nav", { class: "chips", "aria-label": t("reports.status") }, STATUSES.map(one =>
    make("a", { href: `/community/moderation/reports?status=${one}`, "aria-current": one === status && "true", "data-replace": true },
      t(`reports.status.${one}`))));
  const list = make("ul", { class: "reports" }), instead = make("div", { class: "instead" }, waiting());
  const more = make("button", { class: "more", hidden: true, onclick: () => load() }, t("memes.more"));
  place.replaceChildren(
    make("header", { class: "head" }, make("h1", { tabindex: -1 }, t("reports.title")),
      admin && pages([["reports", true], ["categories", false]])),
    chips, list, instead, more);
  let cursor = null;
  await load();

  async function load() {
    if (list.ariaBusy === "true") return;
    list.ariaBusy = more.ariaBusy = "true";
    try {
      const asked = new URLSearchParams({ status, limit: AT_ONCE, ...(cursor && { cursor }) });
      const { data, nextCursor } = await api(`/reports?${asked}`, { fresh: true });
      if (signal.aborted) return;
      cursor = nextCursor;
      list.append(...data.map(one => reported(one)));
      more.hidden = !cursor;
      instead.replaceChildren(...(list.children.length ? [] : [empty("check", t("reports.none"), t("reports.none.words"))]));
    } catch (reason) {
      instead.replaceChildren(failed(t("reports.unread"), reason, load));
    } finally {
      list.ariaBusy = more.ariaBusy = "false";
    }
  }
}

function reported(one) {
  const item = make("li", { class: "panel" });
  const draw = now => {
    const ways = Object.keys(DECISIONS).filter(way => (now.contentId && now.target) || !DECISIONS[way].action);
    const element = form({
      fields: [
        field({ name: "way", label: t("reports.decision"), tag: "select" },
          ways.map(way => make("option", { value: way }, t(`reports.${way}`)))),
        field({ name: "note", label: t("reports.note"), hint: t("reports.note.hint"), maxlength: 1000 }),
      ],
      submit: t("reports.decide"), kind: "decide",
      send: async ({ way, note }) => {
        const body = { action: "none", ...DECISIONS[way], note: note.trim() };
        const after = await api(`/reports/${encodeURIComponent(now.id)}/status`, { method: "PATCH", body });
        if (body.action !== "none") gone(now.contentId);
        draw(after);
        toast(t("reports.decided"));
      },
    });
    item.replaceChildren(...[target(now), said(now), history(now), element].filter(Boolean));
  };
  draw(one);
  return item;
}

function target({ target, contentId }) {
  if (!target) return make("p", { class: "quiet" }, t("reports.gone"));
  const picture = target.thumbnailUrl ? make("img", { src: here(target.thumbnailUrl), alt: "", loading: "lazy" }) : icon("picture");
  const href = contentId ? `/community/${encodeURIComponent(target.slug)}` : `/community?${new URLSearchParams({ tag: target.title })}`;
  return make("a", { class: "reported", href }, picture,
    make("span", {}, make("strong", {}, contentId ? target.title : `#${target.title}`),
      target.author && make("span", { class: "quiet small" }, t("memes.by", { name: nameOf(target.author) }))));
}

const said = one => make("div", { class: "said" },
  make("p", {}, Object.entries(one.reasons).map(([reason, count]) =>
    make("span", { class: "mark" }, `${t(`report.${reason}`)}${count > 1 ? ` × ${count}` : ""}`))),
  one.description && make("blockquote", {}, one.description),
  make("p", { class: "quiet small" }, t("reports.by", { name: nameOf(one.reporter), time: time(one.createdAt) }),
    one.count > 1 ? ` · ${t("reports.count", { count: one.count })}` : ""));

const history = ({ history }) => history.length > 0 && make("ol", { class: "history small" }, history.map(step => make("li", {},
  t("reports.step", { time: time(step.at), name: step.by ? nameOf(step.by) : "—", status: t(`reports.status.${step.to}`) }),
  step.action !== "none" && ` · ${t(`reports.action.${step.action}`)}`, step.note && make("q", {}, step.note))));
