// The site in a browser: its language, who is here, the frame, and then the area of the address.
//
// areas.js    the one list of areas             router.js   from an address to an area
// session.js  who is here                       signin.js   coming and going
// api.js      asking the platform               words.js    French and English; amounts.js: sizes and times
// frame.js    what stands round every area      ../design/  colours, type, buttons, forms, dialogs, states
// ../front/ ../library/ ../account/             the areas

import * as frame from "./frame.js";
import * as router from "./router.js";
import * as signin from "./signin.js";
import { choose, learn } from "./words.js";

choose();
await learn("shell");
signin.start();
frame.start();
router.start();
