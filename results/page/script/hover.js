// Reading values off a chart, and zooming into it: by pointer and by keyboard.

import { el, svg } from "./dom.js";

const FAR = 6; // pixels that a pointer must move to mean a range
const PAGE = 10; // stops that Page Up and Page Down go

export class Hover {
  /** @param {import("./card.js").ChartCard} card */
  constructor(card) {
    this.card = card;
    this.stop = -1;
    this.start = null;
    const canvas = card.canvas;
    canvas.addEventListener("pointermove", (e) => this.moved(e));
    canvas.addEventListener("pointerdown", (e) => this.pressed(e));
    canvas.addEventListener("pointerup", (e) => this.released(e));
    canvas.addEventListener("pointercancel", () => this.cancel());
    canvas.addEventListener("pointerleave", () => this.start === null && this.hide());
    canvas.addEventListener("dblclick", () => card.reset());
    canvas.addEventListener("keydown", (e) => this.key(e));
    canvas.addEventListener("focus", () => canvas.matches(":focus-visible") && this.show(Math.max(0, this.stop)));
    canvas.addEventListener("blur", () => this.hide());
  }

  /** After a new drawing: what was shown is shown again. */
  redrawn() {
    this.cross = svg("g", { class: "cross" });
    this.card.drawn?.node.append(this.cross);
    if (this.tip) this.show(Math.min(this.stop, (this.card.drawn?.stops.length ?? 0) - 1));
  }

  place(event) {
    const at = this.card.canvas.getBoundingClientRect();
    return { x: event.clientX - at.left, y: event.clientY - at.top - this.card.above };
  }

  moved(event) {
    const { drawn } = this.card;
    if (!drawn?.stops.length) return;
    const { x, y } = this.place(event);
    if (this.start !== null && Math.abs(x - this.start) > FAR) {
      this.mark(this.start, x);
      return;
    }
    const target = drawn.lying ? y : x;
    let best = 0;
    drawn.stops.forEach((s, i) => {
      if (Math.abs(drawn.px(s) - target) < Math.abs(drawn.px(drawn.stops[best]) - target)) best = i;
    });
    this.show(best);
  }

  pressed(event) {
    if (event.button !== 0 || event.pointerType === "touch" || this.card.drawn?.lying) return;
    this.start = this.place(event).x;
    this.card.canvas.setPointerCapture(event.pointerId);
  }

  released(event) {
    const { start } = this;
    const { x } = this.place(event);
    this.cancel();
    if (start === null || Math.abs(x - start) <= FAR) return;
    const { drawn } = this.card;
    const [from, to] = [drawn.value(start), drawn.value(x)];
    this.hide();
    this.card.zoom(Math.min(from, to), Math.max(from, to));
  }

  cancel() {
    this.start = null;
    this.selection?.remove();
  }

  /** The part of the axis that is being dragged over. */
  mark(a, b) {
    const { box } = this.card.drawn;
    const clamp = (v) => Math.min(box.left + box.width, Math.max(box.left, v));
    const [low, high] = [clamp(Math.min(a, b)), clamp(Math.max(a, b))];
    this.selection?.remove();
    this.selection = svg("rect", { x: low, y: box.top, width: high - low, height: box.height });
    this.cross.append(this.selection);
  }

  key(event) {
    const { stops } = this.card.drawn ?? { stops: [] };
    const last = stops.length - 1;
    if (last < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, PageDown: PAGE, PageUp: -PAGE, Home: -Infinity, End: Infinity }[event.key];
    if (step !== undefined) this.show(Math.min(last, Math.max(0, this.stop + step)));
    else if (event.key === "+" || event.key === "=") this.closer(stops, 0.5);
    else if (event.key === "-") this.closer(stops, 2);
    else if (event.key === "Escape" || event.key === "0") this.card.reset();
    else return;
    event.preventDefault();
  }

  /** Zooms about the place that is read: to half of what shows, or twice. */
  closer(stops, factor) {
    const { drawn } = this.card;
    if (drawn.lying || !stops.length) return;
    const { box } = drawn;
    const at = drawn.px(stops[Math.max(0, this.stop)]);
    if (factor > 1) {
      this.card.wider();
      return;
    }
    const low = at - (at - box.left) * factor;
    this.card.zoom(drawn.value(low), drawn.value(low + box.width * factor));
  }

  /** Shows the values at a stop. */
  show(index) {
    const { drawn, canvas } = this.card;
    if (!drawn?.stops.length) return;
    this.stop = index;
    const stop = drawn.stops[index];
    const read = drawn.lines.map((line, i) => ({ line, at: drawn.read(i, stop) })).filter((r) => r.at);
    this.draw(drawn, stop, read);
    const name = this.card.nameOf(stop);
    const values = read.map((r) => [r.line, this.card.valueOf(r.at.value)]);
    this.tell(name, values, drawn, stop);
    canvas.setAttribute("aria-valuenow", index);
    canvas.setAttribute("aria-valuemax", drawn.stops.length - 1);
    canvas.setAttribute("aria-valuetext", `${name}: ${values.map(([line, v]) => `${line.label} ${v}`).join(", ")}`);
  }

  draw(drawn, stop, read) {
    const { box } = drawn;
    const at = drawn.px(stop);
    this.cross.replaceChildren();
    if (drawn.lying) {
      this.cross.append(svg("rect", { class: "row", x: 0, y: at - drawn.lying / 2, width: this.card.width, height: drawn.lying }));
      return;
    }
    this.cross.append(svg("line", { x1: at, x2: at, y1: box.top, y2: box.top + box.height }));
    for (const { line, at: point } of read) {
      if (Number.isFinite(point.y)) this.cross.append(svg("circle", { cx: point.x, cy: point.y, r: 4, style: `--c:var(--${line.color})` }));
    }
  }

  tell(name, values, drawn, stop) {
    this.tip?.remove();
    this.tip = el("div", { class: "tip", "aria-hidden": "true" }, el("p", { class: "at" }, name));
    for (const [line, v] of values) {
      const key = el("span", { class: "key", style: `--c:var(--${line.color})` }, line.label);
      this.tip.append(el("div", {}, key, el("span", {}, v)));
    }
    const { canvas } = this.card;
    canvas.append(this.tip);
    const at = drawn.px(stop);
    if (drawn.lying) {
      const below = at + drawn.lying / 2 + 4;
      this.tip.style.left = `${Math.min(drawn.box.left, this.card.width - this.tip.offsetWidth)}px`;
      this.tip.style.top = `${below}px`;
      return;
    }
    const right = at + 14 + this.tip.offsetWidth <= this.card.width;
    this.tip.style.left = `${right ? at + 14 : Math.max(0, at - 14 - this.tip.offsetWidth)}px`;
    this.tip.style.top = `${this.card.above + drawn.box.top + 4}px`;
  }

  hide() {
    this.tip?.remove();
    this.tip = null;
    this.cross?.replaceChildren();
  }
}
