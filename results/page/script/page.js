// Makes the document a page that can be asked.

import { Controls, themeSwitch } from "./controls.js";
import { open, read } from "./data.js";
import { follow } from "./live.js";
import { Panel } from "./panel.js";
import { Tabs } from "./tabs.js";
import { View } from "./view.js";

async function start() {
  const source = document.getElementById("page-data");
  const bar = document.getElementById("page-controls");
  const tools = document.getElementById("page-tools");
  document.documentElement.classList.add("scripted");
  tools.append(themeSwitch());

  // Large data take a moment to unpack. Until then a tab shows what stands in the
  // page, and goes on doing so where the browser cannot unpack them.
  let shown = "";
  let update = () => {};
  new Tabs(document.getElementById("page-tabs"), (name) => {
    shown = name;
    update();
  });

  const view = new View(open(await read(source)));
  const panels = new Map([...document.querySelectorAll(".panel")].filter((s) => s.querySelector(".body")).map((s) => [s.id, new Panel(s, view)]));
  const controls = new Controls(bar, view);
  update = () => {
    controls.update();
    bar.hidden = controls.empty || !view.page.tabs.some((t) => t.name === shown);
    panels.get(shown)?.update();
  };
  update();
  view.watch(update);
  printable(panels);
  if (source.dataset.live) {
    tools.prepend(follow(source.dataset.live, (page) => {
      view.take(open(page));
      update();
    }));
  }
}

/** On paper every tab is there, drawn as wide as the paper. */
function printable(panels) {
  addEventListener("beforeprint", () => {
    for (const panel of panels.values()) {
      panel.update();
      panel.print(true);
    }
  });
  addEventListener("afterprint", () => {
    for (const panel of panels.values()) panel.print(false);
  });
}

await start();
