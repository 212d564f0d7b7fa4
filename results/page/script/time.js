// Moments and lengths of time. A moment is seconds since 1970, UTC; the page
// knows no other time zone.

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86400;

/** The start of the bucket that t lies in; buckets begin where the clock's do. */
export function floorTo(t, grain) {
  return Math.floor(t / grain) * grain;
}

const iso = (t) => new Date(t * 1000).toISOString();

/** A bucket's start, as finely as its width wants. */
export function moment(t, grain = 1) {
  const text = iso(t);
  if (grain >= DAY && t % DAY === 0) return text.slice(0, 10);
  const date = text.slice(0, 10);
  if (grain >= MINUTE && t % MINUTE === 0) return `${date} ${text.slice(11, 16)}`;
  return `${date} ${text.slice(11, Number.isInteger(t) ? 19 : 23)}`;
}

/** The moment that people have typed, as moment writes it or shorter; NaN when it is none. */
export function momentOf(text) {
  const m = text.trim().match(/^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d(?:\.\d+)?)?)?(?:Z| ?UTC)?$/);
  return m ? Date.parse(`${m[1]}T${m[2] ?? "00:00"}${m[3] ?? ":00"}Z`) / 1000 : Number.NaN;
}

/** A length of time in the largest unit that it is whole in: "90 min", "5 s". */
export function lengthOf(seconds) {
  for (const [size, name] of [[DAY, "d"], [HOUR, "h"], [MINUTE, "min"]]) {
    if (seconds >= size && seconds % size === 0) return `${seconds / size} ${name}`;
  }
  return seconds >= 1 ? `${Math.round(seconds * 1000) / 1000} s` : `${Math.round(seconds * 1e6) / 1e3} ms`;
}

const STEPS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30,
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 28, 91, 365].map((n) => n * DAY),
];

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A day as an axis names it. */
const day = (t) => `${MONTHS[new Date(t * 1000).getUTCMonth()]} ${new Date(t * 1000).getUTCDate()}`;

/**
 * The marks of a time axis, at most so many.
 * @returns {{at: number, label: string}[]}
 */
export function timeTicks(from, to, most) {
  const step = STEPS.find((s) => (to - from) / s <= most) ?? 2 * 365 * DAY;
  const marks = [];
  for (let n = Math.ceil(from / step - 1e-9); n * step <= to + step * 1e-9; n++) {
    marks.push({ at: n * step, label: tickOf(n * step, step) });
  }
  return marks;
}

function tickOf(t, step) {
  if (step >= DAY || t % DAY === 0) return day(t);
  const text = iso(Math.round(t * 1000) / 1000);
  if (step >= MINUTE) return text.slice(11, 16);
  return step >= 1 ? text.slice(11, 19) : text.slice(17, 23);
}

/** The marks of an axis of seconds since something began, at most so many. */
export function elapsedTicks(from, to, most) {
  const step = STEPS.find((s) => (to - from) / s <= most) ?? 2 * 365 * DAY;
  const marks = [];
  for (let n = Math.ceil(from / step - 1e-9); n * step <= to + step * 1e-9; n++) {
    marks.push({ at: n * step, label: n === 0 ? "0" : elapsed(n * step, step) });
  }
  return marks;
}

/** Seconds in the unit of a step: 1.5 h, 90 s. */
function elapsed(t, step) {
  const [size, name] = [[DAY, "d"], [HOUR, "h"], [MINUTE, "min"], [1, "s"]].find(([s]) => step >= s) ?? [0.001, "ms"];
  return `${Math.round((t / size) * 1000) / 1000} ${name}`;
}

/** A moment of a run, for people: "12 min 30 s". */
export function sinceStart(t) {
  const parts = [];
  let rest = Math.round(t * 1000) / 1000;
  for (const [size, name] of [[DAY, "d"], [HOUR, "h"], [MINUTE, "min"]]) {
    if (rest >= size) parts.push(`${Math.floor(rest / size)} ${name}`);
    rest = Math.round((rest % size) * 1000) / 1000;
  }
  if (rest > 0 || !parts.length) parts.push(`${rest} s`);
  return parts.slice(0, 2).join(" ");
}
