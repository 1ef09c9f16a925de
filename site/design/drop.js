// Files let go anywhere on the page, under a veil that says what will be done with them.

import { make } from "./dom.js";

// `wanted()` whether files mean anything here and now, `words()` what the veil says, `take` is given the files.
export function acceptDrops({ wanted, words, take }) {
  const said = make("p"), veil = make("div", { class: "drop", hidden: true }, said);
  document.body.append(veil);
  let depth = 0; // dragenter and dragleave fire for every element on the way
  const carries = event => event.dataTransfer?.types.includes("Files") && wanted();
  addEventListener("dragenter", event => {
    if (!carries(event)) return;
    depth++;
    said.textContent = words();
    veil.hidden = false;
  });
  addEventListener("dragleave", event => { if (carries(event) && --depth <= 0) veil.hidden = true; });
  addEventListener("dragover", event => { if (carries(event)) event.preventDefault(); });
  addEventListener("drop", event => {
    if (!carries(event)) return;
    event.preventDefault();
    [depth, veil.hidden] = [0, true];
    take([...event.dataTransfer.files]);
  });
}
