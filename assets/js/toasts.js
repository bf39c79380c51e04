/**
 * Short news at the edge of the page, at most three, built from `<template id="toast-template">`. A toast waits while
 * the pointer or the focus is on it. Whoever listens hears it through #live-status.
 */
import { announce, ownPath } from "./page.js";

const MOST = 3;
const STAYS = 8000;

/** @typedef {{title: string, message?: string, url?: string | null, tone?: "info"|"success"|"warning"|"danger", stays?: number}} Toast */

export function startToasts() {
  document.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest("[data-toast-close]");
    const toast = button?.closest(".toast");
    if (toast) dismiss(toast);
  });
}

/** @param {Toast} toast */
export function showToast({ title, message = "", url = null, tone = "info", stays = STAYS }) {
  const place = document.getElementById("toasts");
  const template = document.getElementById("toast-template");
  if (!place || !(template instanceof HTMLTemplateElement) || !title) return;

  const element = /** @type {Element | null} */ (template.content.querySelector(`.tone-${tone}`))?.cloneNode(true);
  if (!(element instanceof HTMLElement)) return;
  const words = /** @type {HTMLElement} */ (element.querySelector("[data-toast-message]"));
  const link = /** @type {HTMLAnchorElement} */ (element.querySelector("[data-toast-link]"));
  /** @type {HTMLElement} */ (element.querySelector("[data-toast-title]")).textContent = title;
  words.textContent = message;
  words.hidden = !message;
  const path = ownPath(url);
  link.hidden = !path;
  if (path) link.href = path;

  place.append(element);
  announce(message ? `${title}. ${message}` : title);
  while (place.children.length > MOST) place.firstElementChild?.remove();
  leaveAfter(element, stays);
}

/** @param {HTMLElement} element @param {number} stays milliseconds; 0 = until closed */
function leaveAfter(element, stays) {
  if (!stays) return;
  let timer = setTimeout(() => dismiss(element), stays);
  const pause = () => clearTimeout(timer);
  const resume = () => {
    clearTimeout(timer);
    if (!element.matches(":hover, :focus-within")) timer = setTimeout(() => dismiss(element), stays / 2);
  };
  element.addEventListener("pointerenter", pause);
  element.addEventListener("focusin", pause);
  element.addEventListener("pointerleave", resume);
  element.addEventListener("focusout", () => setTimeout(resume));
}

/** @param {Element} element */
function dismiss(element) {
  if (element.contains(document.activeElement)) document.getElementById("main")?.focus();
  element.setAttribute("data-leaving", "");
  setTimeout(() => element.remove(), 180);
}
