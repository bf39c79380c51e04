/** What the server says about the page: its words, who looks at it, where to sign in. */

/** @param {string} name @returns {string} the content of `<meta name=…>`, or "" */
export function meta(name) {
  return document.querySelector(`meta[name="${name}"]`)?.getAttribute("content") ?? "";
}

/** @type {Record<string, string> | null} */
let words = null;

/**
 * A text of the page's language, from `<meta name="messages">`.
 * @param {string} key
 * @param {Record<string, string | number>} [values] put in place of `{name}`
 */
export function text(key, values = {}) {
  words ??= JSON.parse(meta("messages") || "{}");
  return fill(words?.[key] ?? "", values);
}

/** @param {string} pattern @param {Record<string, string | number>} values */
export function fill(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** @type {string[]} what is to be said with the next frame */
const unsaid = [];

/** Says something to whoever listens to the page, without moving the focus. @param {string} message */
export function announce(message) {
  const region = document.getElementById("live-status");
  if (!region || !message) return;
  unsaid.push(message);
  if (unsaid.length > 1) return;
  // The same words twice are read twice only when the region was empty in between.
  region.textContent = "";
  requestAnimationFrame(() => (region.textContent = unsaid.splice(0).join(" · ")));
}

/** Leaves for the sign-in page and comes back here afterwards. @param {string} [reason] */
export function goToSignIn(reason) {
  const target = meta("sign-in");
  // A form that was sent, as the one that signs out, leads on by itself; leaving now would break its answer off.
  if (!target || document.querySelector("form[data-js-sent]")) return;
  const query = new URLSearchParams({ next: location.pathname + location.search });
  if (reason) query.set("reason", reason);
  location.assign(`${target}?${query}`);
}

/** @param {string | number | Date} moment @returns {string} the time of day as the viewer writes it */
export function clock(moment) {
  const { lang, dataset } = document.documentElement;
  const options = { hour: "numeric", minute: "2-digit", ...(dataset.timezone && { timeZone: dataset.timezone }) };
  return new Intl.DateTimeFormat(lang || undefined, /** @type {Intl.DateTimeFormatOptions} */ (options)).format(new Date(moment));
}

/** Only addresses of this site may become links. @param {unknown} address @returns {string | null} path and query */
export function ownPath(address) {
  if (typeof address !== "string" || !address) return null;
  try {
    const url = new URL(address, location.href);
    return url.origin === location.origin ? url.pathname + url.search + url.hash : null;
  } catch {
    return null;
  }
}
