/** `<button data-print hidden>` prints the page; without a script the browser's own menu does. */
export function startPrint() {
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("button[data-print]"))) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
