// The tables as they lie in the page, columns packed, and as the script reads
// them.

/**
 * @typedef {Object} Column
 * @property {string} name as in the CSV
 * @property {string} [label] as people read it; the name where there is none
 * @property {import("./number.js").Unit} unit
 * @property {boolean} [wide] left out on narrow screens
 * @property {boolean} [mean] of the time bucket's whole length, however much of it was measured
 * @property {string} [of] a percent column is 100·Σ of ÷ Σ over
 * @property {string} [over]
 * @property {"sum"|"max"|"none"} merge how two buckets become one
 * @property {any[]} data a cell for every row; null where there is no number
 *
 * @typedef {Object} Chart
 * @property {string} name
 * @property {string} title
 * @property {string} [about]
 * @property {string} x the column along the axis: moments or texts
 * @property {"lines"|"stack"|"bars"} form
 * @property {import("./number.js").Unit} unit
 * @property {boolean} [rate] per second of the bucket
 * @property {{path: string, label: string}[]} [files]
 * @property {{label: string, columns: string[], over?: string[], color: string}[]} series
 *
 * @typedef {Object} Table
 * @property {string} name
 * @property {string} title
 * @property {string} [about]
 * @property {string[]} [notes]
 * @property {{path: string, label: string}[]} [files]
 * @property {number} rows
 * @property {number} [step] seconds of a time bucket; 0 in a table of totals
 * @property {number[]} [measured] from when to when; every bucket's whole length where there is none
 * @property {Column[]} columns
 * @property {Chart[]} [charts]
 */

/** Undoes runs: [value, times, value, times, …]. */
function unrun(runs) {
  const all = [];
  for (let i = 0; i < runs.length; i += 2) {
    for (let n = runs[i + 1]; n > 0; n--) all.push(runs[i]);
  }
  return all;
}

/**
 * A packed column's cells. Four ways: as they are; {runs}; {deltas}, runs of
 * the differences between neighbours; {names, runs}, runs of places in a list.
 */
export function unpack(data) {
  if (Array.isArray(data)) return data;
  if (data.names) return unrun(data.runs).map((i) => data.names[i]);
  if (data.runs) return unrun(data.runs);
  let sum = 0;
  return unrun(data.deltas).map((d) => {
    sum += d;
    return sum;
  });
}

/**
 * The page's data out of the element that holds them: JSON, or JSON packed by
 * gzip and written in base64, as large data are.
 */
export async function read(element) {
  const text = element.textContent;
  if (!element.dataset.packed) return JSON.parse(text);
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const whole = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(element.dataset.packed));
  return JSON.parse(await new Response(whole).text());
}

/** Unpacks every table of the page's data, once, in place. */
export function open(page) {
  for (const tab of page.tabs) {
    for (const scope of tab.scopes) {
      for (const table of scope.tables) {
        for (const c of table.columns) c.data = unpack(c.data);
      }
    }
  }
  return page;
}

/** @returns {Column|undefined} */
export function column(table, name) {
  return table.columns.find((c) => c.name === name);
}

/** The column of time buckets; undefined in a table of totals. */
export function momentColumn(table) {
  return table.step ? column(table, "TimeBucket") : undefined;
}

/** What the tables over time cover: from the first bucket's start to the last's end. */
export function extent(page) {
  const span = { from: Infinity, to: -Infinity, step: Infinity };
  for (const table of tablesOf(page)) {
    const at = momentColumn(table);
    if (!at || !table.rows) continue;
    for (const t of at.data) {
      if (t < span.from) span.from = t;
      if (t + table.step > span.to) span.to = t + table.step;
    }
    span.step = Math.min(span.step, table.step);
  }
  return span;
}

function* tablesOf(page) {
  for (const tab of page.tabs) for (const scope of tab.scopes) yield* scope.tables;
}

/** The distributions that one can choose between, ALL first where there is one. */
export function distributions(page) {
  const seen = new Map();
  for (const tab of page.tabs) {
    for (const scope of tab.scopes) {
      if (scope.distribution) seen.set(scope.distribution, scope.label || scope.distribution);
    }
  }
  return [...seen];
}

/** A tab's tables for a distribution; those of the first where it has none of its own. */
export function tablesFor(tab, distribution) {
  const scope = tab.scopes.find((s) => s.distribution === distribution && s.tables.length) ?? tab.scopes[0];
  return scope ? scope.tables : [];
}
