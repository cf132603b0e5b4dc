// The code in the middle of the network: a slider for each of its numbers.

import type { Session } from "../session";
import type { Cursor } from "./cursor";
import { fieldsOf, paintCode, scaleOf } from "./codepicture";
import { el, newId, touched } from "./dom";
import { one } from "./words";

const STEPS = 200;
const SEEN = 4; // sliders are seen at once
const CHANGE = "Change a number.";

export class Code {
  readonly list = el("div", { className: "aep-sliders" });
  readonly element: HTMLElement;
  private readonly picture = el("canvas", { className: "aep-code-picture", role: "img", hidden: true });
  private readonly head = el("h3");
  private readonly more = el("p", { className: "aep-note aep-more", hidden: true });
  private readonly note = el("p", { className: "aep-note", role: "status" });
  private sliders: { input: HTMLInputElement; value: HTMLOutputElement }[] = [];
  private ranges: [number, number][] = [];

  constructor(private readonly session: Session, private readonly cursor: Cursor) {
    this.element = el("div", { className: "aep-decoded" }, this.head, this.picture, this.list, this.more, this.note);
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

  // A code too long for its sliders to be seen at a glance also stands there as a picture.
  private paint(h: Float32Array): void {
    const { view } = this.session;
    this.picture.hidden = h.length <= SEEN || !view;
    if (this.picture.hidden || !view) return;
    const [columns, rows] = fieldsOf(h.length);
    if (this.picture.width !== columns || this.picture.height !== rows) Object.assign(this.picture, { width: columns, height: rows });
    paintCode(this.picture.getContext("2d") as CanvasRenderingContext2D, h, scaleOf(view), 0, columns, rows);
    this.picture.setAttribute("aria-label", `The ${h.length} numbers of the code as fields, blue below 0, red above; ${h.filter((v) => v > 0).length} are above`);
  }

  private lay(code: number): void {
    this.sliders = [];
    this.list.replaceChildren();
    this.head.textContent = `code h: ${code} ${code === 1 ? "number" : "numbers"}`;
    const many = code > SEEN;
    this.list.classList.toggle("aep-many", many);
    this.more.hidden = !many;
    if (many) {
      this.more.textContent = `${SEEN} of ${code} shown: scroll${touched() ? "" : ", or ↑ ↓"}.`;
      this.list.setAttribute("role", "group");
      this.list.setAttribute("aria-label", `${code} numbers: up and down go from one to the next, left and right change it`);
    } else for (const name of ["role", "aria-label"]) this.list.removeAttribute(name);
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
      // A finger that turns out to scroll the page has moved nothing.
      let held = this.cursor.h;
      input.onpointerdown = () => (held = Float32Array.from(this.cursor.h));
      input.onpointercancel = () => this.cursor.move(held);
      // Many numbers are one stop of the Tab key: up and down go on from there.
      input.tabIndex = many && j ? -1 : 0;
      if (many) input.onfocus = () => this.sliders.forEach((one, i) => (one.input.tabIndex = i === j ? 0 : -1));
      input.onkeydown = (event) => {
        const to = many ? this.sliders[j + ({ ArrowUp: -1, ArrowDown: 1 }[event.key] ?? NaN)] : undefined;
        if (event.key !== "Escape") event.stopPropagation(); // a notebook must not take the arrow keys
        if (many && (event.key === "ArrowUp" || event.key === "ArrowDown")) event.preventDefault();
        to?.input.focus();
      };
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
          ? `The code of ${this.cursor.known ? `the ${one(this.session.digits)} you chose` : this.cursor.name}. ${CHANGE}`
          : `The code of your drawing. ${CHANGE}`;
    if (this.note.textContent !== text) this.note.textContent = text;
    this.paint(h);
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
