// API keys: for programs. A key is shown once, when it is made.

import { openDialog } from "../design/dialog.js";
import { make } from "../design/dom.js";
import { field, form } from "../design/form.js";
import { icon } from "../design/icons.js";
import { empty, failed, waiting } from "../design/states.js";
import { toast } from "../design/toast.js";
import { day } from "../shell/amounts.js";
import { api } from "../shell/api.js";
import { t } from "../shell/words.js";

const CHOICES = { both: undefined, read: ["read"] }; // both is what a key has that nothing is said about

export function keys(signal) {
  const place = make("div", { class: "keys" }, waiting());
  const read = async () => {
    try {
      const found = await api("/api-keys", { fresh: true });
      if (!signal.aborted) place.replaceChildren(found.length ? make("ul", {}, found.map(key => row(key, read))) : none());
    } catch (reason) {
      place.replaceChildren(failed(t("keys.unread"), reason, read));
    }
  };
  read();
  const words = make("p", { class: "quiet" }, t("keys.words"), " ", make("a", { href: "/docs" }, t("docs")));
  return make("section", { class: "panel" },
    make("header", { class: "head" },
      make("div", {}, make("h2", {}, t("keys.title")), words),
      make("button", { class: "main", onclick: () => create(read) }, icon("add"), t("keys.new"))),
    place);
}

const none = () => empty("key", t("keys.none"), t("keys.none.words"));

function row(key, read) {
  const facts = [
    `${key.prefix}…`, t("keys.made", { day: day(key.createdAt) }),
    key.expiresAt ? t("keys.ends", { day: day(key.expiresAt) }) : t("keys.endless"),
    key.scopes?.includes("write") === false && t("keys.only.read"),
  ];
  return make("li", {}, icon("key"),
    make("div", {}, make("strong", {}, key.name), make("p", { class: "quiet small" }, facts.filter(Boolean).join(" · "))),
    make("button", { "aria-label": t("keys.revoke.of", key), onclick: () => revoke(key, read) }, t("keys.revoke")));
}

function create(made) {
  const choices = Object.keys(CHOICES).map(scope => make("option", { value: scope }, t(`keys.scope.${scope}`)));
  const element = form({
    fields: [
      field({
        name: "name", label: t("keys.name"), hint: t("keys.name.hint"), required: true, maxlength: 128, autocomplete: "off",
      }),
      field({ name: "scope", label: t("keys.scope"), tag: "select" }, ...choices),
      field({
        name: "expiresAt", label: t("keys.expires"), hint: t("keys.expires.hint"), type: "date", min: tomorrow(),
        "data-wrong": t("keys.expires.wrong"),
      }),
    ],
    submit: t("keys.create"), more: [make("button", { type: "button", onclick: () => dialog.close() }, t("cancel"))],
    send: async ({ name, scope, expiresAt }) => {
      const body = { name, expiresAt: expiresAt ? endOf(expiresAt) : undefined, scopes: CHOICES[scope] };
      const { key } = await api("/api-keys", { method: "POST", body });
      dialog.close();
      made();
      show(name, key);
    },
  });
  const dialog = openDialog(t("keys.new"), { name: "new-key", content: element });
}

// Days are days here: a key chosen to end on the 5th works until the 5th is over.
const endOf = date => new Date(`${date}T23:59:59`).toISOString();

function tomorrow() {
  const date = new Date(Date.now() + 24 * 60 * 60_000);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(part => String(part).padStart(2, "0")).join("-");
}

function show(name, key) {
  const select = event => event.target.select();
  const secret = make("input", { readonly: true, value: key, "aria-label": t("keys.secret"), onfocus: select });
  const copy = async () => {
    secret.select();
    try {
      await navigator.clipboard.writeText(key);
      toast(t("keys.copied"));
    } catch {
      toast(t("keys.uncopied"), "warning");
    }
  };
  const content = make("div", { class: "form" },
    make("p", {}, t("keys.once")),
    make("div", { class: "field secret" },
      secret, make("button", { class: "main", onclick: copy }, icon("copy"), t("keys.copy"))),
    make("p", { class: "actions" }, make("button", { onclick: () => dialog.close() }, t("keys.done"))));
  const dialog = openDialog(t("keys.made.title", { name }), { name: "made-key", content });
  secret.focus();
}

function revoke(key, done) {
  const element = form({
    fields: make("p", {}, t("keys.revoke.words", { name: key.name })), submit: t("keys.revoke"), kind: "danger",
    more: [make("button", { type: "button", onclick: () => dialog.close() }, t("cancel"))],
    send: async () => {
      await api(`/api-keys/${encodeURIComponent(key.id)}`, { method: "DELETE" });
      dialog.close();
      toast(t("keys.revoked", { name: key.name }));
      done();
    },
  });
  const dialog = openDialog(t("keys.revoke.title"), { name: "revoke-key", content: element });
}
