// What memes are sorted into: administrators make, rename and delete it.

import { asking } from "../design/asking.js";
import { iconButton, make } from "../design/dom.js";
import { field } from "../design/form.js";
import { icon } from "../design/icons.js";
import { empty } from "../design/states.js";
import { toast } from "../design/toast.js";
import { api } from "../shell/api.js";
import { again, title } from "../shell/router.js";
import { t } from "../shell/words.js";
import { admitted, pages } from "./keepers.js";
import { categories } from "./memes.js";

export async function open(place) {
  title(t("categories.title"));
  if (!await admitted(place, role => role === "admin")) return;
  const each = await categories();
  place.replaceChildren(
    make("header", { class: "head" }, make("h1", { tabindex: -1 }, t("categories.title")),
      pages([["reports", false], ["categories", true]])),
    make("p", {}, make("button", { class: "main", onclick: () => change() }, icon("add"), t("categories.new"))),
    each.length
      ? make("ul", { class: "panel sorted" }, each.map(shown))
      : empty("box", t("categories.none"), t("categories.none.words")));
}

const shown = one => make("li", {},
  one.iconUrl ? make("img", { src: one.iconUrl, alt: "", referrerpolicy: "no-referrer" }) : icon("box"),
  make("div", {}, make("a", { href: `/community?category=${encodeURIComponent(one.slug)}` }, make("strong", {}, one.name)),
    make("p", { class: "quiet small" }, [one.slug, one.description].filter(Boolean).join(" · "))),
  make("p", { class: "actions" },
    iconButton("edit", t("categories.edit.of", { name: one.name }), () => change(one)),
    iconButton("delete", t("categories.delete.of", { name: one.name }), () => confirmRemoval(one))));

function change(one) {
  asking(t(one ? "categories.edit" : "categories.new"), {
    name: "category", submit: t("memes.save"),
    fields: [
      field({ name: "name", label: t("categories.name"), required: true, maxlength: 64, value: one?.name ?? "" }),
      field({ name: "description", label: t("categories.description"), maxlength: 255, value: one?.description ?? "" }),
      field({ name: "iconUrl", label: t("categories.icon"), type: "url", maxlength: 512, placeholder: "https://…", value: one?.iconUrl ?? "" }),
    ],
    send: async ({ name, description, iconUrl }) => {
      const body = { name: name.trim(), description: description.trim() || null, iconUrl: iconUrl || null };
      await (one ? api(`/categories/${one.id}`, { method: "PATCH", body }) : api("/categories", { method: "POST", body }));
      return () => { toast(t("categories.saved", { name: body.name })); again(); };
    },
  });
}

function confirmRemoval(one) {
  asking(t("categories.delete.title", { name: one.name }), {
    name: "confirm", submit: t("categories.delete"), kind: "danger", keep: t("memes.keep"),
    fields: make("p", {}, t("categories.delete.words")),
    send: async () => {
      await api(`/categories/${one.id}`, { method: "DELETE" });
      return () => { toast(t("categories.deleted", { name: one.name })); again(); };
    },
  });
}
