/** Light, dark or the system's: at once on this page, and kept by the server through the same form that works alone. */

/** The bar of a phone's browser follows the page: snow or night. */
const BARS = { light: "#f8fafb", dark: "#0d1217" };

export function startTheme() {
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (!form.matches("[data-theme-form]")) return;
    const choice = /** @type {HTMLButtonElement | null} */ (/** @type {SubmitEvent} */ (event).submitter)?.value;
    if (!choice) return;

    event.preventDefault();
    event.stopImmediatePropagation();
    show(choice);
    const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
    body.set("theme", choice);
    fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
  }, { capture: true });
}

/** @param {string} choice */
function show(choice) {
  document.documentElement.dataset.theme = choice;
  for (const button of document.querySelectorAll('[data-theme-form] [name="theme"]')) {
    button.setAttribute("aria-pressed", String(/** @type {HTMLButtonElement} */ (button).value === choice));
  }
  for (const bar of document.querySelectorAll('meta[name="theme-color"]')) {
    const own = bar.getAttribute("media")?.includes("dark") ? "dark" : "light";
    bar.setAttribute("content", BARS[choice === "light" || choice === "dark" ? choice : own]);
  }
}
