// Bobine in a browser. Who is here, what is open, and what happens when files are chosen.
//
// api.js       asking the platform; the session          library.js   the listing and its rows
// files.js     the library's files, own writes included  cards.js     a file as a card
// sending.js   one upload (no page in it)                transfers.js the tray of uploads
// preparing.js how far streams are                       file.js      one file: player or viewer, rating, facts
// signin.js    the sign-in dialog                        player.js    playing by HLS, place.js: where one stopped

import { account, leave } from "./api.js";
import { find } from "./dom.js";
import * as file from "./file.js";
import * as library from "./library.js";
import * as signin from "./signin.js";
import * as transfers from "./transfers.js";

async function start() {
  signin.start();
  if (!account()) await signin.signedIn();
  const { id, displayName, username } = account();
  find("#who").textContent = displayName || username;
  library.start();
  transfers.start();
  for (const input of document.querySelectorAll("main input[type=file], .bar input[type=file]")) {
    input.onchange = () => { transfers.add(input.files); input.value = ""; };
  }
  find("#sign-out").onclick = async () => { await leave(); location.assign("/"); };
  addEventListener("session-ended", async () => {
    const again = await signin.signedIn("Your session has ended. Sign in to go on where you were.");
    if (again.id !== id) location.reload();
    library.refresh();
  });
  addEventListener("hashchange", () => file.show(location.hash));
  document.body.classList.add("ready");
  library.refresh();
  file.show(location.hash);
}

start();
