// Changing and deleting a file, each in a dialog that keeps what was typed when the platform says no.

import { ask, find } from "./dom.js";
import { describe, remove, takePoster } from "./files.js";
import { bytes, titleOf } from "./words.js";

export function edit(file) {
  const dialog = find("#edit"), fields = find("form", dialog).elements;
  fields.title.value = titleOf(file);
  fields.description.value = file.description ?? "";
  fields.year.value = file.year ?? "";
  fields.genres.value = (file.genres ?? []).join(", ");
  fields.imageUrl.value = "";
  const before = said(fields);
  ask(dialog, async () => {
    const now = said(fields);
    const changed = Object.entries(now).filter(([name, value]) => String(value) !== String(before[name]));
    if (fields.imageUrl.value) await takePoster(file, fields.imageUrl.value);
    if (changed.length) await describe(file, Object.fromEntries(changed));
  });
}

function said(fields) {
  return {
    title: fields.title.value.trim() || null,
    description: fields.description.value.trim() || null,
    year: fields.year.value ? Number(fields.year.value) : null,
    genres: fields.genres.value.split(",").map(genre => genre.trim()).filter(Boolean),
  };
}

export function confirmRemoval(file, after = () => {}) {
  const dialog = find("#confirm");
  const what = `“${titleOf(file)}” (${bytes(file.size)})`;
  find(".what", dialog).textContent = `${what} leaves your library. There is no way back.`;
  ask(dialog, async () => {
    await remove(file);
    after();
  });
}
