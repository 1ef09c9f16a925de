// How far streams are: asked gently, one question at a time for all files together, more slowly the longer it takes.

import { api, pause } from "../shell/api.js";
import { isOver } from "./states.js";

const FIRST = 1000, LAST = 5000; // milliseconds between questions

const followed = new Map(); // file id → listeners
let wait = FIRST, asking = false;

// Calls `tell(status)` until the stream is made, or never will be. Returns how to stop.
export function follow(fileId, tell) {
  const listeners = followed.get(fileId) ?? followed.set(fileId, new Set()).get(fileId);
  listeners.add(tell);
  wait = FIRST;
  ask();
  return () => listeners.delete(tell);
}

async function ask() {
  if (asking) return;
  asking = true;
  while (followed.size) {
    for (const [fileId, listeners] of [...followed]) {
      if (!listeners.size) { followed.delete(fileId); continue; }
      await pause(wait);
      wait = Math.min(LAST, wait * 1.25);
      try {
        const status = await api(`/api/upload/status/${encodeURIComponent(fileId)}`);
        if (isOver(status.state)) followed.delete(fileId);
        for (const tell of listeners) tell(status);
      } catch (reason) {
        if (reason.retryAfter) await pause(reason.retryAfter * 1000);
        else if (!reason.passing) followed.delete(fileId); // deleted meanwhile
      }
    }
  }
  asking = false;
}
