// Figures out of tables: what a chart draws for the range and grain chosen.

import { coverOf, cut, merged, placesOf } from "./buckets.js";
import { column } from "./data.js";

/**
 * @typedef {Object} Axis
 * @property {string} [label]
 * @property {"linear"|"log"|"elapsed"|"time"|"nines"|"category"} [scale] linear where there is none
 * @property {string} [unit] "%", "B", "B/s", "ms", "/s", "count", "$"
 * @property {number} [min] with max, the range; that of the series where both are 0
 * @property {number} [max]
 * @property {string[]} [names] of categories
 *
 * @typedef {Object} Line
 * @property {string} label
 * @property {string} [note] figures that the legend adds
 * @property {string} color a variable of the style sheet: "blue"
 * @property {"line"|"step"|"points"|"bars"|"stack"|"band"|"doubt"} [form]
 * @property {number[]} [dash]
 * @property {boolean} [thin]
 * @property {number[]} x
 * @property {(number|null)[]} y
 * @property {(number|null)[]} [y2] the lower edge of a band
 * @property {number|null} [whole] of the whole range: a total, or a ratio
 *
 * @typedef {Object} Figure
 * @property {Axis} x
 * @property {Axis} y
 * @property {number} [step] width of the time bucket that a point stands for
 * @property {Line[]} series
 * @property {{title: string, series: Line[]}} [strip] a panel of percentages above
 * @property {{label: string, from: number, to: number}[]} [spans]
 * @property {{label: string, x: number, y: number, axis?: string}[]} [marks]
 * @property {string} [lack] what keeps it from being drawn
 * @property {string} [meaning] of whole: "total", "overall", "mean"
 */

const FORMS = { lines: "line", stack: "stack", bars: "bars" };
const UNITS = { count: "count", bytes: "B", percent: "%", millis: "ms" };
const RATES = { count: "/s", bytes: "B/s" };

/**
 * The figure of a chart, for a range and grain.
 * @param {import("./data.js").Table} table the whole of it
 * @param {import("./data.js").Chart} chart
 * @param {{from: number, to: number, grain: number}} view
 * @returns {Figure}
 */
export function figureOf(table, chart, view) {
  const part = cut(picked(table, chart), apart(table, chart) ? { ...view, grain: 0 } : view);
  const inTime = column(part, chart.x)?.unit === "moment";
  let places = placesOf(part, chart);
  if (!inTime && chart.most) places = places.slice(0, chart.most);
  const series = chart.series.map((s) => lineOf(part, chart, s, places, inTime));
  const some = series.some((s) => s.y.some(inTime ? (n) => n !== null : Boolean));
  const rate = Boolean(chart.rate && inTime);
  return {
    x: inTime ? { scale: "time" } : { scale: "category", names: places.map((p) => String(p.at) || "(none)") },
    y: { label: chart.y, unit: (rate ? RATES[chart.unit] : UNITS[chart.unit]) ?? "" },
    step: inTime ? part.step : 0,
    series,
    meaning: rate ? "mean" : chart.series.some((s) => s.over?.length) ? "overall" : "total",
    lack: some ? "" : table.rows ? "Nothing happened in this range." : "There is nothing to show.",
  };
}

/** The rows of the chart: those whose texts are as it wants them. */
function picked(table, chart) {
  const wants = (chart.only ?? []).map(([name, text]) => [column(table, name)?.data, text]).filter(([data]) => data);
  if (!wants.length) return table;
  const rows = [...Array(table.rows).keys()].filter((i) => wants.every(([data, text]) => data[i] === text));
  return { ...table, rows: rows.length, columns: table.columns.map((c) => ({ ...c, data: rows.map((i) => c.data[i]) })) };
}

/** Whether the chart has numbers that cannot be merged, so that it keeps the finest buckets. */
function apart(table, chart) {
  const names = chart.series.flatMap((s) => [...s.columns, ...(s.over ?? [])]);
  return names.some((name) => column(table, name)?.merge === "none");
}

function lineOf(table, chart, series, places, inTime) {
  const rate = chart.rate && inTime;
  const cover = inTime ? coverOf(table, places.map((p) => p.at)) : null;
  const times = cover ? timesOf(table, series, cover, rate) : () => 1;
  const valueAt = (rows) => seriesValue(table, chart, series, rows);
  const every = places.flatMap((p) => p.rows);
  const whole = summable(table, series) && every.length ? valueAt(every) : null;
  const drawn = places.map((p, i) => ({ ...p, x: inTime ? p.at : i })).filter((p) => !cover || cover.draws(p.at));
  const seconds = rate ? table.step * places.reduce((sum, p) => sum + cover.share(p.at), 0) : 1;
  return {
    label: series.label,
    color: series.color,
    form: FORMS[chart.form],
    x: drawn.map((p) => p.x),
    y: drawn.map((p) => {
      const n = valueAt(p.rows);
      return n === null ? null : (n * times(p.at)) / (rate ? table.step : 1);
    }),
    whole: whole === null ? null : whole / seconds,
  };
}

const columnsOf = (table, names) => names.map((name) => column(table, name));

/** Whether the series' numbers of several buckets add up. */
function summable(table, series) {
  return columnsOf(table, [...series.columns, ...(series.over ?? [])]).every((c) => c?.merge === "sum");
}

/** What the series' number of a bucket is multiplied by, where that was measured in part. */
function timesOf(table, series, cover, rate) {
  if (series.over?.length) return () => 1;
  if (summable(table, series)) return (at) => cover.times(at, rate);
  if (columnsOf(table, series.columns).every((c) => c?.mean)) return (at) => cover.times(at, true);
  return () => 1;
}

/** A series' value over some rows: a sum, or a sum over another, as a percentage where that is the unit. */
export function seriesValue(table, chart, series, rows) {
  const part = sum(table, series.columns, rows);
  if (!series.over?.length) return part;
  const whole = sum(table, series.over, rows);
  return part === null || !whole ? null : ((chart.unit === "percent" ? 100 : 1) * part) / whole;
}

function sum(table, names, rows) {
  let total = null;
  for (const name of names) {
    const c = column(table, name);
    const n = c ? merged(c, rows) : null;
    if (n !== null) total = (total ?? 0) + n;
  }
  return total;
}
