/**
 * Proof of work: `<form data-proof="/api/customer/auth/challenge">` asks for a challenge for the address in its field
 * `email` when it is sent, looks for the number that solves it, puts the answer into `proof_of_work`, and only then goes
 * to the server. The search has an end, so the bar shows how far it is. docs/api.md describes the same for programs.
 */

/** So many hashes are under way at once: enough to keep the browser's threads busy, few enough for a smooth page. */
const BATCH = 512;

/** @typedef {{ token: string, target: string, most: number }} Challenge */

export function startProofs() {
  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-proof]"))) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void prove(form);
    });
  }
}

/** @param {HTMLFormElement} form */
async function prove(form) {
  if (form.dataset.jsProving !== undefined) return;
  form.dataset.jsProving = "";
  const text = /** @type {HTMLElement} */ (form.querySelector("[data-proof-text]"));
  const bar = /** @type {HTMLProgressElement} */ (form.querySelector("[data-proof-bar]"));
  const button = form.querySelector('button[type="submit"]');
  text.textContent = text.dataset.working ?? "";
  bar.hidden = false;
  // Once forms.js has released a form whose sending was prevented.
  setTimeout(() => form.dataset.jsProving !== undefined && button?.setAttribute("aria-busy", "true"));
  try {
    const challenge = await challengeFor(form);
    const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("proof_of_work"));
    field.value = await solve(challenge, (done) => (bar.value = 100 * done));
  } catch {
    text.textContent = text.dataset.failed ?? "";
    bar.hidden = true;
    button?.removeAttribute("aria-busy");
    return;
  } finally {
    delete form.dataset.jsProving;
  }
  form.submit();
}

/** @param {HTMLFormElement} form @returns {Promise<Challenge>} */
async function challengeFor(form) {
  const email = /** @type {HTMLInputElement} */ (form.elements.namedItem("email")).value;
  const answer = await fetch(/** @type {string} */ (form.dataset.proof), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email: email.trim() }),
  });
  if (answer.ok) return (await answer.json()).challenge;
  // The server says better what is wrong with the address.
  if (answer.status === 422) return { token: "", target: "", most: 0 };
  throw new Error(String(answer.status));
}

/**
 * @param {Challenge} challenge
 * @param {(done: number) => void} onProgress told which part of the numbers was tried, from 0 to 1
 * @returns {Promise<string>} the answer, "" where there is nothing to solve
 */
export async function solve({ token, target, most }, onProgress = () => {}) {
  const encoder = new TextEncoder();
  const start32 = Number.parseInt(target.slice(0, 8), 16);
  for (let start = 0; start < most; start += BATCH) {
    const count = Math.min(BATCH, most - start);
    const hashes = await Promise.all(
      Array.from({ length: count }, (_, index) =>
        crypto.subtle.digest("SHA-256", encoder.encode(`${token}.${start + index}`)),
      ),
    );
    // Writing every hash as text would take longer than making it.
    const found = hashes.findIndex((hash) => new DataView(hash).getUint32(0) === start32 && hex(hash) === target);
    if (found >= 0) return `${token}.${start + found}`;
    onProgress((start + count) / most);
  }
  if (most) throw new Error("no number solves the challenge");
  return "";
}

/** @param {ArrayBuffer} hash */
function hex(hash) {
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
