// Axes: where a value lies between 0 and 1, and which values get marks.

import { BYTE_UNITS, bytes, bytesIn, plain, short } from "./number.js";
import { elapsedTicks, timeTicks } from "./time.js";

/**
 * @typedef {Object} Scale
 * @property {(v: number) => number} place 0 at the low end, 1 at the high one
 * @property {(u: number) => number} value the other way
 * @property {(most: number) => {at: number, label: string}[]} ticks
 */

const LEAST = 1e-12;

// How each kind of axis bends values before they are laid out evenly.
const SAME = [(v) => v, (u) => u];
const LOG = [(v) => Math.log10(Math.max(v, LEAST)), (u) => 10 ** u];
const BENDS = { log: LOG, nines: LOG };

const bent = (axis) => axis.scale in BENDS;

/**
 * @param {import("./figure.js").Axis} axis
 * @param {number} low
 * @param {number} high
 * @param {string} byteUnit
 * @returns {Scale}
 */
export function scaleOf(axis, low, high, byteUnit = "auto") {
  const [bend, back] = BENDS[axis.scale] ?? SAME;
  const from = bend(low);
  const length = bend(high) - from || 1;
  return {
    place: (v) => (bend(v) - from) / length,
    value: (u) => back(from + u * length),
    ticks: (most) => ticksOf(axis, low, high, most, byteUnit),
  };
}

function ticksOf(axis, low, high, most, byteUnit) {
  if (axis.scale === "time") return timeTicks(low, high, most);
  if (axis.scale === "elapsed") return elapsedTicks(low, high, most);
  if (axis.scale === "log" && octets(axis)) return doublings(low, high, most, (v) => label(axis, v, byteUnit));
  if (axis.scale === "log") return decades(low, high, most, (v) => label(axis, v, byteUnit));
  if (axis.scale === "nines") return nines(low, high);
  const step = octets(axis) ? byteStep(high - low, most) : roundStep((high - low) / most);
  const marks = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++) {
    marks.push({ at: n * step, label: label(axis, n * step, byteUnit) });
  }
  return marks;
}

/** Whether the axis is of bytes. */
export const octets = (axis) => axis.unit === "B" || axis.unit === "B/s";

function label(axis, v, byteUnit) {
  if (octets(axis)) return byteLabel(v, byteUnit);
  if (axis.unit === "%") return `${plain(Math.round(v * 1e6) / 1e6)} %`;
  return (axis.unit === "$" ? "$" : "") + short(v);
}

function byteLabel(v, byteUnit) {
  if (v === 0) return "0";
  const text = byteUnit === "auto" ? bytes(v) : bytesIn(v, byteUnit);
  return text.replace(/(\.\d*?)0+ /, "$1 ").replace(/\. /, " ");
}

/** The smallest of 1, 2, 2.5 and 5 times a power of ten that is at least x. */
export function roundStep(x) {
  if (!(x > 0)) return 1;
  const unit = 10 ** Math.floor(Math.log10(x));
  return [1, 2, 2.5, 5, 10].find((m) => m * unit >= x * 0.999) * unit;
}

function byteStep(length, most) {
  let unit = 1;
  for (let i = 0; i < BYTE_UNITS.length - 1 && length / unit >= 1024; i++) unit *= 1024;
  const step = roundStep(length / unit / most) * unit;
  return unit === 1 ? Math.max(1, step) : step;
}

function decades(low, high, most, name) {
  const marks = [];
  const from = Math.floor(Math.log10(Math.max(low, LEAST)));
  const to = Math.ceil(Math.log10(Math.max(high, LEAST)));
  const every = Math.max(1, Math.ceil((to - from) / most));
  for (let e = from; e <= to; e += every) {
    for (const m of to - from <= 3 ? [1, 2, 5] : [1]) {
      const at = m * 10 ** e;
      if (at >= low * 0.999 && at <= high * 1.001) marks.push({ at, label: name(at) });
    }
  }
  return marks;
}

/** Bytes at powers of two, whose names are round. */
function doublings(low, high, most, name) {
  const from = Math.ceil(Math.log2(Math.max(low, LEAST)) - 1e-9);
  const to = Math.floor(Math.log2(Math.max(high, LEAST)) + 1e-9);
  const every = [1, 2, 5, 10, 20].find((n) => (to - from) / n <= most) ?? 100;
  const marks = [];
  for (let e = Math.ceil(from / every) * every; e <= to; e += every) marks.push({ at: 2 ** e, label: name(2 ** e) });
  return marks;
}

/** Percentiles: the axis is 1/(1−p), so that 90, 99 and 99.9 lie equally far apart. */
function nines(low, high) {
  const marks = [];
  for (const p of [0, 50, 90, 99, 99.9, 99.99, 99.999, 99.9999]) {
    const at = 1 / (1 - p / 100);
    if (at >= low * 0.999 && at <= high * 1.001) marks.push({ at, label: percentile(at) });
  }
  return marks;
}

/** The percentile at a place of an axis of nines: "99.9 %". */
export const percentile = (at) => `${plain(Math.round((1 - 1 / at) * 1e8) / 1e6)} %`;

/** Where the values of a figure begin and end, with room where that reads better. */
export function rangeOf(axis, values) {
  let low = Infinity;
  let high = -Infinity;
  for (const v of values) {
    if (v === null || !Number.isFinite(v) || (bent(axis) && v <= 0)) continue;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (low > high) return bent(axis) ? [1, 10] : [0, 1];
  if (bent(axis)) return low === high ? [low / 2, high * 2] : [low, high];
  return [low, high];
}

/** The range that the axis itself wants; null where the values decide. */
export function wanted(axis) {
  const low = axis.min ?? 0;
  const high = axis.max ?? 0;
  if (!(high > low) || (bent(axis) && low <= 0)) return null;
  return [low, high];
}

/** The range of a vertical axis: from zero, to a round number above all. */
export function heightOf(axis, values, most) {
  const [low, high] = wanted(axis) ?? rangeOf(axis, values);
  if (bent(axis)) return [low * 0.9, high * 1.1];
  if (axis.unit === "%" && high > 20 && high <= 100.0001) return [Math.min(0, low), 100];
  const top = high > 0 ? high : 1;
  const step = octets(axis) ? byteStep(top, most) : roundStep(top / most);
  return [Math.min(0, low), Math.ceil(top / step - 1e-9) * step];
}
