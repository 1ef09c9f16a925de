// Bobine in a browser. Who is here, what is open, and what happens when files are chosen.
//
// api.js        asking the platform; the session    signin.js     the sign-in dialog
// files.js      the files, own writes included      library.js    the listing and its rows
// sending.js    one upload: begun.js, parts.js      transfers.js  the tray of uploads
// preparing.js  how far streams are                 file.js       one file: picture, facts, rating
// place.js      where one stopped                   player.js     one film: controls.js, sprites.js
// categories.js, words.js, thumbhash.js             cards.js, deeds.js, dom.js

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
