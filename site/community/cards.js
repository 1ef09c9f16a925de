// A meme in the wall: its picture, what it is called, whose it is, and the heart.

import { make } from "../design/dom.js";
import { t } from "../shell/words.js";
import { heart } from "./heart.js";
import { addressOf, authorAddress, nameOf } from "./memes.js";
import { thumbnail } from "./picture.js";

export function card(meme) {
  const picture = thumbnail(meme);
  const tell = name => () => picture.dispatchEvent(new Event(name));
  return make("li", { class: "meme", "data-id": meme.id },
    make("article", {},
      make("a", { class: "sight", href: addressOf(meme), onfocus: tell("meme-focus"), onblur: tell("meme-blur") }, picture),
      make("div", { class: "caption" },
        make("div", {},
          make("a", { class: "name", href: addressOf(meme), tabindex: -1 }, meme.title),
          make("a", { class: "author", href: authorAddress(meme.author) }, t("memes.by", { name: nameOf(meme.author) }))),
        heart(meme))));
}
