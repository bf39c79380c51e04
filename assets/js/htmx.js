/** htmx, and what the page says when one of its requests fails. Its settings stand in `<meta name="htmx-config">`. */
import htmx from "htmx.org";

import { goToSignIn, text } from "./page.js";
import { showToast } from "./toasts.js";

/** Open menus and dialogs stay open when a fragment is morphed: only the person who opened one closes it. */
const KEEPS_OPEN = new Set(["DETAILS", "DIALOG"]);

export function startHtmx() {
  htmx.registerExtension("keep-open", {
    htmx_before_morph_attr: (/** @type {Element} */ element, /** @type {{attrName: string}} */ detail) =>
      !(detail.attrName === "open" && KEEPS_OPEN.has(element.tagName)),
  });

  // Before htmx follows the server's redirect, which does not know the page that we are on.
  document.addEventListener("htmx:after:request", (event) => {
    if (/** @type {CustomEvent} */ (event).detail.ctx.response?.status !== 401) return;
    event.preventDefault();
    goToSignIn("expired");
  });

  document.addEventListener("htmx:response:error", (event) => {
    const { status } = /** @type {CustomEvent} */ (event).detail.ctx.response;
    // A refused form or a lost race comes back as a fragment that says so itself.
    if (status === 409 || status === 422) return;
    showToast({ tone: "danger", title: text(`error${status}`) || text("errorOther") });
  });

  document.addEventListener("htmx:error", (event) => {
    const { ctx } = /** @type {CustomEvent} */ (event).detail;
    if (ctx && !ctx.response) showToast({ tone: "danger", title: text("errorNetwork") });
  });

  /** @type {Element | null} the last row before "Show more" */
  let last = null;
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = /** @type {CustomEvent} */ (event).detail;
    last = isAppended(ctx) ? ctx.target.lastElementChild : null;
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const { ctx } = /** @type {CustomEvent} */ (event).detail;
    if (!(ctx?.target instanceof HTMLElement)) return;
    if (isAppended(ctx)) {
      // From now on the list is renewed at its length (regions.js).
      ctx.target.dataset.jsExtended = "";
      // The button that was pressed is gone after the last page: the focus goes on to what it brought.
      if (document.activeElement === document.body) last?.nextElementSibling?.querySelector("a")?.focus();
    } else if (!ctx.renewed) {
      // Another search or order begins at its first page.
      for (const list of ctx.target.querySelectorAll("[data-js-extended]")) list.removeAttribute("data-js-extended");
    }
  });
}

/** @param {any} ctx */
function isAppended(ctx) {
  return ctx?.target instanceof HTMLElement && String(ctx.swap).startsWith("beforeend");
}

export { htmx };
