// What a tab shows: its tables as charts and rows. A panel is built once and
// then kept up to date, so that new data and other ranges take nothing away from
// under the reader's hands.

import { cut } from "./buckets.js";
import { ChartCard } from "./card.js";
import { momentColumn, tablesFor } from "./data.js";
import { el } from "./dom.js";
import { figureOf } from "./figure.js";
import { TableCard } from "./table.js";

const GLANCE = 4; // charts that the overview shows

export class Panel {
  /**
   * @param {HTMLElement} section
   * @param {import("./view.js").View} view
   */
  constructor(section, view) {
    this.section = section;
    this.view = view;
    this.body = section.querySelector(".body");
    this.name = section.id;
    this.plan = "";
    this.drawings = new Map([...this.body.querySelectorAll("figure")].map((f) => [f.id, f]));
  }

  /** Brings the panel up to date; builds it when its tables or charts are others. */
  update() {
    const pieces = this.pieces();
    const plan = JSON.stringify(pieces.map((p) => p.id));
    if (plan !== this.plan) {
      this.plan = plan;
      this.parts = new Map();
      this.body.replaceChildren(...this.layout(pieces));
    }
    for (const p of pieces) p.update?.(this.parts.get(p.id));
  }

  /** What the panel is made of, in order. */
  pieces() {
    if (this.name === "plots") return this.view.page.figures.map((f) => this.plot(f));
    const tab = this.view.page.tabs.find((t) => t.name === this.name);
    const tables = tab ? tablesFor(tab, this.view.distribution) : [];
    const all = tables.flatMap((t) => tablePieces(t, tab, this.view, tables.length > 1));
    if (tables.some((t) => t.rows && !momentColumn(t)) && this.view.timed && this.name !== "overview") all.unshift(wholePiece(this.view));
    if (tables.length > 3) all.unshift(partsPiece(tables));
    return this.name === "overview" ? [headPiece(this.view), ...glance(this.view), ...all] : all;
  }

  /** A plot: drawn from its data, or as it stands in the page where it has none or is of cells, which hold their values already. */
  plot(figure) {
    const id = `plot-${figure.name}`;
    const drawing = this.drawings.get(id);
    const still = figure.x.scale === "columns" || !figure.series?.length;
    if (still && !figure.lack && drawing) return { id, chart: true, make: () => drawing };
    return plotPiece(figure, id, this.view);
  }

  /** The pieces as elements: neighbouring charts share a grid. */
  layout(pieces) {
    const all = [];
    let grid = null;
    for (const p of pieces) {
      const part = p.make();
      this.parts.set(p.id, part);
      const node = part.node ?? part;
      if (!p.chart) {
        grid = null;
        all.push(node);
        continue;
      }
      if (!grid) {
        grid = el("div", { class: this.name === "plots" ? "charts plots" : "charts" });
        all.push(grid);
      }
      grid.append(node);
    }
    return all;
  }

  /** Draws every chart for paper, or for the screen again. */
  print(paper) {
    for (const part of this.parts?.values() ?? []) {
      if (!(part instanceof ChartCard)) continue;
      const wide = part.node.matches(":last-child:nth-child(odd), .lying, .plots > *");
      part.draw(paper ? (wide ? 700 : 342) : part.canvas.clientWidth);
    }
  }
}

function tablePieces(table, tab, view, several) {
  const pieces = [];
  const about = table.about && table.about !== tab.about ? el("p", { class: "about" }, table.about) : null;
  const heading = el("div", { class: "heading", id: `part-${table.name}` }, el("h3", {}, table.title), about);
  if (several && table.title !== tab.title) pieces.push({ id: `head ${table.name}`, make: () => heading });
  for (const chart of table.charts ?? []) pieces.push(chartPiece(table, chart, view, `chart-${table.name}-${chart.name}`));
  pieces.push({
    id: `table ${table.name}`,
    make: () => new TableCard(table),
    update: (card) => card.update(cut(table, view.shown)),
  });
  return pieces;
}

/** Buttons that go to the tables of a tab that has many. */
function partsPiece(tables) {
  const go = (table) => (document.getElementById(`part-${table.name}`) ?? document.getElementById(`table-${table.name}`)).scrollIntoView();
  const button = (table) => el("button", { type: "button", class: "button", click: () => go(table) }, table.title);
  return { id: "parts", make: () => el("div", { class: "parts", role: "group", "aria-label": "Parts of this report" }, ...tables.map(button)) };
}

/** Says, when a part of the time is chosen, what is not of that part. */
function wholePiece(view) {
  return {
    id: "whole",
    make: () => el("p", { class: "banner" }, "Lists and bars without an axis of time are of the whole time, not of the range chosen."),
    update: (node) => {
      node.hidden = view.range === "all" && !view.zoom;
    },
  };
}

function chartPiece(table, chart, view, id) {
  const files = [...(chart.files ?? []), ...(table.files ?? [])];
  return {
    id,
    chart: true,
    make: () => new ChartCard(view, { id, title: chart.title, about: chart.about, files }),
    update: (card) => {
      card.what.files = files; // of another distribution they are others
      card.update(figureOf(table, chart, view.shown));
    },
  };
}

function plotPiece(figure, id, view) {
  const about = [figure.subtitle, figure.about].filter(Boolean).join(". ");
  return {
    id,
    chart: true,
    make: () => new ChartCard(view, { id, title: figure.title, about, files: figure.files, height: 360, plot: true }),
    update: (card) => card.update(figure),
  };
}

/** The first charts of the cache statistics, for the overview. */
function glance(view) {
  const tab = view.page.tabs.find((t) => t.name === "cache_statistics");
  const table = tab && tablesFor(tab, view.distribution)[0];
  return (table?.charts ?? []).slice(0, GLANCE).map((c) => chartPiece(table, c, view, `glance-${c.name}`));
}

/** Warnings and headline figures. */
function headPiece(view) {
  return { id: "head", make: () => el("div", { class: "report" }), update: (node) => node.replaceChildren(...heading(view.page.head)) };
}

function heading(head) {
  const all = [];
  if (head.partial) {
    all.push(el("p", { class: "banner partial" }, el("strong", {}, "Partial run."),
      " It was interrupted before its planned end; every figure covers what came until then."));
  }
  if (head.unsound) {
    all.push(el("p", { class: "banner partial" }, el("strong", {}, "Unsound run."), ` ${head.unsound}`));
  }
  if (head.warnings?.length) {
    all.push(el("div", { class: "banner" }, el("strong", {}, "Read the figures with care."),
      el("ul", {}, ...head.warnings.map((w) => el("li", {}, w)))));
  }
  if (head.tiles?.length) all.push(el("div", { class: "tiles" }, ...head.tiles.map(tile), answers(head.answers ?? [])));
  return all;
}

function tile(t) {
  return el("div", { class: t.bad ? "tile bad" : "tile" }, el("h3", {}, t.title), el("p", { class: "figure" }, t.figure), el("p", { class: "more" }, t.more ?? ""));
}

function answers(list) {
  const column = (text, num) => el("th", { scope: "col", class: num ? "num" : null }, text);
  const row = (a) => el("tr", {}, el("th", { scope: "row" }, el("span", { class: "key", style: `--c:var(--${a.color})` }, a.name)),
    ...[a.p50, a.p99, a.share].map((v) => el("td", { class: "num" }, v)));
  const rows = list.length ? list.map(row) : [el("tr", {}, el("td", { colspan: 4 }, "no first byte was seen"))];
  return el("div", { class: "tile answers" }, el("h3", {}, "First byte by result type"),
    el("table", {}, el("thead", {}, el("tr", {}, column("result"), column("p50", true), column("p99", true), column("share", true))), el("tbody", {}, ...rows)));
}
