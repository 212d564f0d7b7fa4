// Numbers as people read them, the same as in the reports on a terminal.

/** @typedef {"text"|"count"|"bytes"|"percent"|"millis"|"moment"|"number"} Unit */

export const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/**
 * x to a number of places. Where x lies in the very middle of two, the even one
 * is taken, as the reports do; toFixed would take the larger.
 */
export function fixed(x, places) {
  const halves = x * 2 ** (places + 1);
  if (Number.isInteger(halves) && halves % 2 !== 0) {
    const low = Math.floor(x * 10 ** places);
    return ((low % 2 === 0 ? low : low + 1) / 10 ** places).toFixed(places);
  }
  return x.toFixed(places);
}

/** A whole number with a comma between every three digits. */
export function grouped(n) {
  const whole = Math.trunc(n);
  const digits = Math.abs(whole).toFixed(0);
  return (whole < 0 ? "-" : "") + digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Three digits: 1.46, 14.6, 146, 1,460. */
export function threeDigits(x) {
  const size = Math.abs(x);
  if (size < 9.995) return fixed(x, 2);
  if (size < 99.95) return fixed(x, 1);
  return grouped(Math.round(x));
}

/** Bytes in the unit that keeps the number below 1024 (IEC 80000-13). */
export function bytes(n) {
  let i = 0;
  for (; Math.abs(n) >= 1023.5 && i < BYTE_UNITS.length - 1; i++) n /= 1024;
  return `${i === 0 ? fixed(n, 0) : threeDigits(n)} ${BYTE_UNITS[i]}`;
}

/** Bytes in the unit asked for. */
export function bytesIn(n, unit) {
  const value = n / 1024 ** BYTE_UNITS.indexOf(unit);
  if (value !== 0 && Math.abs(value) < 0.005) return `${value.toPrecision(2)} ${unit}`;
  return `${threeDigits(value)} ${unit}`;
}

/** Milliseconds to three digits, never finer than 1 µs. */
export function millis(ms) {
  return Math.abs(ms) < 1 ? fixed(ms, 3) : threeDigits(ms);
}

/** Whole numbers in full; others to six digits, without those that say nothing. */
export function plain(x) {
  if (Number.isInteger(x) && Math.abs(x) < 1e15) return grouped(x);
  const [mantissa, exponent] = x.toExponential(5).split("e");
  const e = Number(exponent);
  if (e >= -4 && e < 6) return stripped(fixed(x, 5 - e));
  return `${stripped(mantissa)}e${e < 0 ? "-" : "+"}${String(Math.abs(e)).padStart(2, "0")}`;
}

const stripped = (digits) => (digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits);

/**
 * A cell of a table, as people read it. The head names the unit.
 * @param {Unit} unit
 * @param {number|null} value null where there is no number
 */
export function show(unit, value) {
  if (value === null || Number.isNaN(value)) return "–";
  switch (unit) {
    case "count":
      return grouped(value);
    case "bytes":
      return bytes(value);
    case "percent":
      return fixed(value, 2);
    case "millis":
      return millis(value);
  }
  return plain(value);
}

/**
 * A value of a chart, with its unit.
 * @param {string} unit of an axis: "%", "B", "B/s", "ms", "/s", "count", "$", or words
 * @param {string} byteUnit one of BYTE_UNITS, or "auto"
 */
export function value(unit, n, byteUnit = "auto") {
  if (n === null || n === undefined || Number.isNaN(n)) return "–";
  switch (unit) {
    case "B":
    case "B/s":
      return (byteUnit === "auto" ? bytes(n) : bytesIn(n, byteUnit)) + unit.slice(1);
    case "%":
      return `${fixed(n, 2)} %`;
    case "ms":
      return `${millis(n)} ms`;
    case "$":
      return `$${Math.abs(n) < 1 ? plain(n) : n.toLocaleString("en-US", { maximumFractionDigits: 2 })}`;
    case "/s":
    case "count":
    case "":
    case undefined:
      return about(n) + (unit === "/s" ? "/s" : "");
  }
  return `${about(n)} ${unit}`;
}

/** Whole numbers in full; others to three digits. */
function about(n) {
  if (Number.isInteger(n)) return grouped(n);
  return Math.abs(n) < 10 ? plain(Number(n.toPrecision(3))) : threeDigits(n);
}

/** A tick's number, short: 20k, 1.5M. */
export function short(x) {
  for (const [size, name] of [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (Math.abs(x) >= size * (name === "k" ? 10 : 1)) return plain(Math.round((x / size) * 100) / 100) + name;
  }
  return Math.abs(x) >= 1000 ? grouped(x) : plain(Math.round(x * 1e6) / 1e6);
}
