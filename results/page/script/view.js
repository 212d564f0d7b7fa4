// What the reader has chosen: distribution, range, grain, what is hidden, where
// is zoomed. It outlives the data, so that new data change none of it.

import { distributions, extent } from "./data.js";
import { DAY, floorTo, HOUR, MINUTE } from "./time.js";

/** More buckets than this are too many to read, where the grain is left to the page. */
const MANY = 400;

/** Grains that one may choose, where the data are finer. */
const GRAINS = [1, 10, MINUTE, 10 * MINUTE, HOUR, DAY];

/**
 * @typedef {Object} View
 * @property {any} page the data
 * @property {string} distribution
 * @property {"all"|number|{from: number, to: number}} range all; the last so many seconds; or from and to
 * @property {{from: number, to: number}|null} zoom a part of the range
 * @property {"auto"|number} grain seconds
 * @property {string} byteUnit
 * @property {Map<string, Set<string>>} hidden series, by chart
 * @property {Map<string, number[]>} domains zoomed parts of plots, by plot
 */
export class View {
  constructor(page) {
    this.distribution = distributions(page)[0]?.[0] ?? "";
    this.range = "all";
    this.zoom = null;
    this.grain = "auto";
    this.byteUnit = "auto";
    this.hidden = new Map();
    this.domains = new Map();
    this.watchers = [];
    this.take(page);
  }

  /** Puts other data in the place of those before. */
  take(page) {
    this.page = page;
    this.extent = extent(page);
  }

  watch(call) {
    this.watchers.push(call);
  }

  /** Changes what was chosen and tells who watches. */
  set(changes) {
    Object.assign(this, changes);
    for (const call of this.watchers) call();
  }

  /** Whether there is anything over time. */
  get timed() {
    return this.extent.to > this.extent.from;
  }

  /** The range chosen, zoom apart. */
  get whole() {
    const { from, to, step } = this.extent;
    if (this.range === "all") return { from, to };
    if (typeof this.range === "number") return { from: Math.max(from, floorTo(to - this.range, step)), to };
    return this.range;
  }

  /** What tables and charts show: range and grain in seconds. */
  get shown() {
    const { from, to } = this.zoom ?? this.whole;
    return { from, to, grain: this.grain === "auto" ? autoGrain(from, to, this.extent.step) : this.grain };
  }

  /** Grains to choose between: that of the data and the coarser ones that leave two buckets. */
  grains() {
    const { from, to, step } = this.extent;
    return [step, ...GRAINS.filter((g) => g > step && g <= to - from)];
  }

  /** Zooms to whole buckets; two at least, so that there is a line. */
  zoomTo(from, to, grain) {
    const low = Math.max(this.whole.from, floorTo(from, grain));
    const high = Math.min(this.whole.to, Math.max(low + 2 * grain, floorTo(to + grain * 0.999, grain)));
    if (high > low) this.set({ zoom: { from: low, to: high } });
  }

  hiddenOf(chart) {
    if (!this.hidden.has(chart)) this.hidden.set(chart, new Set());
    return this.hidden.get(chart);
  }
}

/** The finest grain that gives a chart few enough buckets. As the console has it: days from 14 days on. */
export function autoGrain(from, to, step) {
  const fine = [step, ...GRAINS, 7 * DAY].find((g) => g >= step && (to - from) / g <= MANY);
  return fine ?? 28 * DAY;
}
