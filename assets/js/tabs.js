/** A line of views or filters that is wider than the screen begins with the current one in its middle. */
export function startTabs() {
  for (const current of document.querySelectorAll(":is(.tabs-line, .segments) > [aria-current]")) {
    const line = current.parentElement;
    if (!(line && current instanceof HTMLElement)) continue;
    line.scrollLeft = current.offsetLeft - line.offsetLeft - (line.clientWidth - current.offsetWidth) / 2;
  }
}
