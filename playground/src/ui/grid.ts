// Eight digits: input x, what the network saw (x̃), what came back (y), and where it differs. Each column is a button
// that takes its digit's code to the map.

import type { Digits } from "../engine/data";
import type { Session } from "../session";
import { paintCode, scaleOf } from "./codepicture";
import { el, paintDigit, panel } from "./dom";
import { called, capital, many, one } from "./words";

export class Grid {
  readonly element: HTMLElement;
  private readonly rows = el("div", { className: "aep-grid-rows", "aria-hidden": "true" });
  private readonly columns = el("div", { className: "aep-grid-columns" });
  private readonly note = el("p", { className: "aep-note" });
  private drawn = "";
  private of: Digits | null = null;
  private canvases: HTMLCanvasElement[] = [];

  constructor(private readonly session: Session, private readonly choose: (place: number) => void) {
    this.element = panel(session.given ? "Eight digits and what comes back" : "Eight digits it does not train on", "aep-grid", el("div", { className: "aep-grid-all" }, this.rows, this.columns), this.note);
  }

  draw(): void {
    const { view, digits, config } = this.session;
    if (!view) return;
    const damaged = !this.session.given && config.corruption !== "none";
    const { places, outputs } = view.grid;
    const side = Math.round(Math.sqrt(digits.pixels));
    const names = ["x", ...(damaged ? ["x̃"] : []), "h", "y", "y − x"];
    const code = view.grid.codes.length / places.length;
    this.title();
    this.lay(places, names, side);
    const x = new Float32Array(digits.pixels);
    const gap = new Float32Array(digits.pixels);
    places.forEach((place, i) => {
      const context = this.canvases[i].getContext("2d") as CanvasRenderingContext2D;
      const from = i * digits.pixels;
      for (let p = 0; p < digits.pixels; p++) {
        x[p] = digits.images[place * digits.pixels + p] / 255;
        gap[p] = outputs[from + p] - x[p];
      }
      let top = 0;
      const paint = (values: Float32Array, at: number, error = false) => {
        paintDigit(context, values, at, side, 0, top, error);
        top += side + 2;
      };
      paint(x, 0);
      if (damaged) paint(view.grid.damaged, from);
      paintCode(context, view.grid.codes.subarray(i * code, (i + 1) * code), scaleOf(view), top, side, side / 2);
      top += side / 2 + 2;
      paint(outputs, from);
      paint(gap, 0, true);
    });
    this.note.textContent =
      !this.session.given && view.step === 0
        ? "Nothing is learned yet: press Play and watch the row y."
        : `The row h shows ${code === 1 ? "the number of each code" : `the ${code} numbers of each code`}, blue below 0, red above. In y − x, blue is ink that is missing, red ink too much. Choose a ${one(digits)} to put it through the network.`;
  }

  private title(): void {
    const { session } = this;
    const eight = `Eight ${many(session.digits)}`;
    const text = session.given ? `${eight} and what comes back` : session.digits.kind === "own" && !session.sets.own.honest ? "Variants of your pictures" : `${eight} it does not train on`;
    const head = this.element.querySelector("h2") as HTMLElement;
    if (head.textContent !== text) head.textContent = text;
  }

  private lay(places: number[], names: string[], side: number): void {
    const key = `${places}|${names}`;
    const { digits } = this.session;
    if (key === this.drawn && digits === this.of) return;
    this.drawn = key;
    this.of = digits;
    const meaning: Record<string, string> = { x: "input", "x̃": "damaged", h: "the code", y: "comes back", "y − x": "difference" };
    this.rows.replaceChildren(...names.map((name) => el("span", { className: name === "h" ? "aep-low" : "" }, el("b", {}, name), ` ${meaning[name]}`)));
    this.rows.style.gridTemplateRows = names.map((name) => (name === "h" ? "1fr" : "2fr")).join(" ");
    this.canvases = places.map(() => el("canvas", { width: side, height: (names.length - 1) * (side + 2) + side / 2 }));
    this.columns.replaceChildren(
      ...places.map((place, i) =>
        el(
          "button",
          {
            type: "button",
            title: "Put it through the network, and find its code on the map",
            "aria-label": `${capital(called(this.session.digits, place))}: find its code on the map`,
            onclick: () => this.choose(place),
          },
          this.canvases[i],
        ),
      ),
    );
  }
}
