// What the platform knows of an address, and of what is on its way from it.

import { api, errorOf, pause } from "../shell/api.js";

export const LIVE = ["queued", "downloading", "processing", "converting"];
export const isLive = job => LIVE.includes(job.status);

const pathOf = id => `/api/download/${encodeURIComponent(id)}`;

export const look = (url, signal) => api("/api/info", { method: "POST", body: { url }, signal });

const AT_ONCE = "respond-async"; // else the platform waits for it, and nothing moves meanwhile

// A job that has begun, or is over already: its status, as `status` has it.
export const begin = order => begun(order.urls ? "/api/download/playlist" : "/api/download", order);

async function begun(path, body) {
  const { download_id: id } = await api(path, { method: "POST", body, prefer: AT_ONCE });
  return status(id);
}

export const status = id => api(pathOf(id), { fresh: true });
export const cancel = id => api(pathOf(id), { method: "DELETE" });
export const retry = id => begun(`${pathOf(id)}/retry`, {});
export const convert = (id, format) => begun("/api/convert", { download_id: id, output_format: format });

export const history = cursor =>
  api(`/api/download?${new URLSearchParams({ limit: 20, ...(cursor && { cursor }) })}`, { fresh: true });
export const forget = id => api(`${pathOf(id)}/history`, { method: "DELETE" });

export const fileAddress = (id, name) => `${pathOf(id)}/${encodeURIComponent(name)}`;

// The address of all files as one zip, once it is made.
export async function archive(id, signal) {
  const address = `${pathOf(id)}/archive.zip`;
  for (;;) {
    const answer = await fetch(address, { headers: { Range: "bytes=0-0" }, signal }); // a byte, to see whether it is there
    if (answer.status === 202) await pause(1000, signal);
    else if (answer.ok) return address;
    else throw errorOf(answer.status, await answer.json().catch(() => null));
  }
}
