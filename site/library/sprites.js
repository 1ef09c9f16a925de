// Small pictures of the film for the seek bar: a WebVTT track whose cues name a sheet and a rectangle on it.

import { here } from "../shell/api.js";

const CUE = /(\d+):(\d+):([\d.]+) --> (\d+):(\d+):([\d.]+)\s*\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)/g;

// How to find the picture for a second of film: { sheet, x, y, width, height }, or undefined.
export async function sprites(address) {
  if (!address?.endsWith(".vtt")) return () => undefined;
  const answer = await fetch(here(address));
  if (!answer.ok) return () => undefined; // an extra; the bar works without
  const seconds = (h, m, s) => Number(h) * 3600 + Number(m) * 60 + Number(s);
  const cues = [...(await answer.text()).matchAll(CUE)].map(([, h, m, s, H, M, S, name, ...box]) => {
    const [x, y, width, height] = box.map(Number);
    const sheet = new URL(name, answer.url).pathname;
    return { from: seconds(h, m, s), to: seconds(H, M, S), sheet, x, y, width, height };
  });
  return second => cues.find(cue => second >= cue.from && second < cue.to) ?? cues.at(-1);
}
