"""What a page owes to everybody, measured in the browser: axe, reflow, targets, focus."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Page

AXE = Path(__file__).parents[2] / "assets" / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (390, 1280)
NARROWEST = 320
HEIGHT = 900
# More stops than any page has; the round ends where the focus leaves the page.
MOST_STOPS = 120
# The skip link, the shop's name, one thing to do.
FEWEST_STOPS = 3

# For a visitor's pages: nothing moves. A colour on its way to another is neither.
STILL = """
const still = new CSSStyleSheet();
still.replaceSync("*, ::before, ::after { transition: none !important; animation: none !important; }");
document.adoptedStyleSheets = [still];
"""
# The next Tab leads to the page's first stop.
TO_THE_TOP = """
() => {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  window.scrollTo(0, 0);
}
"""
RUN_AXE = """
async () => {
  const { violations } = await axe.run({ rules: { "target-size": { enabled: true } }, resultTypes: ["violations"] });
  const places = (nodes) => nodes.map(({ target }) => target.join(" ")).join(", ");
  return violations.map(({ id, help, nodes }) => `${id} (${help}): ${places(nodes)}`);
}
"""
# Elements that stick out to the right of a page that can be scrolled sideways.
SIDEWAYS = """
() => {
  const width = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= width) return [];
  return [...document.body.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > width + 1)
    .slice(0, 5).map((element) => element.outerHTML.slice(0, 120));
}
"""
# Targets below 24 px, but for links within a line of text (WCAG 2.5.8) and what is hidden from sight.
SMALL_TARGETS = """
() => {
  const small = (element) => {
    const { width, height } = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const isHidden = !element.checkVisibility({ visibilityProperty: true }) || width <= 1 || height <= 1;
    const isInText = element.matches("a") && style.display === "inline";
    const cover = getComputedStyle(element, "::after");
    return !isHidden && !isInText && cover.position !== "absolute" && Math.min(width, height) < 24;
  };
  return [...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary, [role=button]")]
    .filter((element) => small(element.closest("label") ?? element))
    .map((element) => `${element.outerHTML.slice(0, 120)} ${Math.round(element.getBoundingClientRect().height)} px`);
}
"""
# What the focus does to the look of the focused element and of what is around it; and what lies on it. A frame shows
# the focus within itself.
FOCUSED = """
() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const labels = [...(element.labels ?? [])];
  const look = () => {
    const seen = [element, ...labels];
    for (let around = element; around.parentElement && seen.length < 4 + labels.length; around = around.parentElement) {
      seen.push(around.parentElement);
    }
    return seen.flatMap((one) => [null, "::before", "::after"].map((pseudo) => {
      const { outline, boxShadow, backgroundColor, borderColor, textDecorationLine } = getComputedStyle(one, pseudo);
      return [outline, boxShadow, backgroundColor, borderColor, textDecorationLine].join();
    })).join("|");
  };
  const focused = look();
  const { x, y, width, height } = element.getBoundingClientRect();
  const hit = document.elementFromPoint(x + width / 2, y + height / 2);
  const isReachable = hit && (hit.contains(element) || [element, ...labels].some((one) => one.contains(hit)));
  element.blur();
  const blurred = look();
  element.focus({ focusVisible: true, preventScroll: true });
  return {
    name: element.outerHTML.slice(0, 120),
    isSeen: focused !== blurred || element.tagName === "IFRAME",
    isReachable: Boolean(isReachable),
    place: [...document.querySelectorAll("*")].indexOf(element),
  };
}
"""

PHONE, DESK = WIDTHS
is_installed = AXE.is_file()


async def violations(page: Page) -> list[str]:
    """Return what axe finds on a phone in light and at a desk in dark; each with where it was found.

    What depends on the width does not depend on the colours, so the other two pairs would find the same once more.
    """
    found = []
    schemes: dict[int, Literal["light", "dark"]] = {PHONE: "light", DESK: "dark"}
    for width, scheme in schemes.items():
        await page.set_viewport_size({"width": width, "height": HEIGHT})
        # All of it at once, so that the bar at a phone's foot lies on nothing.
        height = await page.evaluate("document.documentElement.scrollHeight")
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{width} px, {scheme}: {violation}" for violation in await page.evaluate(RUN_AXE)]
    return found


async def sideways(page: Page) -> list[str]:
    """Return what makes the page scroll sideways at 320 px, if anything."""
    await page.set_viewport_size({"width": NARROWEST, "height": HEIGHT})
    return [f"{NARROWEST} px: sticks out: {element}" for element in await page.evaluate(SIDEWAYS)]


async def small_targets(page: Page) -> list[str]:
    """Return what is too small for a thumb on a phone."""
    await page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
    return [f"{WIDTHS[0]} px: too small: {element}" for element in await page.evaluate(SMALL_TARGETS)]


async def lost_focus(page: Page, widths: Sequence[int]) -> list[str]:
    """Stops of a walk by Tab where the focus is not seen or something lies on it."""
    lost = []
    for width in widths:
        await page.set_viewport_size({"width": width, "height": HEIGHT})
        await page.evaluate(TO_THE_TOP)
        places: list[int] = []
        for _ in range(MOST_STOPS):
            await page.keyboard.press("Tab")
            stop: dict[str, Any] | None = await page.evaluate(FOCUSED)
            if stop is None or stop["place"] in places:
                break
            places.append(stop["place"])
            if not stop["isSeen"]:
                lost.append(f"{width} px: focus not seen: {stop['name']}")
            if not stop["isReachable"]:
                lost.append(f"{width} px: focus hidden: {stop['name']}")
        if len(places) < FEWEST_STOPS:
            lost.append(f"{width} px: the walk ends after {len(places)} stops")
    return lost
