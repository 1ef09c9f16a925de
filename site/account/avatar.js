// My picture: chosen or dropped, seen at once, and kept when the platform has taken it.

import { find, make, say } from "../design/dom.js";
import { icon } from "../design/icons.js";
import { portrait } from "../design/portrait.js";
import { toast } from "../design/toast.js";
import { api } from "../shell/api.js";
import { know } from "../shell/session.js";
import { t } from "../shell/words.js";

const KINDS = ["image/jpeg", "image/png", "image/webp"];
const LARGEST = 10 * 2 ** 20; // bytes, as the platform has it
const SENT = 2 ** 20; // bytes; a larger one is drawn smaller first: a form to the cloud ends at 4.5 MB
const SIDE = 1024; // pixels

// { element, actions, wrong, drops: what the place it can be dropped on listens to, rename }
export function avatar(me) {
  let name = me.displayName || me.username, picture = me.avatarUrl;
  const input = make("input", {
    type: "file", class: "unseen", accept: KINDS.join(","), "aria-label": t("avatar.choose"),
    onchange: () => { take(input.files[0]); input.value = ""; },
  });
  const element = make("label", { class: "face", title: t("avatar.choose") },
    input, portrait(name, picture), make("span", { class: "cover" }, icon("upload")));
  const wrong = make("p", { class: "error small", role: "alert", hidden: true });
  const remove = make("button", { type: "button", class: "link small", onclick: () => change(null) }, t("avatar.remove"));
  const actions = make("p", { class: "actions" },
    make("button", { type: "button", class: "link small", onclick: () => input.click() }, t("avatar.change")), remove);
  const show = address => find(".initial", element).replaceWith(portrait(name, address));
  const settle = address => {
    picture = address;
    remove.hidden = !address;
    show(address);
  };
  settle(picture);

  function take(file) {
    if (!file || element.ariaBusy === "true") return;
    if (!KINDS.includes(file.type)) return say(wrong, t("avatar.kind"));
    if (file.size > LARGEST) return say(wrong, t("avatar.large"));
    change(file);
  }

  // A new picture, or none.
  async function change(file) {
    say(wrong);
    element.ariaBusy = "true";
    const preview = file && URL.createObjectURL(file);
    show(preview);
    try {
      const after = await (file ? upload(file) : api("/users/me", { method: "PATCH", body: { avatarUrl: null } }));
      settle(after.avatarUrl);
      know({ picture: after.avatarUrl ?? undefined });
      toast(t(file ? "avatar.changed" : "avatar.removed"));
    } catch (reason) {
      show(picture);
      say(wrong, reason.status === 400 ? t("avatar.unreadable") : reason.message);
    } finally {
      element.ariaBusy = "false";
      if (preview) URL.revokeObjectURL(preview);
    }
  }

  return { element, actions, wrong, drops: dropped(take), rename: to => { name = to; show(picture); } };
}

async function upload(file) {
  const body = new FormData();
  body.append("file", file.size > SENT ? await drawnSmaller(file) : file);
  return api("/users/me/avatar", { method: "POST", body });
}

// What the browser cannot read goes as it is: the platform says what is wrong with it.
async function drawnSmaller(file) {
  try {
    const picture = await createImageBitmap(file), shrink = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const canvas = make("canvas", { width: Math.round(picture.width * shrink), height: Math.round(picture.height * shrink) });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await new Promise(resolve => { canvas.toBlob(blob => resolve(blob ?? file), "image/webp", 0.9); });
  } catch {
    return file;
  }
}

function dropped(take) {
  const over = (event, is) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    event.currentTarget.classList.toggle("over", is);
  };
  return {
    ondragover: event => over(event, true),
    ondragleave: event => over(event, event.currentTarget.contains(event.relatedTarget)),
    ondrop: event => { over(event, false); take(event.dataTransfer.files[0]); },
  };
}
