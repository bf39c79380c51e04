/**
 * Dialogs open by `<button command="show-modal" commandfor="id">`, which new browsers do alone; here the others learn
 * it. A click on the veil closes a dialog; the browser gives the focus back.
 */

export function startDialogs() {
  const known = "commandForElement" in HTMLButtonElement.prototype;

  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (target instanceof HTMLDialogElement && target.matches(".modal") && outside(target, event)) target.close();
    if (known) return;

    const button = target.closest("button[commandfor]");
    const dialog = button && document.getElementById(button.getAttribute("commandfor") ?? "");
    if (!(dialog instanceof HTMLDialogElement)) return;
    if (button?.getAttribute("command") === "show-modal") dialog.showModal();
    else dialog.close();
  });
}

/** @param {HTMLDialogElement} dialog @param {MouseEvent} event */
function outside(dialog, event) {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}
