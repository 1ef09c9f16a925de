// The elements of the player; player.js and controls.js give them life.

import { iconButton, make } from "../design/dom.js";
import { icon } from "../design/icons.js";
import { number, t } from "../shell/words.js";

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];

export function stage() {
  return make("div", { class: "player", tabindex: -1 },
    make("video", { playsinline: true, preload: "metadata" }),
    make("button", { class: "begin", "aria-label": t("player.play") }, icon("play")),
    make("p", { class: "waiting", role: "status", hidden: true },
      make("span", { class: "wheel" }), make("span", { class: "words" })),
    make("div", { class: "controls" },
      make("div", { class: "seek" },
        make("input", { type: "range", min: 0, max: 1, step: 0.1, value: 0, "aria-label": t("player.position") }),
        make("div", { class: "preview", hidden: true }, make("i"), make("span"))),
      button("toggle", "play", t("player.play"), "k"),
      button("mute", "sound", t("player.mute"), "m"),
      make("input", { class: "volume", type: "range", min: 0, max: 1, step: 0.05, "aria-label": t("player.volume") }),
      make("span", { class: "time" }, "0:00"),
      make("select", {
        class: "subtitles", "aria-label": t("player.subtitles"), title: `${t("player.subtitles")} (c)`, hidden: true,
      }),
      make("select", { class: "speed", "aria-label": t("player.speed"), title: t("player.speed") },
        SPEEDS.map(speed => make("option", { value: speed, selected: speed === 1 }, `${number(speed)}×`))),
      make("select", { class: "quality", "aria-label": t("player.quality"), title: t("player.quality"), hidden: true }),
      button("full", "larger", t("player.full"), "f")));
}

function button(name, sign, label, key) {
  const made = iconButton(sign, label, null, `${label} (${key})`);
  made.classList.add(name);
  return made;
}
