// Tabs as WAI-ARIA has them: one of the list can be reached by Tab, arrows,
// Home and End go to the others and show them.

export class Tabs {
  /**
   * @param {HTMLElement} nav links to the panels
   * @param {(name: string) => void} shown called when a tab is shown
   */
  constructor(nav, shown) {
    this.nav = nav;
    this.shown = shown;
    this.tabs = [...nav.querySelectorAll("a")];
    this.wide = matchMedia("(min-width: 901px)");
    nav.setAttribute("role", "tablist");
    this.wide.addEventListener("change", () => this.orient());
    this.orient();
    for (const tab of this.tabs) this.dress(tab);
    for (const group of nav.querySelectorAll(".group")) group.setAttribute("role", "presentation");
    addEventListener("hashchange", () => this.show(location.hash.slice(1)));
    this.show(location.hash.slice(1));
    // A browser goes to the place that the address names, at the latest when the
    // page is loaded; with tabs that place is the top.
    if (location.hash) {
      scrollTo(0, 0);
      addEventListener("load", () => setTimeout(() => scrollTo(0, 0)), { once: true });
    }
  }

  orient() {
    this.nav.setAttribute("aria-orientation", this.wide.matches ? "vertical" : "horizontal");
  }

  dress(tab) {
    const name = tab.hash.slice(1);
    const panel = document.getElementById(name);
    tab.id = `tab-${name}`;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", name);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    tab.addEventListener("click", (e) => {
      e.preventDefault();
      this.show(name);
    });
    tab.addEventListener("keydown", (e) => this.key(e));
  }

  /** Shows the tab of that name; the first where there is none. */
  show(name) {
    const chosen = this.tabs.find((t) => t.hash === `#${name}`) ?? this.tabs[0];
    for (const tab of this.tabs) {
      const on = tab === chosen;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      document.getElementById(tab.hash.slice(1)).hidden = !on;
    }
    if (!this.wide.matches) chosen.scrollIntoView({ block: "nearest", inline: "center" });
    this.name = chosen.hash.slice(1);
    if (name) history.replaceState(null, "", chosen.hash);
    this.shown(this.name);
  }

  key(event) {
    const at = this.tabs.indexOf(event.currentTarget);
    const last = this.tabs.length - 1;
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
    if (event.key === " ") this.show(event.currentTarget.hash.slice(1));
    if (to !== undefined) {
      const next = this.tabs[(to + this.tabs.length) % this.tabs.length];
      this.show(next.hash.slice(1));
      next.focus();
    }
    if (to !== undefined || event.key === " ") event.preventDefault();
  }
}
