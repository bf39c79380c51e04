/**
 * Passkeys: `<form data-passkey="get|create">` asks the browser for one when it is sent, puts the answer into its field
 * `credential`, and only then goes to the server. What to ask stands in `data-options` or comes from `data-options-src`.
 * A form that waits for this is `hidden` until the browser is known to be able to.
 */

/** Whether this browser makes and reads passkeys as JSON (WebAuthn level 3). */
function isAble() {
  return (
    window.isSecureContext &&
    typeof PublicKeyCredential !== "undefined" &&
    typeof PublicKeyCredential.parseCreationOptionsFromJSON === "function" &&
    typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function"
  );
}

export function startPasskeys() {
  const able = isAble();
  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-passkey]"))) {
    if (able) form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (able) void ask(form);
      else tell(form, true);
    });
  }
}

/** @param {HTMLFormElement} form */
async function ask(form) {
  tell(form, false);
  try {
    const options = await optionsOf(form);
    const credential =
      form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("credential"));
    field.value = JSON.stringify(/** @type {PublicKeyCredential} */ (credential).toJSON());
  } catch {
    // Cancelled, run out, or nothing there: the person knows which; we only say how to go on.
    tell(form, true);
    return;
  }
  form.submit();
}

/** @param {HTMLFormElement} form @returns {Promise<any>} */
async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(/** @type {string} */ (form.dataset.optionsSrc), { method: "POST" });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).publicKey;
}

/** @param {HTMLFormElement} form @param {boolean} isWrong */
function tell(form, isWrong) {
  const problem = /** @type {HTMLElement | null} */ (form.querySelector("[data-passkey-problem]"));
  if (problem) problem.hidden = !isWrong;
}
