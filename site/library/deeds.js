// Changing and deleting a file, each in a dialog that keeps what was typed when the platform says no.

import { openDialog } from "../design/dialog.js";
import { make } from "../design/dom.js";
import { field, form } from "../design/form.js";
import { toast } from "../design/toast.js";
import { bytes } from "../shell/amounts.js";
import { t } from "../shell/words.js";
import { describe, remove, takePoster, titleOf } from "./files.js";

export function edit(file) {
  const label = name => ({ name, label: t(`library.field.${name}`) });
  const fields = [
    field({ ...label("title"), maxlength: 500, value: titleOf(file) }),
    field({ ...label("description"), tag: "textarea", rows: 4, maxlength: 10_000 }, file.description ?? ""),
    make("div", { class: "pair" },
      field({ ...label("year"), type: "number", min: 0, max: 9999, value: file.year ?? "" }),
      field({ ...label("genres"), value: (file.genres ?? []).join(", "), placeholder: t("library.field.genres.example") })),
    field({ ...label("imageUrl"), type: "url", maxlength: 2048, placeholder: "https://…" }),
  ];
  const element = form({
    fields, submit: t("library.save"), more: cancel(() => dialog.close()),
    send: async values => {
      const differs = ([name, value]) => String(value) !== String(before[name]);
      const changed = Object.entries(said(values)).filter(differs);
      if (values.imageUrl) await takePoster(file, values.imageUrl);
      if (changed.length) await describe(file, Object.fromEntries(changed));
      dialog.close();
      toast(t("library.saved"));
    },
  });
  const before = said(Object.fromEntries(new FormData(element)));
  const dialog = openDialog(t("library.edit.title"), { name: "edit", content: element });
}

function said({ title, description, year, genres }) {
  return {
    title: title.trim() || null,
    description: description.trim() || null,
    year: year ? Number(year) : null,
    genres: genres.split(",").map(genre => genre.trim()).filter(Boolean),
  };
}

export function confirmRemoval(file, after = () => {}) {
  const what = t("library.delete.what", { title: titleOf(file), size: bytes(file.size) });
  const element = form({
    fields: make("p", {}, what), submit: t("library.delete"), kind: "danger",
    more: cancel(() => dialog.close(), t("library.keep")),
    send: async () => {
      await remove(file);
      dialog.close();
      toast(t("library.deleted", { title: titleOf(file) }));
      after();
    },
  });
  const dialog = openDialog(t("library.delete.title"), { name: "confirm", content: element });
}

const cancel = (act, words = t("cancel")) => [make("button", { type: "button", onclick: act }, words)];
