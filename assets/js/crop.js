/**
 * `<form data-crop>`: the chosen picture is shown, and the square of it that will be kept can be moved and enlarged: by
 * dragging, pinching and the wheel, or by three sliders, which are the fields that are sent. Without us they stand at the
 * middle of the picture, and that is what the server then takes.
 */

/** @typedef {{x: HTMLInputElement, y: HTMLInputElement, zoom: HTMLInputElement}} Sliders */

export function startCrop() {
  document.querySelectorAll(/** @type {"form"} */ ("form[data-crop]")).forEach((form) => new Crop(form));
}

class Crop {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.box = /** @type {HTMLElement} */ (form.querySelector("[data-crop-box]"));
    this.note = /** @type {HTMLElement} */ (form.querySelector("[data-crop-note]"));
    this.file = /** @type {HTMLInputElement} */ (form.querySelector('input[type="file"]'));
    this.canvas = /** @type {HTMLCanvasElement} */ (form.querySelector("canvas"));
    const slider = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.querySelector(`input[type="range"][name="${name}"]`));
    /** @type {Sliders} */
    this.sliders = { x: slider("x"), y: slider("y"), zoom: slider("zoom") };
    /** @type {ImageBitmap | null} */
    this.picture = null;
    /** @type {Map<number, {x: number, y: number}>} where each finger is */
    this.fingers = new Map();

    this.file.addEventListener("change", () => this.choose());
    this.box.addEventListener("input", () => this.draw());
    this.canvas.addEventListener("pointerdown", (event) => this.press(event));
    this.canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) {
      this.canvas.addEventListener(end, (event) => this.fingers.delete(/** @type {PointerEvent} */ (event).pointerId));
    }
    this.canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.enlarge(Math.exp(-event.deltaY / 400));
    }, { passive: false });
  }

  async choose() {
    const file = this.file.files?.[0];
    const { largest, tooLarge } = this.file.dataset;
    this.file.setCustomValidity(file && file.size > Number(largest) ? (tooLarge ?? "") : "");
    this.file.reportValidity();
    this.picture?.close();
    this.picture = null;
    for (const [name, slider] of Object.entries(this.sliders)) {
      slider.disabled = false;
      slider.value = name === "zoom" ? "1" : "0.5";
    }
    if (file && this.file.checkValidity()) {
      // Telephones' HEIC is read by few browsers; the server reads it all the same.
      this.picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
    }
    this.box.hidden = this.picture === null;
    this.note.hidden = this.picture !== null || !file;
    this.draw();
  }

  /** The square in pixels of the picture; its middle stays where the square still lies inside. */
  square() {
    const { width, height } = /** @type {ImageBitmap} */ (this.picture);
    const edge = Math.min(width, height) / Number(this.sliders.zoom.value);
    return { edge, width, height };
  }

  draw() {
    if (!this.picture) return;
    const { edge, width, height } = this.square();
    this.limit(this.sliders.x, edge / width);
    this.limit(this.sliders.y, edge / height);
    const left = Number(this.sliders.x.value) * width - edge / 2;
    const top = Number(this.sliders.y.value) * height - edge / 2;
    const side = this.canvas.width;
    const paper = this.canvas.getContext("2d");
    if (!paper) return;
    paper.imageSmoothingQuality = "high";
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, side, side);
    paper.drawImage(this.picture, left, top, edge, edge, 0, 0, side, side);
    // What lies outside of the circle is cut off wherever the picture is shown.
    paper.fillStyle = "rgb(0 0 0 / 0.45)";
    paper.beginPath();
    paper.rect(0, 0, side, side);
    paper.arc(side / 2, side / 2, side / 2, 0, 2 * Math.PI, true);
    paper.fill();
  }

  /** @param {HTMLInputElement} slider @param {number} share of the picture that the square takes in this direction */
  limit(slider, share) {
    const { value } = slider;
    // Four digits: a browser that rounds a longer limit finds the value outside of it, and does not send the form.
    const least = Math.ceil(share * 5000) / 10000;
    slider.min = least.toFixed(4);
    slider.max = (1 - least).toFixed(4);
    slider.value = value;
    // A slider that cannot be moved would only be one more stop for the keyboard.
    slider.disabled = share > 0.999;
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (!this.picture) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  /** @param {PointerEvent} event */
  move(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before || !this.picture) return;
    const spread = this.spread();
    this.fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.fingers.size > 1) return this.enlarge(this.spread() / (spread || 1));
    const { edge, width, height } = this.square();
    const pixels = edge / this.canvas.getBoundingClientRect().width;
    this.sliders.x.value = String(Number(this.sliders.x.value) - ((event.clientX - before.x) * pixels) / width);
    this.sliders.y.value = String(Number(this.sliders.y.value) - ((event.clientY - before.y) * pixels) / height);
    this.draw();
  }

  /** How far two fingers are apart. */
  spread() {
    const [one, other] = [...this.fingers.values()];
    return one && other ? Math.hypot(one.x - other.x, one.y - other.y) : 0;
  }

  /** @param {number} factor */
  enlarge(factor) {
    this.sliders.zoom.value = String(Number(this.sliders.zoom.value) * factor);
    this.draw();
  }
}
