// Tables that sort by any column, long ones a part at a time.

import { el, links } from "./dom.js";
import { momentColumn } from "./data.js";
import { show } from "./number.js";
import { moment } from "./time.js";

const FIRST = 100; // rows that show before all are asked for
const LONG = 28; // characters that a text may have to stay on one line

const numeric = (c) => c.unit !== "text" && c.unit !== "moment";

export class TableCard {
  /** @param {import("./data.js").Table} table */
  constructor(table) {
    this.title = table.title;
    this.sort = null;
    this.whole = false;
    this.scroll = el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `${table.title}, as a table` });
    this.foot = el("div", {});
    this.count = el("span", {});
    const head = el("summary", {}, "Table ", this.count);
    this.details = el("details", { open: !momentColumn(table) }, head, this.scroll, this.foot);
    this.node = el("div", { class: "card table", id: `table-${table.name}` }, this.details);
    this.details.addEventListener("toggle", () => this.draw());
  }

  /** @param {import("./data.js").Table} table already cut to its range */
  update(table) {
    if (JSON.stringify(table.files) !== JSON.stringify(this.table?.files)) {
      this.files?.remove();
      this.files = links(table.files, table.title);
      if (this.files) this.node.append(this.files);
    }
    this.table = table;
    this.count.textContent = `(${table.rows.toLocaleString("en-US")} ${table.rows === 1 ? "row" : "rows"})`;
    this.draw();
  }

  /** Fills the table; one that is closed is filled when it opens. */
  draw() {
    if (!this.table || !this.details.open) return;
    const { table } = this;
    const columns = table.columns.filter((c) => numeric(c) || c.unit === "moment" || !c.wide);
    const focused = this.focusedHead();
    const order = this.order();
    const shown = this.whole ? order : order.slice(0, FIRST);
    const body = el("tbody", {}, ...shown.map((i) => this.row(columns, i)));
    if (!order.length) body.append(el("tr", {}, el("td", { colspan: columns.length }, "no rows")));
    this.scroll.replaceChildren(el("table", {}, el("thead", {}, el("tr", {}, ...columns.map((c) => this.head(c)))), body));
    this.drawFoot(order.length);
    if (focused) this.scroll.querySelector(`th[data-name="${CSS.escape(focused)}"] button`)?.focus();
  }

  focusedHead() {
    return document.activeElement?.closest?.("th")?.dataset.name && this.scroll.contains(document.activeElement)
      ? document.activeElement.closest("th").dataset.name
      : null;
  }

  drawFoot(rows) {
    const notes = (this.table.notes ?? []).map((n) => el("p", { class: "note" }, n));
    const more = rows > FIRST && !this.whole
      ? el("button", { type: "button", class: "button all", click: () => { this.whole = true; this.draw(); } }, `Show all ${rows.toLocaleString("en-US")} rows`)
      : null;
    this.foot.replaceChildren(...(more ? [more] : []), ...notes);
  }

  head(c) {
    const sorted = this.sort?.name === c.name ? (this.sort.down ? "descending" : "ascending") : null;
    const press = () => {
      const down = this.sort?.name === c.name ? !this.sort.down : numeric(c);
      this.sort = { name: c.name, down };
      this.draw();
    };
    return el("th", { scope: "col", class: classes(c), "aria-sort": sorted, "data-name": c.name },
      el("button", { type: "button", click: press }, c.label || c.name));
  }

  row(columns, i) {
    return el("tr", {}, ...columns.map((c) => this.cell(c, c.data[i])));
  }

  cell(c, v) {
    if (c.unit === "moment") {
      const width = c === momentColumn(this.table) ? this.table.step : 1;
      return el("td", { class: "text", "data-n": v }, v === null ? "–" : moment(v, width));
    }
    if (c.unit === "text") return el("td", { class: [...v].length > LONG ? "long" : "text" }, v);
    return el("td", { class: classes(c), "data-n": v }, show(c.unit, v), this.measure(c, v));
  }

  /** A bar below the counts of a list, as long as the share of the largest. */
  measure(c, v) {
    const { table } = this;
    if (momentColumn(table) || c.unit !== "count" || c !== table.columns.find((o) => o.unit === "count") || table.rows < 3 || summed(table)) return null;
    const most = Math.max(...c.data);
    if (!(most > 0)) return null;
    const bar = el("span", {});
    bar.style.width = `${((100 * v) / most).toFixed(1)}%`;
    return el("span", { class: "measure" }, bar);
  }

  /** The rows' numbers in the order asked for; without a number last. */
  order() {
    const rows = [...Array(this.table.rows).keys()];
    const c = this.sort && this.table.columns.find((o) => o.name === this.sort.name);
    if (!c) return rows;
    const sign = this.sort.down ? -1 : 1;
    return rows.sort((a, b) => compare(c.data[a], c.data[b], sign) || a - b);
  }
}

/** Whether some row is the sum of the others. */
function summed(table) {
  return table.columns.some((c) => c.unit === "text" && c.data.some((v) => v === "All" || v === "ALL"));
}

function compare(a, b, sign) {
  if (a === null || b === null) return (a === null) - (b === null);
  return sign * (typeof a === "string" ? a.localeCompare(b, "en") : a - b);
}

function classes(c) {
  return `${numeric(c) ? "num" : ""}${c.wide ? " wide" : ""}`;
}
