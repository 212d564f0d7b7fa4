// Tables over time, cut to a range and made coarser.

import { column, momentColumn } from "./data.js";
import { floorTo } from "./time.js";

/**
 * The bucket width that a table gets when grain is asked for: never finer than
 * its own, and whole multiples of that.
 */
export function grainOf(table, grain) {
  return Math.max(1, Math.ceil(grain / table.step - 1e-9)) * table.step;
}

/**
 * The rows whose bucket begins within from ≤ t < to, as buckets of grain
 * seconds. Rows with the same texts in the same bucket become one: counts and
 * bytes are summed, percentages computed anew from what they are of, maxima
 * kept; what cannot be merged is null. A table of totals stays as it is.
 * @param {import("./data.js").Table} table
 * @param {{from: number, to: number, grain: number}} view
 * @returns {import("./data.js").Table}
 */
export function cut(table, view) {
  const at = momentColumn(table);
  if (!at) return table;
  const grain = grainOf(table, view.grain);
  const groups = groupsOf(table, at, { from: view.from, to: view.to, grain });
  const columns = table.columns.map((c) => ({ ...c, data: mergedColumn(c, at, groups) }));
  columns.forEach((c) => {
    if (c.unit === "percent" && c.of) share(c, columns, groups);
    if (grain > table.step) c.mean = false; // a peak of several buckets is of a whole one
  });
  const [from, to] = table.measured ?? [-Infinity, Infinity];
  return { ...table, columns, rows: groups.length, step: grain, measured: [Math.max(from, view.from), Math.min(to, view.to)] };
}

/** The share of a time bucket that has to have been measured for it to be drawn. */
const LEAST_COVERED = 0.25;

/**
 * Which part of the table's buckets, that begin so, was measured: share of one; whether
 * it is drawn; and what a count, or a mean over the bucket's length, is multiplied by to
 * be drawn beside others. Where none is whole, all are drawn, and counts as they are.
 * results/report/measured.go does the same.
 */
export function coverOf(table, starts) {
  const [from, to] = table.measured ?? [-Infinity, Infinity];
  const share = (at) => {
    if (!table.step || (from <= at && at + table.step <= to)) return 1;
    return Math.max(0, Math.min(to, at + table.step) - Math.max(from, at)) / table.step;
  };
  const some = starts.some((at) => share(at) === 1);
  return {
    share,
    draws: (at) => !some || share(at) >= LEAST_COVERED,
    times: (at, mean) => (share(at) === 0 || (!some && !mean) ? 1 : 1 / share(at)),
  };
}

/** The rows of each new row, keys in their first order, then time. */
function groupsOf(table, at, { from, to, grain }) {
  const keys = table.columns.filter((c) => c.unit === "text");
  const byKey = new Map();
  for (let i = 0; i < table.rows; i++) {
    const t = at.data[i];
    if (t < from || t >= to) continue;
    const key = keys.map((c) => c.data[i]).join("\u0000");
    if (!byKey.has(key)) byKey.set(key, new Map());
    const start = floorTo(t, grain);
    const buckets = byKey.get(key);
    if (!buckets.has(start)) buckets.set(start, { start, rows: [] });
    buckets.get(start).rows.push(i);
  }
  return [...byKey.values()].flatMap((b) => [...b.values()].sort((x, y) => x.start - y.start));
}

function mergedColumn(c, at, groups) {
  if (c === at) return groups.map((g) => g.start);
  if (c.unit === "text") return groups.map((g) => c.data[g.rows[0]]);
  return groups.map((g) => merged(c, g.rows));
}

/** One number for several rows; null where it cannot be had. */
export function merged(c, rows) {
  if (rows.length === 1) return c.data[rows[0]];
  if (c.merge !== "sum" && c.merge !== "max") return null;
  let total = null;
  for (const i of rows) {
    const n = c.data[i];
    if (n === null) continue;
    if (total === null) total = n;
    else total = c.merge === "sum" ? total + n : Math.max(total, n);
  }
  return total;
}

/** Percentages of merged rows, to the two places that the reports have. */
function share(c, columns, groups) {
  const of = columns.find((o) => o.name === c.of);
  const over = columns.find((o) => o.name === c.over);
  if (!of || !over) return;
  c.data = c.data.map((n, i) => {
    if (groups[i].rows.length === 1) return n;
    return over.data[i] ? (100 * of.data[i]) / over.data[i] : null;
  });
}

/** The rows of a table that a chart puts at the same place along its axis. */
export function placesOf(table, chart) {
  const x = column(table, chart.x);
  if (!x) return [];
  const places = new Map();
  x.data.forEach((at, i) => {
    if (!places.has(at)) places.set(at, { at, rows: [] });
    places.get(at).rows.push(i);
  });
  const all = [...places.values()];
  return x.unit === "moment" ? all.sort((a, b) => a.at - b.at) : all;
}
