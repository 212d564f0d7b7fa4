// A chart with what belongs to it: title, legend, links to its files.

import { drawBars, heightOfBars } from "./bars.js";
import { domainOf, drawChart } from "./chart.js";
import { el, links, select, svg } from "./dom.js";
import { Hover } from "./hover.js";
import { value } from "./number.js";
import { octets, percentile } from "./scale.js";
import { moment, sinceStart } from "./time.js";

const STRIP = 84; // height of the panel above a figure

const UNIT_CHOICES = [["auto", "auto"], ["KiB", "KiB"], ["MiB", "MiB"], ["GiB", "GiB"], ["TiB", "TiB"]];

export class ChartCard {
  /**
   * @param {import("./view.js").View} view
   * @param {{id: string, title: string, about?: string, files?: {path: string, label: string}[], height?: number, plot?: boolean}} what
   *   plot: zooming changes this chart alone, not the range of the page
   */
  constructor(view, what) {
    this.view = view;
    this.what = what;
    this.side = el("span", { class: "side" });
    this.axis = el("span", { class: "axis-name" });
    this.legend = el("div", { class: "legend", role: "group", "aria-label": `Series of ${what.title}` });
    this.canvas = el("div", {
      class: "canvas", tabindex: 0, role: "slider", "aria-label": `${what.title}. Arrow keys read values, plus and minus zoom, Escape resets.`,
      "aria-valuemin": 0, "aria-valuemax": 0, "aria-valuenow": 0, "aria-valuetext": "",
    });
    this.node = el("figure", { class: "card chart", id: what.id },
      el("header", {}, el("h3", {}, what.title, " ", this.axis), this.side), this.legend, this.canvas,
      what.about ? el("figcaption", {}, what.about) : null);
    this.hover = new Hover(this);
    this.above = 0;
    new ResizeObserver(() => this.canvas.clientWidth && this.canvas.clientWidth !== this.width && this.draw()).observe(this.canvas);
  }

  /** @param {import("./figure.js").Figure} figure */
  update(figure) {
    this.figure = figure;
    this.node.classList.toggle("lying", figure.x.scale === "category");
    this.axis.textContent = figure.y.label ?? "";
    this.buildLegend();
    this.buildSide();
    this.draw();
  }

  get hidden() {
    return this.view.hiddenOf(this.what.id);
  }

  get zoomed() {
    return this.what.plot ? this.view.domains.has(this.what.id) : this.view.zoom !== null && this.figure.x.scale === "time";
  }

  buildSide() {
    const parts = [];
    if (this.zoomed) parts.push(el("button", { type: "button", class: "button zoom", click: () => this.reset() }, "Reset zoom"));
    if (octets(this.figure.y)) {
      parts.push(select("Unit of bytes", UNIT_CHOICES, this.view.byteUnit, (byteUnit) => this.view.set({ byteUnit })));
    }
    const files = links(this.what.files, this.what.title);
    this.side.replaceChildren(...parts, ...(files ? [files] : []));
  }

  buildLegend() {
    const buttons = this.figure.series.filter((line) => line.form !== "doubt").map((line) => {
      const note = line.note ?? (line.whole === null || line.whole === undefined ? "" : this.valueOf(line.whole));
      const press = (e) => {
        if (!this.hidden.delete(line.label)) this.hidden.add(line.label);
        e.currentTarget.setAttribute("aria-pressed", !this.hidden.has(line.label));
        this.draw();
      };
      return el("button", { type: "button", "aria-pressed": String(!this.hidden.has(line.label)), title: this.figure.meaning ?? null, click: press },
        swatch(line), line.label, note ? el("span", { class: "amount" }, note) : null);
    });
    const focused = [...this.legend.children].indexOf(document.activeElement);
    this.legend.replaceChildren(...buttons);
    this.legend.children[focused]?.focus();
  }

  /** Draws the figure, as wide as there is room, or as asked. */
  draw(width = this.canvas.clientWidth) {
    if (!this.figure || !width) return;
    this.width = width;
    const { figure, hidden } = this;
    if (figure.lack) {
      this.drawn = null;
      this.canvas.replaceChildren(el("p", { class: "lack" }, figure.lack));
      return;
    }
    const how = { width, height: this.what.height ?? 230, hidden, byteUnit: this.view.byteUnit, domain: this.domain() };
    this.drawn = figure.x.scale === "category" ? drawBars(figure, { ...how, height: heightOfBars(figure) }) : drawChart(figure, how);
    this.canvas.replaceChildren(...this.strip(how), this.drawn.node);
    this.hover.redrawn();
  }

  /** The panel above, over the same axis. */
  strip(how) {
    const { strip, x, step, spans } = this.figure;
    this.above = strip ? STRIP : 0;
    if (!strip) return [];
    const figure = { x: { ...x, label: "" }, y: { unit: "%", min: 0, max: 100 }, step, spans: (spans ?? []).map((s) => ({ ...s, label: "" })), series: strip.series };
    const drawn = drawChart(figure, { ...how, height: STRIP, left: this.drawn.box.left, domain: how.domain ?? domainOf(this.figure), bare: true });
    drawn.node.append(svg("text", { x: drawn.box.left + 6, y: 20 }, strip.title));
    return [drawn.node];
  }

  domain() {
    return this.view.domains.get(this.what.id) ?? null;
  }

  zoom(from, to) {
    if (this.figure.x.scale === "category") return;
    if (this.what.plot) {
      this.view.domains.set(this.what.id, [from, to]);
      this.buildSide();
      this.draw();
    } else if (this.figure.x.scale === "time") this.view.zoomTo(from, to, this.figure.step);
  }

  /** Twice what shows, about its middle; all where that is more than there is. */
  wider() {
    if (!this.zoomed) return;
    const whole = this.what.plot ? domainOf(this.figure) : [this.view.whole.from, this.view.whole.to];
    const { box } = this.drawn;
    const [from, to] = [this.drawn.value(box.left), this.drawn.value(box.left + box.width)];
    const half = (to - from) / 2;
    const wide = [Math.max(whole[0], from - half), Math.min(whole[1], to + half)];
    if (wide[0] <= whole[0] && wide[1] >= whole[1]) this.reset();
    else this.zoom(...wide);
  }

  reset() {
    if (!this.zoomed) return;
    const hadFocus = this.node.contains(document.activeElement);
    if (this.what.plot) {
      this.view.domains.delete(this.what.id);
      this.buildSide();
      this.draw();
    } else this.view.set({ zoom: null });
    if (hadFocus) this.canvas.focus();
  }

  /** A place along the axis, for people. */
  nameOf(stop) {
    const { x, step } = this.figure;
    switch (x.scale) {
      case "time":
        return `${moment(stop, step || 1)} UTC`;
      case "elapsed":
        return sinceStart(stop);
      case "category":
        return x.names[stop];
      case "nines":
        return percentile(stop);
    }
    return x.unit === "" || x.unit === "count" || !x.unit ? `${x.label ?? ""} ${value("", stop)}`.trim() : value(x.unit, stop);
  }

  valueOf(n) {
    return value(this.figure.y.unit, n, this.view.byteUnit);
  }
}

/** A piece of the line, as the legend shows it. */
function swatch(line) {
  return svg("svg", { class: "swatch", viewBox: "0 0 14 10", "aria-hidden": "true", style: `--c:var(--${line.color})` },
    svg("line", { x1: 0, x2: 14, y1: 5, y2: 5, "stroke-dasharray": line.dash?.length ? "4 2" : null }));
}
