// Downloads: paste an address, see what it is, choose, watch it arrive, take the file or keep it in the library.
//
// asking.js   the address, and what the platform finds there   choosing.js   which quality, which entries, which extras
// jobs.js     what is on its way and what was, live             job.js        one of them
// known.js    what the platform answers, in one form

import { make, style } from "../design/dom.js";
import { nowhere, title } from "../shell/router.js";
import { t } from "../shell/words.js";
import { asking } from "./asking.js";
import { jobs } from "./jobs.js";

export async function open(place, { parts, query, signal }) {
  if (parts.length) return nowhere(place);
  await style(import.meta.url, "downloads.css");
  title(t("downloads.title"));
  const list = jobs(signal);
  place.replaceChildren(
    make("div", { class: "downloads" },
      make("header", { class: "head" }, make("div", {}, make("h1", { tabindex: -1 }, t("downloads.title")),
        make("p", { class: "quiet" }, t("downloads.lead")))),
      asking({ address: query.get("url") ?? "", begun: list.add, signal }),
      list.element));
  return list.read; // somebody came or left: their own list
}
