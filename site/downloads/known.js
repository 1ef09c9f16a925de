// What the platform knows of an address, and of what is on its way from it.

import { api } from "../shell/api.js";

export const LIVE = ["queued", "downloading", "processing", "converting"];
export const isLive = job => LIVE.includes(job.status);

const pathOf = id => `/api/download/${encodeURIComponent(id)}`;

export const look = (url, signal) => api("/api/info", { method: "POST", body: { url }, signal });

// A job that has begun, or is over already: its status, as `status` has it.
export async function begin(order) {
  const path = order.urls ? "/api/download/playlist" : "/api/download";
  const { download_id: id } = await api(path, { method: "POST", body: order });
  return status(id);
}

export const status = id => api(pathOf(id), { fresh: true });
export const cancel = id => api(pathOf(id), { method: "DELETE" });
export const retry = async id => status((await api(`${pathOf(id)}/retry`, { method: "POST", body: {} })).download_id);
export const convert = async (id, format) =>
  status((await api("/api/convert", { method: "POST", body: { download_id: id, output_format: format } })).download_id);

export const history = cursor => api(`/api/download?${new URLSearchParams({ limit: 20, ...(cursor && { cursor }) })}`, { fresh: true });
export const forget = id => api(`${pathOf(id)}/history`, { method: "DELETE" });

export const fileAddress = (id, name) => `${pathOf(id)}/${encodeURIComponent(name)}`;
export const archiveAddress = id => `${pathOf(id)}/archive.zip`;
