// Charts of categories: bars that lie, a row for each text.

import { CHAR } from "./chart.js";
import { svg, widthOf } from "./dom.js";
import { value } from "./number.js";
import { heightOf, scaleOf } from "./scale.js";

const ROW = 24; // pixels of a row with one bar; with several each has SLIM
const SLIM = 8;

/** How high a row is. */
function rowOf(figure) {
  const beside = figure.series.filter((l) => l.form !== "stack").length;
  return Math.max(ROW, beside * SLIM + 8);
}

/** How high a chart of so many categories is. */
export function heightOfBars(figure) {
  return (figure.x.names?.length ?? 0) * rowOf(figure) + 12;
}

/**
 * @param {import("./figure.js").Figure} figure
 * @param {{width: number, hidden: Set<string>, byteUnit: string}} how
 * @returns {import("./chart.js").Drawn}
 */
export function drawBars(figure, how) {
  const names = figure.x.names ?? [];
  const height = heightOfBars(figure);
  const row = rowOf(figure);
  const left = Math.min(Math.max(4 * CHAR, ...names.map(widthOf)) + 14, how.width * 0.42);
  const box = { left, top: 4, width: how.width - left - 92, height: names.length * row };
  const lines = placed(figure, how.hidden, row);
  const tops = names.map((_, i) => Math.max(0, ...lines.filter((l) => l.shown).map((l) => l.ends[i])));
  const [low, high] = heightOf(figure.y, tops, 4);
  const scale = scaleOf(figure.y, low, high, how.byteUnit);
  const px = (v) => box.left + scale.place(v) * box.width;
  const node = svg("svg", { viewBox: `0 0 ${how.width} ${height}`, width: how.width, height, "aria-hidden": "true" });
  names.forEach((name, i) => {
    const y = box.top + i * row;
    node.append(
      svg("text", { class: "name", x: left - 8, y: y + row / 2 + 4, "text-anchor": "end" }, fitting(name, left - 12)),
      svg("rect", { class: "track", x: box.left, y: y + 4, width: Math.max(0, box.width), height: row - 8, rx: 3 }),
      ...lines.filter((l) => l.shown && l.y[i]).map((l) => bar(l, i, y, px)),
      svg("text", { class: "amount", x: px(tops[i]) + 7, y: y + row / 2 + 4 }, value(figure.y.unit, tops[i], how.byteUnit)),
    );
  });
  return { node, box, lines, lying: row, ...barReader(names, lines, box, px, row) };
}

function bar(line, i, y, px) {
  const width = Math.max(1, px(line.ends[i]) - px(line.starts[i]));
  const { top, height } = line.slot;
  return svg("rect", { class: "bar", style: `--c:var(--${line.color})`, x: px(line.starts[i]), y: y + top, width, height, rx: height > 10 ? 3 : 1 });
}

/** Lines with where their bars begin and end: stacked, or a slot of the row each. */
function placed(figure, hidden, row) {
  const floor = (figure.x.names ?? []).map(() => 0);
  const beside = figure.series.filter((l) => l.form !== "stack" && !hidden.has(l.label));
  return figure.series.map((line, index) => {
    const shown = !hidden.has(line.label);
    const stacked = line.form === "stack";
    const starts = floor.map((n) => (stacked ? n : 0));
    const y = floor.map(() => null);
    line.x.forEach((x, i) => {
      y[x] = line.y[i];
      if (shown && stacked) floor[x] += line.y[i] ?? 0;
    });
    const height = (row - 8) / (stacked ? 1 : Math.max(1, beside.length));
    const slot = { top: 4 + (stacked ? 0 : Math.max(0, beside.indexOf(line)) * height), height };
    return { ...line, index, shown, y, slot, starts, ends: starts.map((n, i) => n + (y[i] ?? 0)) };
  });
}

function barReader(names, lines, box, px, row) {
  return {
    stops: names.map((_, i) => i),
    px: (i) => box.top + i * row + row / 2,
    value: (y) => Math.min(names.length - 1, Math.max(0, Math.floor((y - box.top) / row))),
    read(index, i) {
      const line = lines[index];
      if (!line.shown || i === undefined) return null;
      return { x: px(line.ends[i]), y: box.top + i * row + row / 2, value: line.y[i] };
    },
  };
}

/** As much of a name as there is room for, in pixels. */
function fitting(name, room) {
  let chars = [...name].length;
  for (let width = widthOf(name); width > room && chars > 4; width = widthOf(shorten(name, chars))) {
    chars = Math.min(chars - 1, Math.ceil((chars * room) / width));
  }
  return shorten(name, chars);
}

/** A long name without its middle. */
export function shorten(name, chars) {
  const letters = [...name];
  if (letters.length <= chars) return name;
  const head = Math.ceil((chars - 1) / 2);
  return `${letters.slice(0, head).join("")}…${letters.slice(letters.length - (chars - 1 - head)).join("")}`;
}
