// Charts over a line: lines, steps, points, bands, stacks and bars, drawn as
// SVG from a Figure. Nothing here listens to anything.

import { svg } from "./dom.js";
import { heightOf, rangeOf, scaleOf, wanted } from "./scale.js";

/**
 * @typedef {Object} Drawn
 * @property {SVGElement} node
 * @property {{left: number, top: number, width: number, height: number}} box where the data are
 * @property {number[]} stops the places along the axis at which one can read values, rising
 * @property {(x: number) => number} px of a value along the axis
 * @property {(px: number) => number} value of a place along the axis
 * @property {number} [lying] height of a row, where bars lie
 * @property {(line: number, stop: number) => {x: number, y: number, value: number|null}|null} read
 */

const TICK = 18; // pixels that a tick's label needs in height
export const CHAR = 6.7; // pixels of a letter
const MARGIN = 14; // pixels right of the data

/**
 * @param {import("./figure.js").Figure} figure
 * @param {{width: number, height: number, hidden: Set<string>, byteUnit: string, domain: number[]|null, left?: number, bare?: boolean}} how
 *   left: where the data begin; bare: no marks along the axis
 * @returns {Drawn}
 */
export function drawChart(figure, how) {
  const lines = layers(figure, how.hidden);
  const most = Math.max(2, Math.floor(how.height / 52));
  const [low, high] = heights(figure.y, lines, most);
  const y = scaleOf(figure.y, low, high, how.byteUnit);
  const yTicks = y.ticks(most);
  const left = how.left ?? 14 + CHAR * Math.max(5, ...yTicks.map((t) => t.label.length));
  const box = { left, top: 10, width: how.width - left - MARGIN, height: how.height - 10 - (how.bare ? 6 : TICK + (figure.x.label ? 26 : 8)) };
  const [from, to] = how.domain ?? domainOf(figure);
  const x = scaleOf(figure.x, from, to);
  const place = {
    x: (v) => box.left + x.place(v) * box.width,
    y: (v) => box.top + (1 - y.place(v)) * box.height,
  };
  const clip = `clip-${clips++}`;
  const node = svg("svg", { viewBox: `0 0 ${how.width} ${how.height}`, width: how.width, height: how.height, "aria-hidden": "true" });
  node.append(
    svg("clipPath", { id: clip }, svg("rect", { x: box.left, y: box.top - 4, width: Math.max(0, box.width), height: box.height + 8 })),
    spans(figure, place, box),
    grid(yTicks, place, box),
    axis(figure, how.bare ? [] : x.ticks(Math.max(2, Math.floor(box.width / 64))), place, box),
    svg("g", { "clip-path": `url(#${clip})` }, ...drawAll(lines, figure, place, box), marks(figure, place, box)),
  );
  return { node, box, lines, ...reader(figure, lines, place, box, x, [from, to]) };
}

let clips = 0;

/** Where a value along the axis is drawn: buckets of time in their middle. */
export function middle(figure, x) {
  return figure.step ? x + figure.step / 2 : x;
}

/** What the axis spans when nothing is zoomed. */
export function domainOf(figure) {
  const { x, series, step } = figure;
  const asked = wanted(x);
  if (asked) return asked;
  const [from, to] = rangeOf(x, series.flatMap((s) => s.x));
  return step ? [from, to + step] : [from, to > from ? to : from + 1];
}

/** The lines that show; stacked ones lie on those that come later. */
function layers(figure, hidden) {
  const floors = new Map();
  const piled = (line, i, shown) => {
    const x = line.x[i];
    const floor = floors.get(x) ?? 0;
    if (shown) floors.set(x, floor + (line.y[i] ?? 0));
    return { x, value: line.y[i], y: floor + (line.y[i] ?? 0), floor };
  };
  const layer = (line, index) => {
    const shown = !hidden.has(line.label);
    const points = line.x.map((x, i) =>
      line.form === "stack" ? piled(line, i, shown) : { x, value: line.y[i], y: line.y[i], floor: line.y2?.[i] ?? 0 },
    );
    return { ...line, form: line.form || "line", index, shown, points };
  };
  const all = figure.series.map((line, index) => ({ line, index })).reverse();
  return all.map(({ line, index }) => layer(line, index)).reverse();
}

function heights(axis, lines, most) {
  const values = lines.filter((l) => l.shown).flatMap((l) => l.points.flatMap((p) => (l.y2 ? [p.y, p.floor] : [p.y])));
  return heightOf(axis, values, most);
}

function grid(ticks, place, box) {
  const g = svg("g", { class: "grid" });
  for (const t of ticks) {
    const y = place.y(t.at);
    g.append(
      svg("line", { x1: box.left, x2: box.left + box.width, y1: y, y2: y }),
      svg("text", { x: box.left - 8, y: y + 4, "text-anchor": "end" }, t.label),
    );
  }
  return g;
}

function axis(figure, ticks, place, box) {
  const bottom = box.top + box.height;
  const g = svg("g", { class: "axis" }, svg("line", { x1: box.left, x2: box.left + box.width, y1: bottom, y2: bottom }));
  const shown = ticks.map((t) => ({ x: place.x(t.at), label: t.label }));
  for (const t of shown) g.append(svg("line", { x1: t.x, x2: t.x, y1: bottom, y2: bottom + 4 }));
  for (const t of roomy(shown, box.left + box.width + MARGIN)) {
    g.append(svg("text", { x: t.x, y: bottom + TICK, "text-anchor": "middle" }, t.label));
  }
  if (figure.x.label) {
    g.append(svg("text", { class: "label", x: box.left + box.width / 2, y: bottom + TICK + 19, "text-anchor": "middle" }, figure.x.label));
  }
  return g;
}

/**
 * The labels of an axis that have room in a picture of that width, none nearer to the
 * one before than a letter; those at the ends are moved inside.
 * @param {{x: number, label: string}[]} ticks by their middle, rising
 */
export function roomy(ticks, width) {
  const kept = [];
  let end = -Infinity;
  for (const { x, label } of ticks) {
    const half = (label.length * CHAR) / 2;
    const inside = Math.max(half, Math.min(x, width - half));
    if (inside - half < end + CHAR) continue;
    end = inside + half;
    kept.push({ x: inside, label });
  }
  return kept;
}

function spans(figure, place, box) {
  const g = svg("g", { class: "spans" });
  for (const s of figure.spans ?? []) {
    const x = Math.max(box.left, place.x(s.from));
    const width = Math.min(box.left + box.width, place.x(s.to)) - x;
    if (width <= 0) continue;
    g.append(svg("rect", { x, y: box.top, width, height: box.height }));
    if (width > s.label.length * CHAR) g.append(svg("text", { x: x + width - 6, y: box.top + 14, "text-anchor": "end" }, s.label));
  }
  return g;
}

/** Points worth naming, and lines straight across where a mark has but one place. */
function marks(figure, place, box) {
  const g = svg("g", { class: "marks" });
  for (const m of figure.marks ?? []) {
    const x = m.axis === "y" ? box.left : place.x(m.x);
    const y = m.axis === "x" ? box.top : place.y(m.y);
    if (m.axis === "x") g.append(svg("line", { x1: x, x2: x, y1: box.top, y2: box.top + box.height }));
    else if (m.axis === "y") g.append(svg("line", { x1: box.left, x2: box.left + box.width, y1: y, y2: y }));
    else g.append(svg("circle", { cx: x, cy: y, r: 4 }));
    const over = x + m.label.length * CHAR > box.left + box.width;
    g.append(svg("text", { x: over ? x - 7 : x + 7, y: Math.max(box.top + 12, y - 7), "text-anchor": over ? "end" : "start" }, m.label));
  }
  return g;
}

/** Every line; the first comes last, so that it lies on top. */
function drawAll(lines, figure, place, box) {
  const bars = lines.filter((l) => l.shown && l.form === "bars");
  const beside = (line) => ({ of: bars.length, at: bars.indexOf(line) });
  return lines.map((l) => draw(l, figure, place, box, beside(l))).reverse();
}

function draw(line, figure, place, box, beside) {
  const g = svg("g", { class: `line ${line.form}${line.thin ? " thin" : ""}`, style: `--c:var(--${line.color})` });
  if (!line.shown) return g;
  const pts = line.points.map((p) => ({
    px: place.x(middle(figure, p.x)),
    py: p.y === null ? NaN : place.y(p.y),
    pf: place.y(p.floor ?? 0),
  }));
  const solid = pts.filter((p) => Number.isFinite(p.py));
  if (line.form === "bars") g.append(svg("path", { class: "fill solid", d: barPath(solid, box, beside) }));
  else if (line.form === "points") g.append(svg("path", { class: "dots", d: dotPath(solid) }));
  else for (const run of strokes(pts)) drawRun(g, line, run);
  return g;
}

function drawRun(g, line, run) {
  if (line.form === "stack" || line.form === "band" || line.form === "doubt") {
    g.append(svg("path", { class: "fill", d: `${path(run, "py")}L${path([...run].reverse(), "pf").slice(1)}Z` }));
  }
  if (line.form === "doubt") return;
  if (run.length === 1) {
    g.append(svg("path", { class: "dots", d: dotPath(run) }));
    return;
  }
  const d = line.form === "step" ? stepPath(run) : path(run, "py");
  g.append(svg("path", { class: "stroke", "stroke-dasharray": line.dash?.join(" "), d }));
}

/** Runs of points without a gap. */
function strokes(pts) {
  const runs = [[]];
  for (const p of pts) {
    if (Number.isFinite(p.py)) runs[runs.length - 1].push(p);
    else if (runs[runs.length - 1].length) runs.push([]);
  }
  return runs.filter((r) => r.length);
}

const round = (n) => Math.round(n * 10) / 10;

const path = (run, key) => `M${run.map((p) => `${round(p.px)},${round(p[key])}`).join("L")}`;

const stepPath = (run) => `M${round(run[0].px)},${round(run[0].py)}${run.slice(1).map((p) => `H${round(p.px)}V${round(p.py)}`).join("")}`;

const dotPath = (pts) => pts.map((p) => `M${round(p.px - 3)},${round(p.py)}a3,3 0 1,0 6,0a3,3 0 1,0 -6,0`).join("");

/** Bars, side by side where there are several series of them. */
function barPath(pts, box, { of, at }) {
  const gap = pts.length > 1 ? Math.abs(pts[1].px - pts[0].px) : Math.min(box.width, 90);
  const whole = Math.max(0.8, gap - Math.min(4, gap * 0.25));
  const width = whole / of;
  const left = at * width - whole / 2;
  return pts.map((p) => `M${round(p.px + left)},${round(p.pf)}V${round(p.py)}h${round(width)}V${round(p.pf)}Z`).join("");
}

/** How to read values off a drawing. */
function reader(figure, lines, place, box, scale, [from, to]) {
  const seen = new Set(lines.filter((l) => l.shown).flatMap((l) => l.x));
  const inside = (x) => middle(figure, x) >= from && middle(figure, x) <= to;
  const stops = [...seen].filter(inside).sort((a, b) => a - b);
  return {
    stops,
    px: (x) => place.x(middle(figure, x)),
    value: (px) => scale.value(Math.min(1, Math.max(0, (px - box.left) / box.width))),
    read(index, stop) {
      const line = lines[index];
      if (!line.shown || line.form === "doubt" || !line.points.length) return null;
      const at = stop === undefined ? -1 : nearest(line.x, stop);
      if (at < 0) return null;
      const p = line.points[at];
      return { x: place.x(middle(figure, p.x)), y: p.y === null ? NaN : place.y(p.y), value: p.value };
    },
  };
}

/** The index of the value of a rising list that lies nearest to v; −1 beyond its ends. */
export function nearest(list, v) {
  if (!list.length || v < list[0] || v > list[list.length - 1]) return -1;
  let low = 0;
  let high = list.length - 1;
  while (high - low > 1) {
    const mid = (low + high) >> 1;
    if (list[mid] <= v) low = mid;
    else high = mid;
  }
  return v - list[low] <= list[high] - v ? low : high;
}
