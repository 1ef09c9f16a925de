// What can be done with a meme, each in a dialog that keeps what was typed when the platform says no.

import { asking } from "../design/asking.js";
import { openDialog } from "../design/dialog.js";
import { all, make } from "../design/dom.js";
import { field } from "../design/form.js";
import { icon } from "../design/icons.js";
import { toast } from "../design/toast.js";
import { bytes } from "../shell/amounts.js";
import { api, here } from "../shell/api.js";
import { back } from "../shell/router.js";
import { t } from "../shell/words.js";
import { fields, said } from "./describing.js";
import { describe, remove, renditionOf, used } from "./memes.js";

const REASONS = ["inappropriate", "spam", "copyright", "other"];

export function edit(meme) {
  asking(t("memes.edit.title"), {
    name: "edit", fields: fields(meme), submit: t("memes.save"),
    send: async values => {
      await describe(meme, said(values));
      return () => toast(t("memes.saved"));
    },
  });
}

export function confirmRemoval(meme, mine) {
  asking(t("memes.delete.title"), {
    name: "confirm", submit: t("memes.delete"), kind: "danger", keep: t("memes.keep"),
    fields: make("p", {}, t(mine ? "memes.delete.words" : "memes.delete.theirs", { title: meme.title })),
    send: async () => {
      await remove(meme);
      return () => { toast(t("memes.deleted", { title: meme.title })); back("/community"); };
    },
  });
}

// `about` = { contentId } or { tagId }
export function report(about) {
  const choice = (reason, at) => make("label", { class: "tick" },
    make("input", { type: "radio", name: "reason", value: reason, checked: at === 0 }), t(`report.${reason}`));
  asking(t("report.title"), {
    name: "report", submit: t("report.send"),
    fields: [
      make("fieldset", { class: "choices" }, make("legend", { class: "small" }, t("report.reason")), REASONS.map(choice)),
      field({ name: "description", label: t("report.words"), tag: "textarea", rows: 3, maxlength: 1000 }),
    ],
    send: async ({ reason, description }) => {
      await api("/reports", { method: "POST", body: { ...about, reason, ...(description.trim() && { description: description.trim() }) } });
      return () => toast(t("report.done"));
    },
  });
}

// Taking it along: whichever way, it counts as one use.
export function use(meme) {
  let counted = false;
  const count = () => {
    if (!counted) used(meme).catch(() => {}); // a use that is not counted hurts nobody
    counted = true;
  };
  const copy = async (work, words) => {
    try {
      await work();
      toast(words);
      count();
    } catch {
      toast(t("use.uncopied"), "warning");
    }
  };
  const deed = (sign, words, onclick) => make("button", { onclick }, icon(sign), words);
  const address = new URL(here(meme.url), location.href).href;
  const ways = [
    meme.type === "meme" && globalThis.ClipboardItem &&
      deed("copy", t("use.picture"), () => copy(() => copyPicture(meme), t("use.picture.done"))),
    deed("share", t("use.address"), () => copy(() => navigator.clipboard.writeText(address), t("use.address.done"))),
    ...files(meme).map(({ url, mimeType, fileSize }) => make("a", {
      class: "button", href: here(url), download: nameOf(meme, mimeType), onclick: count,
    }, icon("download"), t("use.file", { kind: kindOf(mimeType).toUpperCase(), size: bytes(fileSize) }))),
  ];
  const dialog = openDialog(t("use.title"), { name: "use", content: make("div", { class: "ways" }, ways) });
  all("button, a", dialog)[0]?.focus();
}

const kindOf = mimeType => mimeType.split("/").at(-1); // "image/webp" → "webp", which is its extension, too

const files = meme => [renditionOf(meme, "main"), renditionOf(meme, "video")].filter(one => one?.url);

const nameOf = (meme, mimeType) => `${meme.slug}.${kindOf(mimeType)}`;

// As PNG, which is what clipboards take. Given as a promise: Safari wants it within the press.
function copyPicture(meme) {
  const png = async () => {
    const image = new Image();
    image.src = here(meme.url);
    await image.decode();
    const canvas = make("canvas", { width: image.naturalWidth, height: image.naturalHeight });
    canvas.getContext("2d").drawImage(image, 0, 0);
    return new Promise(resolve => { canvas.toBlob(resolve, "image/png"); });
  };
  return navigator.clipboard.write([new ClipboardItem({ "image/png": png() })]);
}
