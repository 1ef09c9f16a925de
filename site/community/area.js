// The community: what everybody has published, the page of each of them, their authors, and who keeps order.
//
// /community                        the wall: trending, recent or liked; by category, tag and words   feed.js
// /community/<slug>                 one of them                                                       meme.js
// /community/by/<username>          somebody and what they published                                  author.js
// /community/moderation/reports     what was reported, for moderators                                 reports.js
// /community/moderation/categories  for administrators                                                categories.js

import { style } from "../design/dom.js";
import { nowhere } from "../shell/router.js";
import * as author from "./author.js";
import * as categories from "./categories.js";
import * as feed from "./feed.js";
import * as meme from "./meme.js";
import * as publish from "./publish.js";
import * as reports from "./reports.js";

const MODERATION = { reports, categories };

export async function open(place, { parts, query, signal }) {
  await style(import.meta.url, "community.css");
  publish.start();
  const [first, second, more] = parts;
  if (more) return nowhere(place);
  if (first === "by" && second) return author.open(place, second, signal);
  if (first === "moderation" && MODERATION[second]) return MODERATION[second].open(place, query, signal);
  if (second) return nowhere(place);
  return first ? meme.open(place, first, signal) : feed.open(place, query, signal);
}
