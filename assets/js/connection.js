/** `<p data-connection>`: says quietly how fresh the page is. Its words come with the page. */
import { announce, clock, text } from "./page.js";

/** @typedef {"connecting" | "live" | "reconnecting" | "polling" | "offline"} State */

/** @type {State} */
let state = "connecting";
let lastNews = Date.now();

/** The server was heard just now. */
export function heard() {
  lastNews = Date.now();
}

/** @param {State} next */
export function setState(next) {
  const before = state;
  state = next;
  render();
  if (before === next) return;
  if (next === "live" && before !== "connecting") announce(text("connectionLive"));
  if (next === "reconnecting" || next === "offline") announce(words());
}

/** Fragments that were swapped in show the same state. */
export function render() {
  for (const line of document.querySelectorAll("[data-connection]")) {
    /** @type {HTMLElement} */ (line).dataset.state = state;
    const label = line.querySelector("span");
    if (label && label.textContent !== words()) label.textContent = words();
  }
}

function words() {
  const time = clock(lastNews);
  return {
    connecting: text("connectionConnecting"),
    live: text("connectionLive"),
    reconnecting: text("connectionReconnecting", { time }),
    polling: text("connectionPolling", { seconds: 15, time }),
    offline: text("connectionOffline", { time }),
  }[state];
}
