// A walk between two pictures: codes on the straight line between theirs, decoded; and below, the two mixed pixel by pixel.

import type { Session } from "../session";
import type { Cursor } from "./cursor";
import { el, newId, paintDigit } from "./dom";
import type { CodeMap } from "./map";
import { called, drawTitle } from "./words";

const STEPS = 9;
const DRAWN = "drawn";

export class Walk {
  readonly element: HTMLDetailsElement;
  private readonly ends = [el("select", { id: newId() }), el("select", { id: newId() })];
  private readonly columns = el("div", { className: "aep-walk-columns" });
  private readonly canvases: HTMLCanvasElement[];
  private readonly note = el("p", { className: "aep-note", role: "status" });
  private listed = "";
  private turn = 0; // counts the questions: only the last one's answer is shown

  // `drawn` is what stands on the pad, null when it is empty.
  constructor(private readonly session: Session, private readonly cursor: Cursor, private readonly map: CodeMap, private readonly drawn: () => Float32Array | null) {
    const side = Math.round(Math.sqrt(session.digits.pixels));
    this.canvases = Array.from({ length: STEPS }, () => el("canvas", { width: side, height: 2 * side + 2 }));
    this.columns.append(...this.canvases.map((canvas, i) => el("button", {
      type: "button", title: "Put this code into the decoder, and find it on the map",
      "aria-label": `Step ${i + 1} of ${STEPS}: put its code into the decoder`,
      onclick: () => this.map.path[i] && this.cursor.move(Float32Array.from(this.map.path[i])),
    }, canvas)));
    const names = [["g(h)", "on the way"], ["mixed", "pixel by pixel"]];
    const rows = el("div", { className: "aep-walk-rows", "aria-hidden": "true" }, ...names.map(([name, text]) => el("span", {}, el("b", {}, name), text)));
    rows.style.setProperty("--rows", "2");
    const field = (select: HTMLSelectElement, text: string) => el("span", { className: "aep-walk-end" }, el("label", { for: select.id }, text), select);
    for (const select of this.ends) select.onchange = () => this.draw();
    this.element = el("details", { className: "aep-panel aep-walk" }, el("summary", {}, el("h2", {}, "A walk between two pictures")),
      el("div", { className: "aep-walk-ends" }, field(this.ends[0], "from"), field(this.ends[1], "to")),
      el("div", { className: "aep-grid-all" }, rows, this.columns), this.note);
    this.element.ontoggle = () => this.draw();
  }

  draw(): void {
    if (this.element.open) void this.go();
    else this.show([]);
  }

  private show(path: Float32Array[]): void {
    if (!path.length && !this.map.path.length) return;
    this.map.path = path;
    this.map.repaint();
  }

  private async go(): Promise<void> {
    const { explorer, view } = this.session;
    if (!explorer || !view) return;
    this.list(view.grid.places);
    const turn = ++this.turn;
    const ends = this.ends.map((select) => this.picture(select.value));
    const [a, b] = ends;
    if (!a || !b) {
      this.note.textContent = `The square under “${drawTitle(this.session.digits)}” is empty: draw in it first, then choose it again.`;
      return;
    }
    try {
      const { pixels, code } = explorer;
      const codes = await explorer.encode(Float32Array.of(...a, ...b));
      const path = this.canvases.map((_, i) => Float32Array.from({ length: code }, (_, j) => mixed(codes[j], codes[code + j], i)));
      const y = await explorer.decode(Float32Array.from(path.flatMap((h) => [...h])));
      if (turn !== this.turn || !this.element.open) return;
      const side = Math.round(Math.sqrt(pixels));
      this.canvases.forEach((canvas, i) => {
        const c = canvas.getContext("2d") as CanvasRenderingContext2D;
        paintDigit(c, y, i * pixels, side, 0, 0);
        paintDigit(c, a.map((v, p) => mixed(v, b[p], i)), 0, side, 0, side + 2);
      });
      this.note.textContent = "Above, the codes on the straight line between the two, decoded: the line stands on the map. Below, for comparison, the two pictures laid over each other.";
      this.show(path);
    } catch (error) {
      this.session.say(error instanceof Error ? error.message : String(error));
    }
  }

  private picture(value: string): Float32Array | null {
    if (value === DRAWN) return this.drawn();
    const { images, pixels } = this.session.digits;
    const place = Number(value);
    return Float32Array.from(images.subarray(place * pixels, (place + 1) * pixels), (byte) => byte / 255);
  }

  // The pictures of the grid, and the drawing.
  private list(places: number[]): void {
    const { digits } = this.session;
    const names = places.map((place) => called(digits, place));
    const listed = `${digits.kind}${places}${names}`;
    if (listed === this.listed) return;
    this.listed = listed;
    this.ends.forEach((select, end) => {
      const kept = select.value === DRAWN ? DRAWN : String(places[Math.min(3 * end + 1, places.length - 1)]);
      select.replaceChildren(
        ...places.map((place, i) => {
          const before = names.slice(0, i).filter((name) => name === names[i]).length;
          return el("option", { value: String(place) }, before ? `${names[i]}, another` : names[i]);
        }),
        el("option", { value: DRAWN }, "your drawing"));
      select.value = kept;
    });
  }
}

const mixed = (from: number, to: number, step: number): number => from + ((to - from) * step) / (STEPS - 1);
