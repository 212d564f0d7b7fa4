// The bar above the reports: distribution, range of time, grain; and the theme.

import { distributions } from "./data.js";
import { el, select } from "./dom.js";
import { DAY, HOUR, lengthOf, MINUTE, moment, momentOf } from "./time.js";

const PRESETS = [[HOUR, "1 h"], [6 * HOUR, "6 h"], [DAY, "24 h"], [7 * DAY, "7 d"], [14 * DAY, "14 d"], [30 * DAY, "30 d"]];

export class Controls {
  /**
   * @param {HTMLElement} bar
   * @param {import("./view.js").View} view
   */
  constructor(bar, view) {
    this.bar = bar;
    this.view = view;
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "Range and grain");
    this.update();
  }

  /** Builds the bar anew, without taking the focus from where it is. */
  update() {
    const { view } = this;
    if (this.typing()) return;
    const focused = [...this.bar.querySelectorAll("button, select, input")].indexOf(document.activeElement);
    const parts = [this.distribution(), ...(view.timed ? [this.presets(), this.span(), this.grain()] : [])].filter(Boolean);
    this.bar.replaceChildren(...parts);
    if (view.zoom) {
      this.bar.append(el("button", { type: "button", class: "button zoom", click: () => view.set({ zoom: null }) }, "Reset zoom"));
    }
    if (focused >= 0) this.bar.querySelectorAll("button, select, input")[focused]?.focus();
    this.empty = !parts.length;
  }

  /** Whether someone is in the middle of typing a moment, which new data must not take away. */
  typing() {
    const at = document.activeElement;
    return at !== null && (at === this.from || at === this.to) && at.value !== at.defaultValue && !this.taking;
  }

  distribution() {
    const { view } = this;
    const all = distributions(view.page);
    if (all.length < 2) return null;
    return el("label", {}, "Distribution",
      select("Distribution", all, view.distribution, (distribution) => view.set({ distribution })));
  }

  presets() {
    const { view } = this;
    const { from, to } = view.extent;
    const fits = PRESETS.filter(([length]) => length < to - from);
    const button = (range, label) =>
      el("button", { type: "button", "aria-pressed": String(view.range === range && !view.zoom), click: () => view.set({ range, zoom: null }) }, label);
    return el("span", { class: "segments", role: "group", "aria-label": "Range" },
      ...fits.map(([length, label]) => button(length, label)), button("all", fits.length ? "All" : "All of it"));
  }

  span() {
    const { view } = this;
    const { from, to } = view.shown;
    const { extent } = view;
    const input = (label, t) => el("input", {
      type: "text", "aria-label": label, value: moment(t, extent.step % MINUTE ? 1 : MINUTE), size: 17, spellcheck: "false",
      placeholder: "2026-03-14 09:26", change: () => this.chosen(),
    });
    this.from = input("From, UTC", from);
    this.to = input("To, UTC", to);
    return el("span", { class: "span" }, this.from, "–", this.to, el("span", { class: "utc" }, "UTC"));
  }

  /** Takes the range that was typed, where it is one. */
  chosen() {
    const [from, to] = [momentOf(this.from.value), momentOf(this.to.value)];
    this.from.setAttribute("aria-invalid", String(Number.isNaN(from)));
    this.to.setAttribute("aria-invalid", String(!(to > from)));
    if (!(to > from)) return;
    this.taking = true;
    this.view.set({ range: { from, to }, zoom: null });
    this.taking = false;
  }

  grain() {
    const { view } = this;
    const auto = lengthOf(view.shown.grain);
    const choices = [["auto", view.grain === "auto" ? `auto (${auto})` : "auto"], ...view.grains().map((g) => [g, lengthOf(g)])];
    return el("label", {}, "Grain",
      select("Grain", choices, view.grain, (v) => view.set({ grain: v === "auto" ? "auto" : Number(v) })));
  }
}

const THEMES = [["", "System"], ["light", "Light"], ["dark", "Dark"]];

/** The switch between light and dark. It is remembered where a page from disk may. */
export function themeSwitch() {
  const remembered = recall();
  apply(remembered);
  return el("label", {}, "Theme", select("Theme", THEMES, remembered, (theme) => {
    apply(theme);
    remember(theme);
  }));
}

function apply(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

function recall() {
  try {
    const theme = localStorage.getItem("edgesim-theme") ?? "";
    return THEMES.some(([t]) => t === theme) ? theme : "";
  } catch {
    return "";
  }
}

function remember(theme) {
  try {
    localStorage.setItem("edgesim-theme", theme);
  } catch {
    // Some browsers let a page from disk keep nothing: the choice lives as long as the page.
  }
}
