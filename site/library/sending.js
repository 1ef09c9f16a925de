// One file on its way to the platform: in parts, three at a time, each retried; it can pause, and go on after a reload.
//
//     const upload = new Upload(file, accountId);
//     upload.addEventListener("change", () => show(upload.state, upload.sent, upload.speed));
//     upload.run();

import { api, ApiError, persist } from "../shell/api.js";
import { t } from "../shell/words.js";
import { fingerprintOf, recall, remember } from "./begun.js";
import { categoryOf } from "./categories.js";
import { put, semaphore } from "./parts.js";

const MIB = 2 ** 20;
const HASHED = 256 * MIB; // WebCrypto hashes what is in memory, so larger files are not compared before they are sent
const URLS = 100; // part addresses asked for at a time
const SPEED_FROM = 500, SPEED_OVER = 5000; // milliseconds the shown speed is averaged over

const slots = semaphore(3); // parts of all files together

// States: waiting, checking, sending, paused, finishing, then one of arrived, failed (with `error`), cancelled.
export class Upload extends EventTarget {
  constructor(file, accountId) {
    super();
    Object.assign(this, { file, accountId, category: categoryOf(file), fileId: null, linked: false });
    Object.assign(this, { state: "waiting", error: null });
    this.fingerprint = fingerprintOf(file, accountId);
    this.stored = new Map(); // part number → { etag, size }
    this.flying = new Map(); // part number → bytes sent
    this.urls = new Map(); // part number → { url, until }
    this.samples = []; // [milliseconds, bytes sent]
  }

  get sent() {
    const sum = sizes => [...sizes].reduce((total, size) => total + size, 0);
    return Math.min(this.file.size, sum([...this.stored.values()].map(part => part.size)) + sum(this.flying.values()));
  }

  // Bytes a second, over the last seconds.
  get speed() {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    return first && last[0] - first[0] > SPEED_FROM ? (last[1] - first[1]) / (last[0] - first[0]) * 1000 : 0;
  }

  get active() { return ["waiting", "checking", "sending", "finishing"].includes(this.state); }

  // Never raises: what went wrong is in `error`. After `paused` or `failed`, run it again to go on.
  async run() {
    this.stopper = new AbortController();
    this.error = null;
    try {
      await this.send(this.stopper.signal);
      remember(this.fingerprint, null);
      this.become("arrived");
    } catch (reason) {
      if (this.stopper.signal.aborted) return;
      this.stopper.abort(reason);
      this.error = await this.explained(reason);
      this.become("failed");
    }
  }

  pause() {
    this.become("paused");
    this.stopper?.abort(new DOMException("paused", "AbortError"));
  }

  // The parts that have arrived go too; where that cannot be said, the platform sweeps them away in a day.
  cancel() {
    const begun = recall(this.fingerprint);
    this.become("cancelled");
    this.stopper?.abort(new DOMException("cancelled", "AbortError"));
    remember(this.fingerprint, null);
    if (begun) api(`/api/upload/${encodeURIComponent(begun.uploadId)}`, { method: "DELETE", quiet: true }).catch(() => {});
  }

  become(state) {
    this.state = state;
    this.obstacle = null; // what it waits for just now: an ApiError
    this.samples = [];
    this.flying.clear();
    this.dispatchEvent(new Event("change"));
  }

  progressed() {
    const now = performance.now();
    this.samples.push([now, this.sent]);
    while (this.samples[0][0] < now - SPEED_OVER) this.samples.shift();
    this.dispatchEvent(new Event("change"));
  }

  async explained(reason) {
    try {
      await this.file.slice(0, 1).arrayBuffer();
    } catch {
      return new ApiError(t("upload.unreadable"));
    }
    return reason;
  }

  // One question to the platform, asked again while it may help.
  ask(path, body, signal) {
    return this.persist(() => api(path, { method: body ? "POST" : "GET", body, signal }), signal);
  }

  persist(work, signal) {
    const waiting = reason => { this.obstacle = reason; this.dispatchEvent(new Event("change")); };
    return persist(work, { signal, waiting });
  }

  async send(signal) {
    this.become("checking");
    let record = recall(this.fingerprint);
    if (record) record = await this.resumed(record, signal);
    if (!record) {
      const hash = await this.hash();
      signal.throwIfAborted();
      if (hash && await this.link(hash, signal)) return;
      record = await this.start(hash, signal);
      if (!record) return;
    }
    Object.assign(this, { fileId: record.fileId, category: record.category });
    if (!record.sent || this.stored.size) { // a completed upload has no parts any more: only its answer was lost
      this.become("sending");
      await this.sendParts(record, signal);
    }
    this.become("finishing");
    remember(this.fingerprint, { ...record, sent: true });
    await this.complete(record, signal);
  }

  // The record of an upload begun earlier, with what the platform has of it; null when that has run out.
  async resumed(record, signal) {
    try {
      const path = `/api/upload/${encodeURIComponent(record.uploadId)}/parts`;
      const { parts, partSize } = await this.ask(path, undefined, signal);
      this.stored = new Map(parts.map(part => [part.partNumber, { etag: part.etag, size: part.size }]));
      return { ...record, partSize };
    } catch (reason) {
      if (reason.status !== 404 && reason.status !== 403) throw reason;
      remember(this.fingerprint, null);
      return null;
    }
  }

  async hash() {
    if (!crypto.subtle || this.file.size > HASHED) return undefined;
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await this.file.arrayBuffer()));
    return [...digest].map(byte => byte.toString(16).padStart(2, "0")).join("");
  }

  // True when these bytes are on the platform already, and now ours too.
  async link(hash, signal) {
    const { exists, fileId } = await this.ask("/api/upload/check", { hash }, signal);
    return exists && this.linkTo(fileId, signal);
  }

  async linkTo(fileId, signal) {
    const { success } = await this.ask("/api/upload/link", { fileId, userId: this.accountId }, signal);
    if (success) Object.assign(this, { fileId, linked: true });
    return success;
  }

  async start(hash, signal) {
    const { file, category, accountId: userId } = this;
    const fileId = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
    const body = { fileId, category, size: file.size, mimeType: file.type, userId, filename: file.name, hash };
    const begun = await this.ask("/api/upload/init", body, signal);
    if (begun.exists) {
      if (await this.linkTo(begun.fileId, signal)) return null;
      throw new ApiError(t("upload.vanished"));
    }
    const { uploadId, partSize } = begun;
    const record = { uploadId, fileId, category, partSize, accountId: userId, name: file.name, size: file.size };
    remember(this.fingerprint, record);
    this.stored = new Map();
    this.take(begun.partUrls, begun.expiresIn);
    return record;
  }

  async sendParts(record, signal) {
    const count = Math.ceil(this.file.size / record.partSize);
    const missing = Array.from({ length: count }, (_, index) => index + 1).filter(number => !this.stored.has(number));
    const together = new AbortController(); // one part that fails for good stops the others
    const either = AbortSignal.any([signal, together.signal]);
    const next = async () => {
      for (let number; (number = missing.shift()); ) {
        const release = await slots(either);
        try {
          await this.persist(() => this.sendPart(record, number, missing, either), either);
        } finally {
          release();
        }
      }
    };
    try {
      await Promise.all([next(), next(), next()]);
    } catch (reason) {
      together.abort(reason);
      throw reason;
    }
  }

  async sendPart(record, number, later, signal) {
    const part = this.file.slice((number - 1) * record.partSize, number * record.partSize);
    const url = await this.urlOf(record, number, later, signal);
    try {
      const etag = await put(url, part, signal, sent => { this.flying.set(number, sent); this.progressed(); });
      this.stored.set(number, { etag, size: part.size });
    } catch (reason) {
      this.urls.delete(number); // perhaps it had run out
      throw reason;
    } finally {
      this.flying.delete(number);
    }
    this.progressed();
  }

  async urlOf(record, number, later, signal) {
    const usable = () => this.urls.get(number)?.until > Date.now();
    if (!usable()) {
      const partNumbers = [number, ...later.slice(0, URLS - 1)];
      this.asking ??= this.ask("/api/upload/part-urls", { uploadId: record.uploadId, partNumbers }, signal)
        .finally(() => { this.asking = null; });
      const { partUrls, expiresIn } = await this.asking;
      this.take(partUrls, expiresIn);
      if (!usable()) return this.urlOf(record, number, later, signal); // somebody else's question was answered
    }
    return this.urls.get(number).url;
  }

  take(partUrls, seconds) {
    const until = Date.now() + (seconds - 60) * 1000;
    for (const { partNumber, url } of partUrls) this.urls.set(partNumber, { url, until });
  }

  async complete(record, signal) {
    const body = () => ({
      uploadId: record.uploadId,
      parts: [...this.stored].sort(([a], [b]) => a - b).map(([partNumber, { etag }]) => ({ partNumber, etag })),
      filename: this.file.name,
      file_created_at: new Date(this.file.lastModified).toISOString(),
    });
    const finish = () => this.ask("/api/upload/complete", body(), signal);
    try {
      await finish();
    } catch (reason) {
      if (reason.field !== "parts" || !await this.resumed(record, signal)) throw reason;
      await this.sendParts(record, signal); // what we thought was there and is not
      await finish();
    }
  }
}
