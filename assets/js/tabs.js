const LINES = ":is(.tabs-line, nav.segments)";

/**
 * A line of views or filters that is wider than the screen begins with the current one in its middle, and shows the
 * whole of what the keyboard reaches: a browser leaves alone what it sees a part of.
 */
export function startTabs() {
  for (const current of document.querySelectorAll(`${LINES} > [aria-current]`)) {
    const line = current.parentElement;
    if (!(line && current instanceof HTMLElement)) continue;
    line.scrollLeft = current.offsetLeft - line.offsetLeft - (line.clientWidth - current.offsetWidth) / 2;
  }
  document.addEventListener("focusin", ({ target }) => {
    if (target instanceof Element && target.matches(`${LINES} > *`)) target.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}
