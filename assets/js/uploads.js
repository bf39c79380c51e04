/**
 * `<form data-upload>` sends its files with a bar that counts the bytes; without us the same form is sent as it is.
 * The form holds `<progress data-upload-bar hidden>` and `<output data-upload-text>`.
 */
import { announce, text } from "./page.js";
import { showToast } from "./toasts.js";

export function startUploads() {
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (!form.matches("[data-upload]") || event.defaultPrevented) return;
    event.preventDefault();
    send(form, /** @type {SubmitEvent} */ (event).submitter);
  });
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} submitter */
function send(form, submitter) {
  const bar = form.querySelector(/** @type {"progress"} */ ("progress[data-upload-bar]"));
  const words = form.querySelector("[data-upload-text]");
  const request = new XMLHttpRequest();

  request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
    if (!lengthComputable) return;
    const percent = Math.round((loaded / total) * 100);
    if (bar) Object.assign(bar, { hidden: false, max: total, value: loaded });
    if (words) words.textContent = text(percent < 100 ? "uploading" : "uploadDone", { percent });
  });
  request.addEventListener("load", () => {
    if (request.status < 400) return location.assign(request.responseURL || location.href);
    fail(form, bar, words, reason(request.responseText) || text(`error${request.status}`));
  });
  request.addEventListener("error", () => fail(form, bar, words, text("errorNetwork")));

  request.open(form.method, form.action);
  request.setRequestHeader("Accept", "text/html");
  request.send(new FormData(form, submitter));
  announce(text("uploading", { percent: 0 }));
}

/** What the page that came back says beside the field. @param {string} page */
function reason(page) {
  return new DOMParser().parseFromString(page, "text/html").querySelector(".error span")?.textContent ?? "";
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLProgressElement | null} bar
 * @param {Element | null} words
 * @param {string} why
 */
function fail(form, bar, words, why) {
  if (bar) bar.hidden = true;
  if (words) words.textContent = "";
  delete form.dataset.jsSent;
  form.querySelectorAll('[aria-busy="true"]').forEach((button) => button.removeAttribute("aria-busy"));
  showToast({ tone: "danger", title: why || text("errorOther") });
}
