/** `[data-zones]`: the zone that this device keeps is offered where another one is chosen. */

export function startZones() {
  document.querySelectorAll("[data-zones]").forEach((root) => {
    const select = /** @type {HTMLSelectElement} */ (root.querySelector("select"));
    const offer = /** @type {HTMLElement} */ (root.querySelector("[data-zone-offer]"));
    const label = offer.querySelector("button > span:last-child");
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!own) return;
    const option = [...select.options].find((one) => sameZone(one.value, own));
    const update = () => (offer.hidden = sameZone(select.value, own));
    if (label) label.textContent += `: ${option?.text ?? own}`;
    offer.querySelector("button")?.addEventListener("click", () => {
      if (!option) select.add(new Option(own, own));
      select.value = option?.value ?? own;
      select.dispatchEvent(new Event("input", { bubbles: true }));
      select.focus();
      update();
    });
    select.addEventListener("input", update);
    update();
  });
}

/**
 * Browsers and the list may know one zone by an older and a newer name.
 * @param {string} one @param {string} other
 */
function sameZone(one, other) {
  if (one === other) return true;
  try {
    const known = (/** @type {string} */ name) => new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
    return known(one) === known(other);
  } catch {
    return false;
  }
}
