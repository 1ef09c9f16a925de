// The library: one's own files, and the page of any one file.
//
// /library                       everything one has            listing.js
// /library/<category>            one of the seven categories
// /library/<category>/<file id>  one file, open to everybody who has its address   file.js

import { style } from "../design/dom.js";
import { nowhere } from "../shell/router.js";
import { isCategory } from "./categories.js";
import * as file from "./file.js";
import * as listing from "./listing.js";
import * as transfers from "./transfers.js";

export async function open(place, { parts, signal }) {
  const [category = "", fileId, more] = parts;
  await style(import.meta.url, "library.css");
  transfers.start();
  if ((category && !isCategory(category)) || more) return nowhere(place);
  return fileId ? file.open(place, category, fileId, signal) : listing.open(place, category, signal);
}
