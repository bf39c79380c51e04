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
    for (const id of wanted) await morph(id, html, headers);
  } catch {
    // The connection says so itself; the next event, or the next connection, asks again.
  } finally {
    source.busy = false;
    // What was asked for meanwhile is newer than this answer: once more.
    if (source.wanted.size) load(source, answered);
  }
}

/** @param {string} id @param {string} html @param {Record<string, string>} headers of the request for it */
async function morph(id, html, headers) {
  const region = document.getElementById(id);
  // Looked up in a document that runs nothing; an answer without the region (another page, an error) changes nothing.
  const fresh = parse(html).getElementById(id);
  if (!region || !fresh) return;
  for (const list of region.querySelectorAll("[data-js-extended][id]")) await lengthen(fresh, list, headers);
  const change = { text: fresh.outerHTML, sourceElement: region, target: region, swap: "outerMorph ignoreTitle:true", renewed: true };
  await htmx.swap(/** @type {any} */ (change));
}

/**
 * A list that "Show more" has lengthened stays as long as it is: the fresh one takes in page after page as it was opened.
 * @param {Element} fresh the region with the first page of the list
 * @param {Element} list as it stands in the document
 * @param {Record<string, string>} headers
 */
async function lengthen(fresh, list, headers) {
  const renewed = part(fresh, list.id);
  while (renewed && renewed.children.length < list.children.length) {
    const more = part(fresh, `${list.id}-more`);
    const address = more?.querySelector("a[rel=next]")?.getAttribute("href");
    if (!more || !address) return;
    const response = await fetch(address, { headers, credentials: "same-origin" });
    if (!response.ok) throw new Error(String(response.status));
    const next = parse(await response.text());
    renewed.append(...(next.getElementById(list.id)?.children ?? []));
    more.replaceWith(next.getElementById(more.id) ?? "");
  }
}

/** @param {Element} root @param {string} id */
function part(root, id) {
  return root.querySelector(`[id="${CSS.escape(id)}"]`);
}

/** @param {string} html */
function parse(html) {
  return new DOMParser().parseFromString(html, "text/html");
}
