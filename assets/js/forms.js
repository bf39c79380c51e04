/**
 * A form is sent once, however often its button is pressed, and what was typed into `<form data-draft="name">` outlives
 * a reload, a lost connection and the end of a session. Secrets and files are never kept.
 */

import { text } from "./page.js";

const SECRET = /^(current-password|new-password|one-time-code|cc-)/;

export function startForms() {
  // The first listener of all, so that a second press reaches neither the browser nor htmx.
  window.addEventListener("submit", onSubmit, { capture: true });
  window.addEventListener("pageshow", (event) => event.persisted && document.querySelectorAll("form").forEach(release));
  document.addEventListener("htmx:finally:request", (event) => {
    const form = /** @type {Element} */ (event.target).closest?.("form");
    if (form) release(form);
  });

  leaveChecksToTheServer(document);
  document.addEventListener("htmx:after:process", (event) => leaveChecksToTheServer(/** @type {Element} */ (event.target)));
  focusOnSummary();
  document.addEventListener("htmx:after:swap", (event) => {
    const { ctx } = /** @type {CustomEvent} */ (event).detail;
    if (!ctx?.request?.form) return;
    const { status } = ctx.response ?? {};
    markTitle(status >= 400);
    if (status >= 400) focusOnSummary();
  });

  forgetOthersDrafts();
  const returned = takeReturn();
  document.querySelectorAll(/** @type {"form"} */ ("form[data-draft]")).forEach((form) => restore(form, returned));
  document.addEventListener("htmx:after:process", (event) => {
    const root = /** @type {Element} */ (event.target);
    root.querySelectorAll?.(/** @type {"form"} */ ("form[data-draft]")).forEach((form) => restore(form, returned));
  });
  document.addEventListener("input", (event) => {
    const form = /** @type {HTMLInputElement} */ (event.target).form;
    if (form?.dataset.draft) keep(form);
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const { ctx } = /** @type {CustomEvent} */ (event).detail;
    const form = ctx?.request?.form;
    if (form?.dataset.draft && ctx.response?.status < 400) sessionStorage.removeItem(keyOf(form));
  });
}

/**
 * The browser names one wrong field at a time, in its own language; the server names all of them in the page's.
 * @param {Document | Element} root
 */
function leaveChecksToTheServer(root) {
  root.querySelectorAll?.(/** @type {"form"} */ ("form.form[method=post]")).forEach((form) => (form.noValidate = true));
}

/** @param {SubmitEvent} event */
function onSubmit(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  // Half a date is sent as an empty field: only the browser knows that something was typed.
  const unread = [...form.elements].find((field) => /** @type {HTMLInputElement} */ (field).validity?.badInput);
  if (unread) {
    event.preventDefault();
    event.stopImmediatePropagation();
    /** @type {HTMLInputElement} */ (unread).reportValidity();
    return;
  }
  if (form.method === "dialog" || form.matches("[data-theme-form]")) return;
  if (form.dataset.jsSent !== undefined) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.jsSent = "";
  const button = event.submitter;
  // Not `disabled`: a disabled button leaves its name out of what is sent, and loses the focus.
  button?.setAttribute("aria-busy", "true");
  if (form.dataset.draft) {
    keep(form);
    markSent(form);
  }
  // Somebody refused (validation, a confirmation): then the form is free again.
  setTimeout(() => {
    const byHtmx = form.matches("[data-hx-post], [data-hx-put], [data-hx-patch], [data-hx-delete], [data-hx-get], [data-upload]");
    if (event.defaultPrevented && !byHtmx) release(form);
  });
}

/** What came back refused is read first, and leads on to its fields. */
function focusOnSummary() {
  /** @type {HTMLElement | null} */ (document.querySelector("[data-summary]"))?.focus();
}

/** The title says that a form came back, as it does on a page that was loaded whole. @param {boolean} failed */
function markTitle(failed) {
  const mark = text("titleError");
  const plain = document.title.startsWith(mark) ? document.title.slice(mark.length).trimStart() : document.title;
  document.title = failed ? `${mark} ${plain}` : plain;
}

/** @param {HTMLFormElement} form */
function release(form) {
  delete form.dataset.jsSent;
  form.querySelectorAll('[aria-busy="true"]').forEach((button) => button.removeAttribute("aria-busy"));
}

/** @param {HTMLFormElement} form */
function keyOf(form) {
  return `draft:${document.body.dataset.viewer ?? ""}:${form.dataset.draft}`;
}

/** @param {HTMLFormElement} form @returns {(HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement)[]} */
function keepable(form) {
  return /** @type {any[]} */ ([...form.elements]).filter(
    (field) =>
      field.name &&
      field.matches("input, textarea, select") &&
      !["password", "hidden", "file", "submit", "button"].includes(field.type) &&
      !SECRET.test(field.autocomplete) &&
      field.dataset.noDraft === undefined,
  );
}

/** @param {HTMLFormElement} form */
function keep(form) {
  const values = keepable(form).map((field) =>
    field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type)
      ? [field.name, field.value, field.checked]
      : [field.name, field.value],
  );
  sessionStorage.setItem(keyOf(form), JSON.stringify({ values }));
}

/** @param {HTMLFormElement} form */
function markSent(form) {
  const stored = JSON.parse(sessionStorage.getItem(keyOf(form)) ?? "{}");
  sessionStorage.setItem(keyOf(form), JSON.stringify({ ...stored, sentFrom: location.pathname }));
}

/**
 * Puts a draft back. A draft that was sent is only put back when the form came back refused; otherwise it has arrived.
 * @param {HTMLFormElement} form
 * @param {boolean} returned whether somebody had to sign in on the way: then nothing of it has arrived
 */
function restore(form, returned) {
  if (form.dataset.jsRestored !== undefined) return;
  form.dataset.jsRestored = "";
  const stored = sessionStorage.getItem(keyOf(form));
  if (!stored) return;
  const { values, sentFrom } = JSON.parse(stored);
  const refused = form.querySelector('[aria-invalid="true"]') !== null || document.body.dataset.refused !== undefined;
  if (sentFrom && !refused && !returned) {
    sessionStorage.removeItem(keyOf(form));
    return;
  }
  for (const [name, value, checked] of values) {
    for (const field of keepable(form).filter((candidate) => candidate.name === name)) {
      if (field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type)) {
        if (field.value === value) field.checked = checked;
      } else if (!field.value || field.value === /** @type {HTMLInputElement} */ (field).defaultValue) {
        field.value = value;
      }
    }
  }
}

/** Whether this is the page after signing in again; asked once, by the first page that somebody is signed in on. */
function takeReturn() {
  if (!document.body.dataset.viewer) return false;
  const returned = sessionStorage.getItem("draft-return") !== null;
  sessionStorage.removeItem("draft-return");
  return returned;
}

/** Drafts belong to one person: another one who signs in here does not get them. The sign-in page keeps them. */
function forgetOthersDrafts() {
  const viewer = document.body.dataset.viewer;
  if (!viewer) {
    // The session ended on the way: what was sent did not arrive, so it comes back after signing in.
    if (new URLSearchParams(location.search).has("next")) sessionStorage.setItem("draft-return", "1");
    return;
  }
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith("draft:") && !key.startsWith(`draft:${viewer}:`)) sessionStorage.removeItem(key);
  }
}
