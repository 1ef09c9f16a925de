// What one says of a meme: asked for when it is published, and when it is changed.

import { make } from "../design/dom.js";
import { field } from "../design/form.js";
import { ApiError } from "../shell/api.js";
import { t } from "../shell/words.js";
import { categories, tags } from "./memes.js";

const [MOST, LONGEST] = [10, 50]; // tags of a meme, characters of a tag: as the platform has it

let count = 0;

export function fields(meme = {}) {
  const choose = field({ name: "categoryId", label: t("describe.category"), tag: "select" },
    make("option", { value: "" }, t("describe.category.none")));
  choose.hidden = true;
  named(choose, meme.category);
  const known = make("datalist", { id: `known-tags-${++count}` }); // there may be two: a file dropped while one is changed
  tags("", 50).then(found => known.append(...found.map(tag => make("option", { value: tag.name }))), () => {});
  return [
    field({ name: "title", label: t("describe.title"), required: true, maxlength: 255, value: meme.title ?? "" }),
    field({
      name: "description", label: t("describe.alt"), hint: t("describe.alt.hint"), tag: "textarea", rows: 2, maxlength: 2000,
    }, meme.description ?? ""),
    field({
      name: "tags", label: t("describe.tags"), hint: t("describe.tags.hint"), list: known.id, autocapitalize: "none",
      value: (meme.tags ?? []).map(tag => tag.name).join(", "),
    }),
    known, choose,
    make("label", { class: "tick" },
      make("input", { type: "checkbox", name: "sensitive", checked: Boolean(meme.sensitive) }),
      make("span", {}, t("describe.sensitive"), make("span", { class: "hint quiet small" }, t("describe.sensitive.hint")))),
  ];
}

async function named(choose, current) {
  const each = await categories().catch(() => []);
  const select = choose.querySelector("select");
  select.append(...each.map(one => make("option", { value: one.id, selected: one.id === current?.id }, one.name)));
  choose.hidden = !each.length;
}

// Raises what is wrong with the tags, beside them.
export function said({ title, description, tags, categoryId, sensitive }) {
  const named = [...new Set(tags.split(/[,#]/).map(tag => tag.trim()).filter(Boolean))];
  if (named.length > MOST || named.some(tag => [...tag].length > LONGEST)) {
    throw new ApiError(t("describe.tags.wrong", { most: MOST, longest: LONGEST }), { status: 400, field: "tags" });
  }
  return {
    title: title.trim(), description: description.trim(), categoryId: categoryId || null, sensitive: sensitive === "on",
    tags: named,
  };
}

// The same as it stands in the fields, for `fields`: right or wrong, somebody has typed it.
export const written = ({ title, description, tags, categoryId, sensitive }) => ({
  title, description, tags: [{ name: tags }], category: { id: categoryId }, sensitive: sensitive === "on",
});
