// A page that follows a run: new data come as server-sent events, each the whole
// of them. The browser connects again by itself when the connection is lost.

import { el } from "./dom.js";

/**
 * @param {string} url of the events
 * @param {(page: any) => void} taken called with each new page's data
 * @returns {HTMLElement} what tells the state of the connection
 */
export function follow(url, taken) {
  const state = el("span", { class: "state", role: "status" }, "connecting");
  const say = (name, text) => {
    state.className = `state ${name}`;
    state.textContent = text;
  };
  const events = new EventSource(url);
  events.addEventListener("open", () => say("live", "live"));
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) say("lost", "ended");
    else say("lost", "connection lost, trying again");
  });
  events.addEventListener("message", (e) => {
    say("live", "live");
    taken(JSON.parse(e.data));
  });
  return state;
}
