// The decoded digit beside the map, and a slider for each number of its code.

import type { Session } from "../session";
import type { Cursor } from "./cursor";
import { digitCanvas, el, newId, panel } from "./dom";

const STEPS = 200;

export class Decoded {
  readonly element: HTMLElement;
  private readonly picture;
  private readonly note = el("p", { className: "aep-note" });
  private readonly list = el("div", { className: "aep-sliders" });
  private sliders: { input: HTMLInputElement; value: HTMLOutputElement }[] = [];
  private ranges: [number, number][] = [];

  constructor(private readonly session: Session, private readonly cursor: Cursor) {
    const side = Math.round(Math.sqrt(session.digits.pixels));
    this.picture = digitCanvas(side, "The decoded digit y = g(h)");
    this.picture.canvas.classList.add("aep-large");
    this.element = panel("The code h, decoded: y = g(h)", "aep-decoded", this.picture.canvas, this.note, this.list);
    cursor.listen(() => this.show());
  }

  draw(): void {
    const { view, explorer } = this.session;
    if (!view || !explorer) return;
    if (this.sliders.length !== explorer.code) this.lay(explorer.code);
    const [k, n] = [explorer.code, view.places.length];
    this.ranges = this.sliders.map((_, j) => {
      const values = Float32Array.from({ length: n }, (_, i) => view.codes[i * k + j]).sort();
      const [low, high] = [values[Math.floor(0.01 * (n - 1))], values[Math.ceil(0.99 * (n - 1))]];
      const spare = Math.max(0.2 * (high - low), 0.01);
      return [low - spare, high + spare];
    });
    this.show();
  }

  private lay(code: number): void {
    this.sliders = [];
    this.list.replaceChildren();
    for (let j = 0; j < code; j++) {
      const id = newId();
      const value = el("output", { for: id });
      const input = el("input", { id, type: "range", min: "0", max: String(STEPS), step: "1" });
      input.oninput = () => {
        const h = Float32Array.from(this.cursor.h);
        const [low, high] = this.ranges[j];
        h[j] = low + ((high - low) * Number(input.value)) / STEPS;
        this.cursor.move(h);
      };
      // A notebook must not take the arrow keys.
      input.onkeydown = (event) => event.stopPropagation();
      this.sliders.push({ input, value });
      this.list.append(el("div", {}, el("label", { for: id }, `h${subscript(j + 1)}`), input, value));
    }
  }

  private show(): void {
    const { y, h, waiting, origin } = this.cursor;
    if (y && y.length === this.session.digits.pixels) this.picture.draw(y);
    this.note.textContent = waiting
      ? "The kernel is busy: the answer comes when its cell has run."
      : origin === "hand"
        ? "Move the circle in the map, or the numbers below."
        : origin === "digit"
          ? "The code of the digit you chose."
          : "The code of your drawing.";
    this.sliders.forEach(({ input, value }, j) => {
      if (j >= h.length || !this.ranges[j]) return;
      const [low, high] = this.ranges[j];
      input.value = String(Math.round((STEPS * (h[j] - low)) / (high - low)));
      value.textContent = h[j].toFixed(2);
      input.setAttribute("aria-valuetext", h[j].toFixed(2));
    });
  }
}

const subscript = (n: number): string => String(n).replace(/\d/g, (d) => "₀₁₂₃₄₅₆₇₈₉"[Number(d)]);
