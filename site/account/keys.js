// API keys: for programs. A key is shown once, when it is made.

import { asking } from "../design/asking.js";
import { openDialog } from "../design/dialog.js";
import { find, make } from "../design/dom.js";
import { field } from "../design/form.js";
import { icon } from "../design/icons.js";
import { empty, failed, waiting } from "../design/states.js";
import { toast } from "../design/toast.js";
import { day } from "../shell/amounts.js";
import { api } from "../shell/api.js";
import { t } from "../shell/words.js";
import { endOf, tomorrow } from "./days.js";
import { secret } from "./secret.js";

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
  asking(t("keys.new"), {
    name: "new-key", submit: t("keys.create"),
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
    send: async ({ name, scope, expiresAt }) => {
      const body = { name, expiresAt: expiresAt ? endOf(expiresAt) : undefined, scopes: CHOICES[scope] };
      const { key } = await api("/api-keys", { method: "POST", body });
      return () => { made(); show(name, key); };
    },
  });
}

function show(name, key) {
  const content = make("div", { class: "form" },
    make("p", {}, t("keys.once")), secret(key, t("keys.secret"), t("keys.copied")),
    make("p", { class: "actions" }, make("button", { class: "main", onclick: () => dialog.close() }, t("keys.done"))));
  const dialog = openDialog(t("keys.made.title", { name }), { name: "made-key", firm: true, content });
  find("input", content).focus();
}

function revoke(key, done) {
  asking(t("keys.revoke.title"), {
    name: "revoke-key", submit: t("keys.revoke"), kind: "danger",
    fields: make("p", {}, t("keys.revoke.words", { name: key.name })),
    send: async () => {
      await api(`/api-keys/${encodeURIComponent(key.id)}`, { method: "DELETE" });
      return () => { toast(t("keys.revoked", { name: key.name })); done(); };
    },
  });
}
