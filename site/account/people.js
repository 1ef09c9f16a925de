// The people of the platform, for those who look after it: administrators see everybody and search by how a name or an
// address begins; moderators find one by name, with what they may do.

import { asking } from "../design/asking.js";
import { make } from "../design/dom.js";
import { field, form } from "../design/form.js";
import { icon } from "../design/icons.js";
import { portrait } from "../design/portrait.js";
import { failed, state, waiting } from "../design/states.js";
import { toast } from "../design/toast.js";
import { day } from "../shell/amounts.js";
import { api, ApiError } from "../shell/api.js";
import { title } from "../shell/router.js";
import { account } from "../shell/session.js";
import { t } from "../shell/words.js";
import { endOf, tomorrow } from "./days.js";
import { invitation } from "./mine.js";

const ROLES = ["user", "moderator", "admin"];
const MANY = 1000; // up to which the platform counts
const AT_ONCE = 30;
const PAUSE = 250; // milliseconds without a letter, before it is searched for

export async function people(place, signal) {
  title(t("people.title"));
  if (!account()) return place.replaceChildren(invitation(t("people.invite")));
  const me = await api("/users/me", { fresh: true });
  if (me.role === "user") {
    const home = make("a", { class: "button main", href: "/account" }, t("mailed.account"));
    return place.replaceChildren(state("empty", "people", t("people.none"), t("people.none.words"), [home], "h1"));
  }
  const count = make("p", { class: "quiet", role: "status" });
  place.replaceChildren(make("div", { class: "account" },
    make("header", { class: "head" },
      make("div", {}, make("h1", { tabindex: -1 }, t("people.title")), count),
      make("a", { class: "button", href: "/account" }, t("account.title"))),
    me.role === "admin" ? everybody(me, count, signal) : somebody(me)));
}

// ---- administrators: all of them, newest first, or those whose name begins so

function everybody(me, count, signal) {
  const list = make("ul", { class: "lines people" }), instead = make("div", {}, waiting());
  const more = make("button", { class: "more", hidden: true, onclick: () => load() }, t("people.more"));
  const near = new IntersectionObserver(seen => { if (seen.at(-1).isIntersecting) load(); }, { rootMargin: "600px" });
  signal.addEventListener("abort", () => near.disconnect());
  const search = make("input", {
    class: "search", type: "search", placeholder: t("people.search"), "aria-label": t("people.search"), maxlength: 254,
    autocomplete: "off", autocapitalize: "none", spellcheck: "false", oninput: () => {
      clearTimeout(pause);
      pause = setTimeout(begin, PAUSE);
    },
  });
  let cursor = null, words = "", turn = 0, pause = 0; // each search has a turn of its own: answers may overtake each other
  load();
  return make("section", { class: "panel" },
    make("label", { class: "searching" }, icon("search"), search), list, instead, more);

  function begin() {
    if (search.value.trim() === words) return;
    words = search.value.trim();
    turn++;
    cursor = null;
    more.hidden = true;
    list.ariaBusy = "false";
    load();
  }

  async function load() {
    if (list.ariaBusy === "true") return;
    const mine = turn, first = !cursor;
    list.ariaBusy = more.ariaBusy = "true";
    near.unobserve(more);
    try {
      const query = new URLSearchParams({ limit: AT_ONCE, ...(words && { query: words }), ...(cursor && { cursor }) });
      const { data, total, nextCursor } = await api(`/users/admin?${query}`, { fresh: true });
      if (signal.aborted || mine !== turn) return;
      if (first) list.replaceChildren();
      list.append(...data.map(one => person(one, me)));
      count.textContent = total >= MANY ? t("people.many", { count: total }) : t("people.count", { count: total });
      cursor = nextCursor;
      more.hidden = !cursor;
      instead.replaceChildren(...(total ? [] : [make("p", { class: "quiet" }, t("people.search.none"))]));
      if (cursor) near.observe(more); // tells at once if it is still in sight
    } catch (reason) {
      if (mine !== turn) return;
      more.hidden = true;
      if (first) list.replaceChildren();
      instead.replaceChildren(failed(t("people.unread"), reason, load));
    } finally {
      if (mine === turn) list.ariaBusy = more.ariaBusy = "false";
    }
  }
}

// ---- moderators: one, by name

function somebody(me) {
  const list = make("ul", { class: "lines people" });
  const element = form({
    fields: field({
      name: "username", label: t("signup.username"), required: true, maxlength: 32, autocomplete: "off",
      autocapitalize: "none", spellcheck: "false",
    }),
    submit: t("people.find"),
    send: async ({ username }) => {
      list.replaceChildren();
      const name = username.trim().replace(/^@/, "");
      const found = await api(`/users/standing/${encodeURIComponent(name)}`, { fresh: true }).catch(reason => {
        throw reason.status === 404 ? new ApiError(t("people.nobody"), { field: "username", status: 404 }) : reason;
      });
      list.replaceChildren(person(found, me));
    },
  });
  return make("section", { class: "panel" }, make("p", { class: "quiet" }, t("people.find.words")), element, list);
}

// ---- one of them

function person(one, me) {
  const item = make("li", {});
  const draw = changes => {
    Object.assign(one, changes);
    item.replaceChildren(...shown(one, me, draw, () => item.remove()));
  };
  draw({});
  return item;
}

const nameOf = one => one.displayName || one.username;

function shown(one, me, draw, gone) {
  const standing = {
    suspended: () => make("p", { class: "small error" }, one.suspendedUntil
      ? t("people.suspended.until", { reason: one.suspension, day: day(one.suspendedUntil) })
      : t("people.suspended", { reason: one.suspension })),
    deleted: () => make("p", { class: "small error" }, t("people.deleted")),
  }[one.status];
  const facts = [
    `@${one.username}`, one.email, one.emailVerified === false && t("people.unconfirmed"), day(one.createdAt),
    me.role !== "admin" && one.role !== "user" && t(`people.role.${one.role}`),
  ];
  const mine = one.id === me.id, rank = role => ROLES.indexOf(role);
  const below = !mine && rank(one.role) < rank(me.role) && one.status !== "deleted";
  const act = (words, does, kind) => make("button", { class: kind, onclick: does }, words);
  return [
    portrait(nameOf(one), one.avatarUrl),
    make("div", {},
      make("strong", {}, nameOf(one)), make("p", { class: "quiet small" }, facts.filter(Boolean).join(" · ")), standing?.()),
    make("p", { class: "actions" },
      me.role === "admin" && roleOf(one, mine),
      below && one.status !== "active" && act(t("people.lift"), event => lift(event.target, one, draw)),
      below && one.status !== "suspended" && act(t("people.suspend"), () => suspend(one, draw)),
      me.role === "admin" && !mine && act(t("people.delete"), () => remove(one, gone))),
  ];
}

// Nobody takes their own role away by a slip.
function roleOf(one, mine) {
  const option = role => make("option", { value: role, selected: role === one.role }, t(`people.role.${role}`));
  const choice = make("select", {
    "aria-label": t("people.role.of", { name: nameOf(one) }), disabled: mine || one.status === "deleted", onchange: change,
  }, ROLES.map(option));
  async function change() {
    choice.disabled = true;
    try {
      await api(`/users/${encodeURIComponent(one.id)}/role`, { method: "PATCH", body: { role: choice.value } });
      one.role = choice.value;
      toast(t("people.role.changed", { name: nameOf(one), role: t(`people.role.${one.role}`) }));
    } catch (reason) {
      choice.value = one.role;
      toast(reason.code === "NOT_ACTIVE" ? t("people.role.inactive") : reason.message, "warning");
    } finally {
      choice.disabled = false;
    }
  }
  return choice;
}

const suspensionOf = one => `/users/${encodeURIComponent(one.id)}/suspension`;

function suspend(one, draw) {
  asking(t("people.suspend.title", { name: nameOf(one) }), {
    name: "suspend", submit: t("people.suspend"), kind: "danger",
    fields: [
      make("p", { class: "quiet" }, t("people.suspend.words")),
      field({
        name: "reason", label: t("people.reason"), hint: t("people.reason.hint"), tag: "textarea", required: true,
        maxlength: 500,
      }),
      field({
        name: "until", label: t("people.until"), hint: t("people.until.hint"), type: "date", min: tomorrow(),
        "data-wrong": t("keys.expires.wrong"),
      }),
    ],
    send: async ({ reason, until }) => {
      const body = { reason: reason.trim(), until: until ? endOf(until) : null };
      await api(suspensionOf(one), { method: "PUT", body });
      return () => {
        draw({ status: "suspended", suspension: body.reason, suspendedUntil: body.until });
        toast(t("people.suspend.done", { name: nameOf(one) }));
      };
    },
  });
}

async function lift(button, one, draw) {
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  try {
    await api(suspensionOf(one), { method: "DELETE" });
    draw({ status: "active", suspension: null, suspendedUntil: null });
    toast(t("people.lifted", { name: nameOf(one) }));
  } catch (reason) {
    toast(reason.message, "warning");
  } finally {
    button.ariaBusy = "false";
  }
}

function remove(one, gone) {
  const name = one.username || one.email;
  asking(t("people.delete.title", { name: nameOf(one) }), {
    name: "delete-person", submit: t("people.delete"), kind: "danger",
    fields: [
      make("p", {}, t("people.delete.words")),
      field({
        name: "username", label: t("people.delete.name", { name }), required: true, autocomplete: "off", spellcheck: "false",
        autocapitalize: "none", pattern: name.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"),
        "data-wrong": t("people.delete.wrong", { name }),
      }),
    ],
    send: async () => {
      await api(`/users/${encodeURIComponent(one.id)}`, { method: "DELETE" });
      return () => { gone(); toast(t("people.gone", { name: nameOf(one) })); };
    },
  });
}
