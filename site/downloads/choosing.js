// What was found, and which of it one wants: a quality, entries of a playlist, a part of it, and what goes with it.

import { all, find, make } from "../design/dom.js";
import { field, form } from "../design/form.js";
import { icon } from "../design/icons.js";
import { bytes, clock } from "../shell/amounts.js";
import { ApiError } from "../shell/api.js";
import { signedIn } from "../shell/session.js";
import { number, t } from "../shell/words.js";
import { begin } from "./known.js";

const PRESETS = ["best", "1080p", "720p", "audio"];
const MOST = 500; // entries the platform takes at once

// `done(job)` once it has begun.
export function choosing(what, url, done) {
  const element = form({
    fields: [
      make("div", { class: "what" }, picture(what), about(what)),
      what.is_playlist && entries(what),
      qualities(what),
      !what.is_playlist && part(what),
      extras(),
    ].filter(Boolean),
    submit: t("downloads.begin"),
    send: async values => done(await begin(await order(values, what, url, element))),
  });
  return element;
}

// Only what comes over https: the page's policy shows nothing else, and no address is told who looks.
function picture({ thumbnail }) {
  const frame = make("div", { class: "picture" }, icon("film"));
  if (!thumbnail?.startsWith("https:")) return frame;
  const image = make("img", { src: thumbnail, alt: "", referrerpolicy: "no-referrer" });
  image.onload = () => image.classList.add("here");
  image.onerror = () => image.remove();
  frame.append(image);
  return frame;
}

function about(what) {
  const facts = [
    what.uploader, what.duration && clock(what.duration),
    what.view_count > 0 && t("downloads.views", { count: what.view_count }),
    what.is_playlist && t("downloads.entries", { count: what.playlist_count ?? what.entries.length }),
  ].filter(Boolean);
  return make("div", {}, make("h2", { tabindex: -1 }, what.playlist_title || what.title || t("downloads.untitled")),
    make("p", { class: "quiet" }, facts.join(" · ")),
    what.description && make("p", { class: "description small" }, what.description));
}

// ---- a playlist

function entries({ entries }) {
  const boxes = entries.slice(0, MOST).map((entry, at) => make("li", {}, make("label", { class: "tick" },
    make("input", { type: "checkbox", name: "entry", value: at, checked: true }),
    make("span", { class: "name" }, entry.title || entry.url),
    entry.duration && make("span", { class: "quiet small" }, clock(entry.duration)))));
  const list = make("ul", { class: "entries" }, boxes);
  const set = checked => () => { for (const box of all("input", list)) box.checked = checked; };
  const press = (words, act) => make("button", { type: "button", class: "link small", onclick: act }, words);
  return make("fieldset", {}, make("legend", { class: "small" }, t("downloads.which")),
    make("p", { class: "actions" }, press(t("downloads.all"), set(true)), press(t("downloads.none"), set(false))), list,
    entries.length > MOST && make("p", { class: "hint quiet small" }, t("downloads.most", { count: MOST })));
}

// ---- a quality

function qualities(what) {
  const known = what.presets ?? [];
  const presets = PRESETS.map(name => [name, known.find(one => one.name === name)]);
  const choice = ([name, preset], at) => make("label", {},
    make("input", { type: "radio", name: "format", value: name, class: "unseen", checked: at === 0 }),
    t(`downloads.preset.${name}`), preset?.filesize > 0 && aside(` ≈ ${bytes(preset.filesize)}`));
  const aside = words => make("span", { class: "quiet small" }, words);
  const real = (what.formats ?? []).filter(one => !one.format_id.includes("/") && !one.format_id.includes("["));
  return make("fieldset", {}, make("legend", { class: "small" }, t("downloads.quality")),
    make("div", { class: "chips" }, presets.map(choice)),
    real.length > 0 && !what.is_playlist && make("details", {},
      make("summary", { class: "small" }, t("downloads.formats", { count: real.length })),
      make("ul", { class: "formats" }, real.map(format))));
}

function format({ format_id: id, resolution, note, ext, fps, vcodec, acodec, filesize }) {
  const looks = [resolution || note, ext, fps && `${number(fps)} fps`].filter(Boolean);
  const codecs = [vcodec, acodec].filter(codec => codec && codec !== "none");
  return make("li", {}, make("label", { class: "tick" },
    make("input", { type: "radio", name: "format", value: id }), make("span", {}, looks.join(" · ")),
    make("span", { class: "quiet small" }, codecs.join(" + ")),
    filesize > 0 && make("span", { class: "quiet small" }, bytes(filesize))));
}

// ---- a part of it

function part({ duration, chapters }) {
  const at = (name, label) => field({
    name, label, placeholder: "0:00", inputmode: "numeric", pattern: "(\\d+:)?(\\d+:)?\\d+(\\.\\d+)?",
    "data-wrong": t("downloads.time.wrong"),
  });
  return make("details", {}, make("summary", { class: "small" }, t("downloads.part")),
    make("div", { class: "range" }, at("start", t("downloads.start")),
      at("end", duration ? t("downloads.end.of", { time: clock(duration) }) : t("downloads.end")),
      chapters?.length > 0 && field({ name: "chapter", label: t("downloads.chapter"), tag: "select" },
        make("option", { value: "" }, t("downloads.chapter.all")),
        chapters.map(one => make("option", { value: one.title }, `${clock(one.start)} ${one.title}`)))));
}

// "1:02:03.5" → 3723.5
const seconds = text => text.split(":").reduce((sum, one) => sum * 60 + Number(one), 0);

// ---- what goes with it

function extras() {
  const tick = (name, words, checked = false) =>
    make("label", { class: "tick" }, make("input", { type: "checkbox", name, checked }), words);
  return make("div", { class: "extras" },
    tick("subtitles", t("downloads.subtitles")), tick("thumbnail", t("downloads.thumbnail")),
    tick("library", t("downloads.library")), tick("notify", t("downloads.notify")));
}

async function order(values, what, url, element) {
  const body = {
    format_id: values.format, extract_audio: values.format === "audio", include_subtitles: Boolean(values.subtitles),
    include_thumbnail: Boolean(values.thumbnail),
  };
  if (values.library || values.notify) {
    await signedIn(t("downloads.why.library"));
    Object.assign(body, { save_to_library: Boolean(values.library), notify: Boolean(values.notify) });
  }
  if (what.is_playlist) {
    const chosen = all("[name=entry]:checked", element).map(box => what.entries[box.value].url);
    if (!chosen.length) throw new ApiError(t("downloads.none.chosen"));
    return { ...body, urls: chosen };
  }
  const [start, end] = ["start", "end"].map(name => values[name] ? seconds(values[name]) : null);
  if (start !== null && end !== null && end <= start) {
    find("details:has([name=end])", element).open = true;
    throw new ApiError(t("downloads.end.wrong"), { field: "end" });
  }
  const part = values.chapter ? { chapter: values.chapter } : { start, end };
  return { ...body, url, ...part };
}
