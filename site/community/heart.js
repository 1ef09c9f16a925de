// The heart: one's favourites, and how many like it.

import { make } from "../design/dom.js";
import { icon } from "../design/icons.js";
import { toast } from "../design/toast.js";
import { withAccount } from "../shell/session.js";
import { number, t } from "../shell/words.js";
import { like } from "./memes.js";

// Shown as done at once, and taken back where the platform says no.
export function heart(meme, kind = "") {
  const button = make("button", { class: `heart ${kind}`, onclick: () => withAccount(t("memes.why.like"), press) });
  const show = (liked, count) => {
    button.setAttribute("aria-pressed", String(liked));
    button.setAttribute("aria-label", t(liked ? "memes.unlike" : "memes.like", { title: meme.title }));
    button.replaceChildren(icon(liked ? "liked" : "heart"), make("span", {}, number(count)));
  };
  const press = async () => {
    if (button.ariaBusy === "true") return;
    const liked = !meme.isFavorite;
    button.ariaBusy = "true";
    show(liked, Math.max(0, meme.favoritesCount + (liked ? 1 : -1)));
    try {
      await like(meme, liked); // which draws it anew wherever it is shown
    } catch (reason) {
      show(!liked, meme.favoritesCount);
      toast(reason.message, "warning");
    } finally {
      button.ariaBusy = "false";
    }
  };
  show(Boolean(meme.isFavorite), meme.favoritesCount);
  return button;
}
