// What others see of me.

import { make } from "../design/dom.js";
import { field, form } from "../design/form.js";
import { toast } from "../design/toast.js";
import { day } from "../shell/amounts.js";
import { api } from "../shell/api.js";
import { know } from "../shell/session.js";
import { t } from "../shell/words.js";
import { avatar } from "./avatar.js";

export function profile(me) {
  const heading = make("h2", {}, me.displayName || me.username);
  const face = avatar(me);
  const element = form({
    fields: [
      field({
        name: "displayName", label: t("profile.name"), required: true, maxlength: 32, pattern: ".*\\S.*",
        value: me.displayName, autocomplete: "name", "data-wrong": t("field.missing"),
      }),
      field({ name: "bio", label: t("profile.bio"), hint: t("profile.bio.hint"), tag: "textarea", maxlength: 255 }, me.bio),
    ],
    submit: t("profile.save"),
    send: async ({ displayName, bio }) => {
      const body = { displayName: displayName.trim(), bio: bio.trim() || null };
      const after = await api("/users/me", { method: "PATCH", body });
      heading.textContent = after.displayName;
      face.rename(after.displayName);
      know({ name: after.displayName });
      toast(t("profile.saved"));
    },
  });
  const fact = (name, value) => [make("dt", {}, name), make("dd", {}, value)];
  return make("section", { class: "panel profile", ...face.drops },
    make("div", { class: "who" },
      face.element,
      make("div", {}, heading, make("p", { class: "quiet" }, `@${me.username} · `,
        make("a", { href: `/community/by/${encodeURIComponent(me.username)}` }, t("profile.public"))), face.actions, face.wrong)),
    element,
    make("dl", { class: "facts small" },
      fact(t("profile.since"), day(me.createdAt)), fact(t("profile.id"), make("code", {}, me.id))));
}
