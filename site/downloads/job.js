// One download: how far it is, live; then its files, or why there are none.

import { iconButton, make, say } from "../design/dom.js";
import { icon } from "../design/icons.js";
import { toast } from "../design/toast.js";
import { bytes, percent, time } from "../shell/amounts.js";
import { pause, persist } from "../shell/api.js";
import { account } from "../shell/session.js";
import { socket } from "../shell/socket.js";
import { has, t } from "../shell/words.js";
import { archive, cancel, convert, fileAddress, forget, isLive, retry, status } from "./known.js";

const live = socket(); // one connection for all of them
const FORMATS = ["mp4", "webm", "mkv", "mp3", "aac", "flac"];
const AGAIN = 3000; // milliseconds between two questions, where the socket says nothing

// `add(job)` shows another one; `gone(id)` is told when this one is forgotten.
export function row(job, { signal, add, gone }) {
  const id = job.download_id;
  const heading = make("h3", {}), words = make("p", { class: "quiet small", role: "status" });
  const bar = make("progress", { max: 100, "aria-label": t("downloads.progress") });
  const error = make("p", { class: "error", role: "alert", hidden: true });
  const files = make("ul", { class: "files" }), deeds = make("p", { class: "actions" });
  const element = make("li", { class: "panel", "data-id": id },
    make("div", { class: "job" }, make("div", {}, heading, words), deeds), bar, error, files);
  const leaving = new AbortController();
  signal.addEventListener("abort", () => leaving.abort());
  let drawn = "";

  function draw() {
    element.dataset.state = job.status;
    heading.textContent = named(job);
    words.textContent = wordsFor(job);
    bar.hidden = !isLive(job);
    const done = Number.parseFloat(job.progress?.percent);
    if (Number.isFinite(done) && job.status !== "queued") bar.value = done;
    else bar.removeAttribute("value");
    say(error, job.status === "failed" ? reasonOf(job) : "");
    // What can be pressed is made anew only when it is something else, so that it keeps the focus from second to second.
    const of = JSON.stringify([isLive(job), job.status, job.expired, job.files, job.subtitles, job.thumbnails, job.library, job.errors]);
    if (of === drawn) return;
    drawn = of;
    const held = element.contains(document.activeElement);
    files.replaceChildren(...(job.expired ? [] : filesOf(job, packed)));
    deeds.replaceChildren(...deedsOf());
    if (held && !element.contains(document.activeElement)) deeds.querySelector("button, select")?.focus();
  }

  function deedsOf() {
    const act = (name, words, does) => iconButton(name, words, () => attempt(does));
    if (isLive(job)) return [act("close", t("downloads.cancel"), stop)];
    const isHere = job.status === "completed" && !job.expired;
    return [
      !isHere && act("again", t("downloads.retry"), async () => add(await retry(id))),
      isHere && job.files?.length > 0 && conversion(),
      act("delete", t("downloads.forget"), leave),
    ].filter(Boolean);
  }

  async function stop() {
    job = { ...job, ...await cancel(id) };
    draw();
  }

  async function leave() {
    if (account()) await forget(id);
    leaving.abort();
    element.remove();
    gone(id);
  }

  function conversion() {
    const choose = make("select", {
      "aria-label": t("downloads.convert"),
      onchange: () => {
        const format = choose.value;
        choose.value = "";
        attempt(async () => add(await convert(id, format)));
      },
    }, make("option", { value: "" }, t("downloads.convert")),
    FORMATS.map(one => make("option", { value: one }, one.toUpperCase())));
    return choose;
  }

  // Made when it is first asked for.
  async function packed({ currentTarget: button }) {
    button.ariaBusy = "true";
    await attempt(async () => { location.assign(await archive(id, leaving.signal)); });
    button.ariaBusy = "false";
  }

  async function attempt(does) {
    try {
      await does();
    } catch (reason) {
      if (!leaving.signal.aborted) toast(reason.message, "warning");
    }
  }

  // By the socket, second by second; by asking, where it is silent.
  async function follow() {
    const heard = ({ percent: done, speed, eta, ...last }) => {
      if (done === undefined || last.status) return refresh().catch(() => {}); // the next question will tell
      job = { ...job, progress: { percent: done, speed, eta } };
      if (job.status === "queued") job.status = "downloading";
      draw();
    };
    const unheard = live.subscribe(`download:${id}`, heard);
    leaving.signal.addEventListener("abort", unheard);
    try {
      while (isLive(job)) {
        await pause(AGAIN, leaving.signal);
        await persist(refresh, { tries: Infinity, signal: leaving.signal, waiting: why => say(error, why?.message) });
      }
    } catch (reason) {
      if (!leaving.signal.aborted) say(error, reason.message);
    } finally {
      unheard();
    }
  }

  async function refresh() {
    const now = await status(id);
    job = { ...job, ...now };
    draw();
  }

  draw();
  if (isLive(job)) follow();
  else if (job.status === "completed" && !job.expired && !job.files) refresh().catch(() => {}); // a list has no files
  return element;
}

function wordsFor(job) {
  const { percent: told, speed, eta } = job.progress ?? {}, done = Number.parseFloat(told);
  const known = value => value && value !== "N/A";
  if (job.status === "downloading" && Number.isFinite(done)) {
    const left = known(eta) && t("downloads.eta", { time: eta });
    return [percent(Math.floor(done)), known(speed) && speedOf(speed), left].filter(Boolean).join(" · ");
  }
  if (job.expired && job.status === "completed") return t("downloads.expired");
  const counts = job.kind === "playlist" && job.status !== "queued"
    ? t("downloads.counts", { done: job.success_count, failed: job.error_count ?? 0 }) : "";
  const begun = job.created_at && time(job.created_at);
  return [t(`downloads.status.${job.status}`), counts, begun].filter(Boolean).join(" · ");
}

// "39.02KiB/s", as the source's tool tells it, in the words and the digits of the language.
function speedOf(told) {
  const [, amount, unit] = /^~?([\d.]+)([KMG]?)i?B\/s$/.exec(told) ?? [];
  return amount ? `${bytes(amount * 1024 ** ["", "K", "M", "G"].indexOf(unit))}/s` : told;
}

function named(job) {
  const title = job.title || job.filename || job.url || t("downloads.untitled");
  const others = job.kind === "playlist" ? (job.success_count ?? 0) + (job.error_count ?? 0) - 1 : 0;
  return others > 0 ? t("downloads.others", { title, count: others }) : title;
}

const reasonOf = ({ code, detail, error }) =>
  has(`error.${code}`) ? t(`error.${code}`) : detail || error || t("downloads.failed");

function filesOf(job, packed) {
  if (job.status !== "completed") return [];
  const line = (sign, name) =>
    make("li", {}, make("a", { href: fileAddress(job.download_id, name), download: name }, icon(sign), name));
  const media = job.files ?? [];
  return [
    ...media.map(name => line("download", name)), ...(job.subtitles ?? []).map(name => line("page", name)),
    ...(job.thumbnails ?? []).map(name => line("picture", name)),
    media.length > 1 && make("li", {}, make("button", { class: "zip", onclick: packed }, icon("box"), t("downloads.zip"))),
    job.library?.length > 0 && make("li", {}, make("a", { href: "/library" }, icon("film"), t("downloads.filed"))),
    ...(job.errors ?? []).map(one => make("li", { class: "error small" }, `${one.url}: ${one.error}`)),
  ].filter(Boolean);
}
