// Sizes, times and days, as the language in use writes them.

import { language, number, t } from "./words.js";

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

export function bytes(count) {
  const power = count < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(count) / 10));
  return size(count / 2 ** (10 * power), UNITS[power]);
}

// 0.0213 GiB → "0.021 GiB": as many digits as there is something to tell.
export const gibibytes = amount => size(amount, "GiB", amount >= 10 ? 1 : amount >= 0.1 ? 2 : 3);

function size(amount, unit, digits = unit !== "bytes" && amount < 100 ? 1 : 0) {
  const shown = number(amount, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return t(`unit.${unit}`, { count: amount, amount: shown });
}

// 75 → "1:15", 3675 → "1:01:15"
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = number => String(number).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

// 75 → "1 min left"
export function left(seconds) {
  const unit = (value, name, digits = 0) =>
    number(value, { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: digits });
  const time = seconds < 60 ? unit(Math.max(1, Math.round(seconds)), "second")
    : seconds < 3600 ? unit(Math.round(seconds / 60), "minute") : unit(seconds / 3600, "hour", 1);
  return t("left", { time });
}

export const percent = value => number(value / 100, { style: "percent" });

// 2026-11-24T09:05:00Z → "24 Nov 2026, 09:05", in the time of this place
export const time = moment =>
  new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(moment));

export const day = moment => new Intl.DateTimeFormat(language(), { dateStyle: "long" }).format(new Date(moment));
