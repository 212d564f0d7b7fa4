// Elements, made from words that may come from strangers: texts only ever
// become text nodes and attributes, never markup.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. Attributes that are functions listen to the event of their name;
 * those that are null, undefined or false are left out.
 * @param {string} tag
 * @param {Object<string, any>} [attributes]
 * @param {...(Node|string|number|null|undefined)} children
 * @returns {HTMLElement}
 */
export function el(tag, attributes = {}, ...children) {
  return dress(document.createElement(tag), attributes, children);
}

/**
 * The same for drawings.
 * @returns {SVGElement}
 */
export function svg(tag, attributes = {}, ...children) {
  return dress(document.createElementNS(SVG, tag), attributes, children);
}

function dress(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children) {
    if (child !== null && child !== undefined) element.append(child);
  }
  return element;
}

let pen = null;

/** How wide a text of a chart is, in pixels. */
export function widthOf(text) {
  if (!pen) {
    pen = document.createElement("canvas").getContext("2d");
    pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  }
  return pen.measureText(text).width;
}

/**
 * A row of links to files of the run folder.
 * @param {{path: string, label: string}[]} files
 * @param {string} title what the files are of, for those who hear the link alone
 */
export function links(files, title) {
  if (!files?.length) return null;
  const all = files.map((f) => el("a", { href: f.path, "aria-label": `${title}: ${f.label}` }, f.label));
  return el("span", { class: "files" }, ...all);
}

/** A selector of named choices: [value, label] each. */
export function select(label, choices, value, change) {
  const box = el("select", { "aria-label": label, change: (e) => change(e.target.value) });
  for (const [v, text] of choices) {
    const option = el("option", { value: v }, text);
    option.selected = String(v) === String(value);
    box.append(option);
  }
  return box;
}
