// Five stars: one's own rating, and what everybody thinks on average.

import { make } from "../design/dom.js";
import { api } from "../shell/api.js";
import { account, withAccount } from "../shell/session.js";
import { t } from "../shell/words.js";
import { decimal } from "./cards.js";

const STARS = [1, 2, 3, 4, 5];

export function rating(file, signal) {
  const address = `/api/ratings/${encodeURIComponent(file.file_id)}`;
  const average = make("p", { class: "average quiet", role: "status" });
  let own = null;
  const star = value => make("input", {
    type: "radio", name: "stars", value, "aria-label": t("library.stars", { value }),
    onchange: () => choose(value),
  });
  const inputs = STARS.map(star);
  const mark = () => { for (const input of inputs) input.checked = Number(input.value) === own; };
  const show = ({ userRating, averageRating }) => {
    own = userRating;
    mark();
    average.textContent = averageRating ? t("library.average", { average: decimal(averageRating) }) : t("library.unrated");
  };
  const give = async value => {
    try {
      show(await api(address, { method: "POST", body: { rating: value, user_id: account().id } }));
    } catch (reason) {
      mark();
      average.textContent = t("library.rating.lost", { reason: reason.message });
    }
  };
  const choose = async value => {
    await withAccount(t("library.why.rate"), () => give(value));
    mark();
  };
  const read = async () => {
    average.textContent = "";
    own = null;
    mark();
    if (!account()) return; // the platform tells its ratings to people with an account
    try {
      const known = await api(`${address}?user_id=${encodeURIComponent(account().id)}`, { fresh: true });
      if (!signal.aborted) show(known);
    } catch (reason) {
      average.textContent = t("library.rating.unread", { reason: reason.message });
    }
  };
  read();
  const element = make("div", { class: "rating" },
    make("fieldset", { class: "stars" }, make("legend", {}, t("library.rating")), make("span", {}, inputs)), average);
  return { element, read };
}
