/** Menus are `<details class="menu">`: they open without us; here Escape and a click elsewhere close them. */

export function startMenus() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      const hadFocus = menu.contains(document.activeElement);
      menu.open = false;
      if (hadFocus) menu.querySelector("summary")?.focus();
    }
  });

  // What lies under an open menu of the frame is out of reach meanwhile, as under any menu of the system.
  document.addEventListener("toggle", () => {
    const main = document.getElementById("main");
    if (main) setInert(main, openMenus().some((menu) => !main.contains(menu)));
  }, { capture: true });

  document.addEventListener("pointerdown", (event) => {
    for (const menu of openMenus()) if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  });

  document.addEventListener("focusin", (event) => {
    for (const menu of openMenus()) if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  });
}

/** All of the page but its heading, which says where one is. @param {Element} part @param {boolean} inert */
function setInert(part, inert) {
  for (const child of part.children) {
    if (child.querySelector("h1")) setInert(child, inert);
    else if (child.tagName !== "H1") child.toggleAttribute("inert", inert);
  }
}

/** @returns {HTMLDetailsElement[]} */
function openMenus() {
  return [...document.querySelectorAll(/** @type {"details"} */ ("details.menu[open]"))];
}
