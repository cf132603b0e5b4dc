// A pad to draw a digit on: what the network makes of it, and how its error compares with the usual ones.

import { squaredError } from "../given";
import type { Session } from "../session";
import type { Cursor } from "./cursor";
import { digitCanvas, el, heldByTouch, panel } from "./dom";
import { Histogram } from "./histogram";
import { drawing, pictureDoor } from "./pictures";
import { drawTitle, many, one } from "./words";

const BRUSH = 1.25; // pixels

interface Result {
  x: Float32Array;
  y: Float32Array;
  error: number;
  of: Session["view"]; // the network that made y
}

export class DrawPad {
  readonly element: HTMLElement;
  private readonly side: number;
  private readonly ink: Float32Array<ArrayBuffer>;
  private readonly pad;
  private readonly seen;
  private readonly back;
  private readonly gap;
  private readonly spread = new Histogram(() => this.result && this.showResult(this.result));
  private readonly said = el("p", { className: "aep-note", role: "status" });
  private last: [number, number] | null = null;
  private pen: [number, number];
  private down = false;
  private result: Result | null = null;
  private renewing = false;
  private shown: Float32Array | null = null; // the errors that the empty pad shows
  private keyboard = false; // the pen is shown where the arrow keys have it

  constructor(private readonly session: Session, private readonly cursor: Cursor) {
    this.side = Math.round(Math.sqrt(session.digits.pixels));
    this.ink = new Float32Array(session.digits.pixels);
    this.pen = [this.side / 2, this.side / 2];
    this.pad = digitCanvas(this.side, "");
    this.seen = digitCanvas(this.side, "Your drawing as the network sees it, moved to the middle: x");
    this.back = digitCanvas(this.side, "What comes back: y");
    this.gap = digitCanvas(this.side, "The difference y − x");
    const { canvas } = this.pad;
    canvas.classList.add("aep-pad");
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-roledescription", "drawing pad");
    canvas.setAttribute("aria-label", "Draw with the pointer, or with the arrow keys; the space bar lifts and lowers the pen.");
    heldByTouch(canvas);
    const free = (event: PointerEvent) => event.pointerType === "touch" && !canvas.classList.contains("aep-holds");
    canvas.onclick = () => canvas.focus();
    canvas.onpointerdown = (event) => {
      if (free(event)) return;
      canvas.setPointerCapture(event.pointerId);
      this.keyboard = false;
      this.last = this.at(event);
      this.stroke(this.last);
    };
    canvas.onpointermove = (event) => {
      if (event.buttons && this.last) this.stroke(this.at(event));
    };
    canvas.onpointerup = canvas.onpointercancel = () => {
      this.last = null;
    };
    canvas.onkeydown = (event) => this.key(event);
    canvas.onblur = () => {
      this.keyboard = false;
      this.paint();
    };
    const figure = (picture: HTMLCanvasElement, text: string) =>
      el("figure", {}, picture, el("figcaption", {}, text));
    const all = el("div", { className: "aep-draw-all" });
    const title = "A picture or a photograph; it stays on this page. You can also drop or paste one here.";
    const door = pictureDoor(all, { label: "A picture of your own", button: "Your picture …", title, several: false }, ([file]) =>
      void drawing(file, this.side).then((ink) => this.paste(ink), (error: Error) => session.say(error.message)));
    this.element = panel(
      drawTitle(session.digits), "aep-draw", all);
    all.append(
        el("div", { className: "aep-pad-all" }, canvas, el("span", { className: "aep-tap", "aria-hidden": "true" }, "Tap, then draw"),
          el("span", { className: "aep-tap", "aria-hidden": "true" }, "Draw now. To scroll, tap elsewhere."),
          el("div", { className: "aep-buttons" }, el("button", { type: "button", onclick: () => this.clear() }, "Clear"), door)),
        el("div", { className: "aep-draw-side" },
          el("div", { className: "aep-draw-made" },
            figure(this.seen.canvas, "x, centred"), figure(this.back.canvas, "y, comes back"), figure(this.gap.canvas, "y − x")),
          this.spread.element, this.said));
    cursor.listen(() => this.show());
    this.paint();
    this.show();
  }

  clear(): void {
    this.ink.fill(0);
    this.result = null;
    this.paint();
    const { view } = this.session;
    if (this.cursor.origin === "drawing" && view) this.cursor.takeDigit(view.grid.places[0]);
    this.paint();
    this.show();
  }

  // What is drawn; null when nothing is.
  get drawn(): Float32Array<ArrayBuffer> | null {
    return this.ink.some((v) => v > 0) ? this.centred() : null;
  }

  private paste(ink: Float32Array<ArrayBuffer>): void {
    this.ink.set(ink);
    this.paint();
    this.cursor.take(this.centred(), "drawing");
  }

  // Draws strokes, each a path, as a pointer would.
  put(paths: [number, number][][]): void {
    this.clear();
    for (const path of paths) {
      this.last = null;
      for (const place of path) this.stroke(place);
    }
    this.last = null;
  }

  private at(event: PointerEvent): [number, number] {
    const box = this.pad.canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * this.side, ((event.clientY - box.top) / box.height) * this.side];
  }

  private key(event: KeyboardEvent): void {
    const moves: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const move = moves[event.key];
    if (event.key === " ") this.down = !this.down;
    else if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    this.keyboard = true;
    this.last = [...this.pen];
    if (move) this.pen = this.pen.map((p, i) => Math.min(Math.max(p + move[i], 1), this.side - 1)) as [number, number];
    if (this.down) this.stroke(this.pen);
    this.last = null;
    this.paint();
    this.said.textContent = this.down ? "The pen is down: the arrow keys draw." : "The pen is up: the arrow keys move it.";
  }

  // Ink around the line from the last place to this one, soft at its edge.
  private stroke(to: [number, number]): void {
    const from = this.last ?? to;
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    for (let t = 0; t <= length; t += 0.4) {
      const share = length ? t / length : 0;
      const [x, y] = [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
      for (let row = Math.max(0, Math.floor(y - 3)); row < Math.min(this.side, y + 3); row++) {
        for (let column = Math.max(0, Math.floor(x - 3)); column < Math.min(this.side, x + 3); column++) {
          const distance = Math.hypot(column + 0.5 - x, row + 0.5 - y);
          const value = Math.min(Math.max(BRUSH + 0.5 - distance, 0), 1);
          const place = row * this.side + column;
          this.ink[place] = Math.max(this.ink[place], value);
        }
      }
    }
    this.last = to;
    this.paint();
    this.cursor.take(this.centred(), "drawing");
  }

  // MNIST's digits have their centre of mass in the middle; so has what the network sees.
  private centred(): Float32Array<ArrayBuffer> {
    const { side, ink } = this;
    let [mass, mx, my] = [0, 0, 0];
    ink.forEach((v, p) => {
      mass += v;
      mx += v * (p % side);
      my += v * Math.floor(p / side);
    });
    const dx = Math.round(side / 2 - 0.5 - mx / mass);
    const dy = Math.round(side / 2 - 0.5 - my / mass);
    return ink.map((_, p) => {
      const [x, y] = [(p % side) - dx, Math.floor(p / side) - dy];
      return x >= 0 && y >= 0 && x < side && y < side ? ink[y * side + x] : 0;
    });
  }

  private paint(): void {
    this.pad.draw(this.ink);
    if (!this.keyboard) return;
    const c = this.pad.canvas.getContext("2d") as CanvasRenderingContext2D;
    c.fillStyle = this.down ? "#ff8a4c" : "#56b4e9";
    c.fillRect(Math.floor(this.pen[0]), Math.floor(this.pen[1]), 1, 1);
  }

  // The drawing stays in view when one looks at other codes: then the pad asks the network itself, once a network.
  show(): void {
    const head = this.element.querySelector("h2") as HTMLElement;
    const title = drawTitle(this.session.digits);
    if (head.textContent !== title) head.textContent = title;
    const { x, y, error, origin } = this.cursor;
    if (origin === "drawing" && x && y && error !== null) this.result = { x, y, error, of: this.session.view };
    else if (!this.result) return this.showEmpty();
    else if (this.result.of !== this.session.view) void this.renew();
    this.showResult(this.result);
  }

  private async renew(): Promise<void> {
    const { explorer, view } = this.session;
    if (!explorer || !this.result || this.renewing) return;
    this.renewing = true;
    try {
      const { x } = this.result;
      const y = await explorer.decode(await explorer.encode(x));
      if (this.result?.x === x) this.showResult((this.result = { x, y, error: squaredError(x, y, 0, explorer.pixels), of: view }));
    } finally {
      this.renewing = false;
    }
  }

  private showEmpty(): void {
    const { errors } = this.session;
    if (this.shown === errors) return;
    this.shown = errors;
    for (const picture of [this.seen, this.back, this.gap]) picture.draw(new Float32Array(this.ink.length));
    this.spread.of = many(this.session.digits);
    this.spread.draw(errors, null);
    if (!this.down) this.said.textContent = `Draw in the large square: the code of your ${one(this.session.digits)}, its place on the map and its error appear at once. What has an error beyond the dotted line is called odd; so are some real ${many(this.session.digits)}: false alarms.`;
  }

  private showResult({ x, y, error }: Result): void {
    const { errors } = this.session;
    this.shown = null;
    this.seen.draw(x);
    this.back.draw(y);
    this.gap.draw(y.map((v, p) => v - x[p]), true);
    this.spread.of = many(this.session.digits);
    this.spread.draw(errors, error);
    const below = errors.filter((e) => e < error).length;
    this.said.textContent = `Its error is ${error.toFixed(4)}, larger than that of ${below} of ${errors.length} real ${many(this.session.digits)}. ${this.spread.verdict(error)}`;
  }
}
