// One meme: to look at, to like, to use, to pass on.

import { make } from "../design/dom.js";
import { icon } from "../design/icons.js";
import { portrait } from "../design/portrait.js";
import { state, waiting } from "../design/states.js";
import { toast } from "../design/toast.js";
import { day } from "../shell/amounts.js";
import { here, pause } from "../shell/api.js";
import { back, title } from "../shell/router.js";
import { account, withAccount } from "../shell/session.js";
import { t } from "../shell/words.js";
import { confirmRemoval, edit, report, use } from "./deeds.js";
import { heart } from "./heart.js";
import { authorAddress, changes, follow, nameOf, one, sharedAddress, viewed } from "./memes.js";
import { whole } from "./picture.js";
import { moderates, role } from "./role.js";

const COMMUNITY = "/community";

export async function open(place, slug, signal) {
  title("");
  place.replaceChildren(make("article", { class: "wide meme-page" }, waiting()));
  let meme;
  try {
    meme = await one(slug);
  } catch (reason) {
    if (reason.status !== 404) throw reason;
    return gone(place);
  }
  if (signal.aborted) return undefined;
  const article = make("article", { class: "wide meme-page" });
  place.replaceChildren(article);
  let may = "", sight = null;
  const draw = () => {
    title(meme.title);
    if (!sight || sight.of !== likeness(meme)) sight = { of: likeness(meme), element: ground(meme) };
    article.replaceChildren(sight.element, about(meme, may));
  };
  const asked = role().then(found => { may = found; });
  changes.addEventListener("change", ({ detail }) => {
    if (detail.id !== meme.id) return;
    if (!detail.meme) return gone(place);
    meme = detail.meme;
    const focused = article.contains(document.activeElement) && document.activeElement.classList[0];
    draw();
    if (focused) article.querySelector(`.${focused}`)?.focus();
  }, { signal });
  await Promise.race([asked, pause(300)]); // listening already: a heart pressed before signing in answers about now
  if (signal.aborted) return undefined;
  draw();
  const drawn = may;
  asked.then(() => { if (may !== drawn && !signal.aborted) draw(); });
  viewed(meme);
  follow(meme, signal).catch(reason => toast(reason.message, "warning"));
}

const likeness = meme => JSON.stringify([meme.url, meme.renditions, meme.state, meme.sensitive]);

function gone(place) {
  title(t("memes.gone"));
  const away = make("a", { class: "button main", href: COMMUNITY }, t("memes.all"));
  place.replaceChildren(state("empty", "search", t("memes.gone"), t("memes.gone.words"), [away], "h1"));
}

const leave = () => make("a", {
  class: "leave", href: COMMUNITY,
  onclick: event => { event.preventDefault(); event.stopPropagation(); back(COMMUNITY); },
}, icon("back"), t("memes.back"));

const ground = meme => make("div", { class: "meme-ground" }, leave(), whole(meme));

// ---- what is known of it

function about(meme, may) {
  return make("div", { class: "meme-about" },
    make("h1", { tabindex: -1 }, meme.title),
    standing(meme),
    make("p", { class: "meme-author" },
      make("a", { href: authorAddress(meme.author) }, portrait(nameOf(meme.author), here(meme.author.avatarUrl)), nameOf(meme.author)),
      make("time", { class: "quiet", datetime: meme.createdAt }, day(meme.createdAt))),
    make("div", { class: "actions meme-deeds" }, heart(meme, "large"), deeds(meme, may)),
    meme.description && make("p", { class: "words" }, meme.description),
    make("p", { class: "tags" },
      meme.category && make("a", { class: "in", href: `${COMMUNITY}?category=${encodeURIComponent(meme.category.slug)}` }, meme.category.name),
      meme.tags.map(tag => make("a", { href: `${COMMUNITY}?${new URLSearchParams({ tag: tag.name })}` }, `#${tag.name}`))),
    make("p", { class: "quiet small facts" }, [
      t("memes.views", { count: meme.views }), t("memes.uses", { count: meme.usageCount }),
      meme.width && `${meme.width} × ${meme.height}`,
    ].filter(Boolean).join(" · ")));
}

function standing(meme) {
  if (meme.state === "failed") return make("p", { class: "error", role: "alert" }, meme.error ?? t("memes.failed"));
  if (meme.state === "processing") return make("div", { role: "status" }, make("p", { class: "quiet small" }, t("memes.processing.words")), make("progress"));
  if (meme.duplicateOf) {
    return make("p", { class: "quiet" }, t("memes.again"), " ", make("a", { href: `${COMMUNITY}/${meme.duplicateOf}` }, t("memes.again.first")));
  }
  return null;
}

function deeds(meme, may) {
  const deed = (name, words, onclick, kind = name) => make("button", { class: kind, onclick }, icon(name), words);
  const mine = meme.author.id === account()?.id;
  return [
    meme.url && make("button", { class: "use main", onclick: () => use(meme) }, icon("copy"), t("memes.use")),
    deed("share", t("memes.share"), () => share(meme)),
    mine && deed("edit", t("memes.edit"), () => edit(meme)),
    (mine || may === "admin") && deed("delete", t("memes.delete"), () => confirmRemoval(meme, mine)),
    !mine && deed("flag", t("memes.report"), () => withAccount(t("memes.why.report"), () => report({ contentId: meme.id }))),
    moderates(may) && make("a", { class: "button", href: `${COMMUNITY}/moderation/reports` }, t("reports.title")),
  ];
}

// Where the device knows whom to give it to, it asks; else the address is in the clipboard.
async function share(meme) {
  const url = sharedAddress(meme);
  if (navigator.share && matchMedia("(pointer: coarse)").matches) return navigator.share({ title: meme.title, url }).catch(() => {});
  try {
    await navigator.clipboard.writeText(url);
    toast(t("memes.shared"));
  } catch {
    toast(t("memes.unshared", { address: url }), "warning"); // no clipboard without https
  }
}
