// The code in the middle of the network: a slider for each of its numbers.

import type { Session } from "../session";
import type { Cursor } from "./cursor";
import { el, newId } from "./dom";

const STEPS = 200;

export class Code {
  readonly list = el("div", { className: "aep-sliders" });
  readonly element: HTMLElement;
  private readonly head = el("h3");
  private readonly note = el("p", { className: "aep-note", role: "status" });
  private sliders: { input: HTMLInputElement; value: HTMLOutputElement }[] = [];
  private ranges: [number, number][] = [];

  constructor(private readonly session: Session, private readonly cursor: Cursor) {
    this.element = el("div", { className: "aep-decoded" }, this.head, this.list, this.note);
    cursor.listen(() => this.show());
  }

  draw(): void {
    const { view, explorer } = this.session;
    if (!view || !explorer) return;
    if (this.sliders.length !== explorer.code) this.lay(explorer.code);
    const [k, n] = [explorer.code, view.places.length];
    this.ranges = this.sliders.map((_, j) => {
      const values = Float32Array.from({ length: n }, (_, i) => view.codes[i * k + j]).filter(Number.isFinite).sort();
      if (!values.length) return [-1, 1];
      const [low, high] = [values[Math.floor(0.01 * (values.length - 1))], values[Math.ceil(0.99 * (values.length - 1))]];
      const spare = Math.max(0.2 * (high - low), 0.01);
      return [low - spare, high + spare];
    });
    this.show();
  }

  // Where each number stands, in the coordinates of the page; null when they are too many to be seen at once.
  rows(): number[] | null {
    if (this.list.scrollHeight > this.list.clientHeight + 2) return null;
    return this.sliders.map(({ input }) => {
      const box = input.getBoundingClientRect();
      return box.top + box.height / 2;
    });
  }

  private lay(code: number): void {
    this.sliders = [];
    this.list.replaceChildren();
    this.head.textContent = code === 1 ? "the code h: 1 number" : `the code h: ${code} numbers`;
    this.list.classList.toggle("aep-many", code > 4);
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
    const { h, waiting, origin } = this.cursor;
    const text = waiting
      ? "The kernel is busy with it; where a cell runs, the answer comes after it."
      : origin === "hand"
        ? "Moved by hand: y = g(h) follows."
        : origin === "digit"
          ? "The code of the digit you chose. Drag a number."
          : "The code of your drawing. Drag a number.";
    if (this.note.textContent !== text) this.note.textContent = text;
    this.sliders.forEach(({ input, value }, j) => {
      if (j >= h.length || !this.ranges[j]) return;
      const [low, high] = this.ranges[j];
      input.value = String(Math.round((STEPS * (h[j] - low)) / (high - low)));
      const said = Number.isFinite(h[j]) ? h[j].toFixed(2) : "–";
      value.textContent = said;
      input.setAttribute("aria-valuetext", said);
    });
  }
}

const subscript = (n: number): string => String(n).replace(/\d/g, (d) => "₀₁₂₃₄₅₆₇₈₉"[Number(d)]);
