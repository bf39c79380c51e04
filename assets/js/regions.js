/**
 * Live regions: `<section id="…" data-live="repair:ID repairs" data-live-src="/address" data-live-block="block">`. When an
 * event concerns one of its topics, the region is fetched again and morphed: focus, scroll, open menus and typed text
 * stay.
 *
 * Without `data-live-src` the address is the page's own; `data-live-block` names the template block that the server renders
 * alone (X-Fragment). Regions of one address and block share one request. The answer may be the bare fragment or a whole
 * page: the element with the region's id is what counts.
 */
import { htmx } from "./htmx.js";
import { goToSignIn } from "./page.js";

/** A burst of events makes one request. */
const GATHER = 60;

/** @typedef {{address: string, block: string, wanted: Set<string>, busy: boolean, timer: number}} Source */

/** @type {Map<string, Source>} */
const sources = new Map();

/** @param {Set<string>} topics @param {() => void} [answered] called when the server was heard */
export function refresh(topics, answered) {
  for (const region of regions()) {
    if (topicsOfRegion(region).some((topic) => topics.has(topic))) ask(region, answered);
  }
}

/** @param {() => void} [answered] */
export function refreshAll(answered) {
  for (const region of regions()) ask(region, answered);
}

/** @returns {HTMLElement[]} */
function regions() {
  return [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-live][id]"))];
}

/** @param {HTMLElement} region */
function topicsOfRegion(region) {
  return (region.dataset.live ?? "").split(/\s+/).filter(Boolean);
}

/** @param {HTMLElement} region @param {() => void} [answered] */
function ask(region, answered) {
  const address = region.dataset.liveSrc || location.pathname + location.search;
  const block = region.dataset.liveBlock ?? "";
  const key = `${block} ${address}`;
  const source = sources.get(key) ?? { address, block, wanted: new Set(), busy: false, timer: 0 };
  sources.set(key, source);
  source.wanted.add(region.id);
  if (!source.busy && !source.timer) source.timer = window.setTimeout(() => load(source, answered), GATHER);
}

/** @param {Source} source @param {() => void} [answered] */
async function load(source, answered) {
  source.timer = 0;
  source.busy = true;
  const wanted = [...source.wanted];
  source.wanted.clear();
  try {
    const headers = { Accept: "text/html", "HX-Request": "true", ...(source.block && { "X-Fragment": source.block }) };
    const response = await fetch(source.address, { headers, credentials: "same-origin" });
    if (response.status === 401 || (response.redirected && response.url.includes("/sign-in"))) return goToSignIn("expired");
    if (!response.ok) return;
    answered?.();
    const html = await response.text();
    for (const id of wanted) await morph(id, html);
  } catch {
    // The connection says so itself; the next event, or the next connection, asks again.
  } finally {
    source.busy = false;
    // What was asked for meanwhile is newer than this answer: once more.
    if (source.wanted.size) load(source, answered);
  }
}

/** @param {string} id @param {string} html */
async function morph(id, html) {
  const region = document.getElementById(id);
  // Looked up in a document that runs nothing; an answer without the region (another page, an error) changes nothing.
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(id);
  if (!region || !fresh) return;
  const extended = [region, ...region.querySelectorAll("[data-js-extended][id]")].filter((list) => list.hasAttribute("data-js-extended"));
  for (const list of extended) {
    const renewed = list === region ? fresh : fresh.querySelector(`[id="${CSS.escape(list.id)}"]`);
    if (renewed) await mergeRows(list, renewed);
  }
  if (!extended.length) await put(region, fresh);
}

/** @param {Element} region @param {Element} fresh */
async function put(region, fresh) {
  const change = { text: fresh.outerHTML, sourceElement: region, target: region, swap: "outerMorph ignoreTitle:true" };
  await htmx.swap(/** @type {any} */ (change));
}

/**
 * A list that was lengthened by "Show more" holds more than the first page: its rows are renewed one by one, new ones
 * are put in, none is taken away.
 * @param {Element} list @param {Element} fresh
 */
async function mergeRows(list, fresh) {
  /** @type {Element | null} */
  let before = list.firstElementChild;
  for (const row of [...fresh.children]) {
    const known = row.id ? document.getElementById(row.id) : null;
    if (known && list.contains(known)) {
      await put(known, row);
      before = document.getElementById(row.id)?.nextElementSibling ?? null;
    } else {
      list.insertBefore(document.importNode(row, true), before);
    }
  }
}
