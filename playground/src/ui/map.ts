// The map of codes: every validation digit stands as its numeral where its code lies. Drag, or use the arrow keys, and
// the decoded digit follows.

import { Random } from "../engine/random";
import type { Session } from "../session";
import { Circle } from "./circle";
import type { Cursor } from "./cursor";
import { el, heldByTouch, panel, type Sheet, sheet, touched } from "./dom";
import { drawAxes } from "./axes";
import { diagnosis } from "./health";
import { Marks, paintSpread, spreadText } from "./marks";
import { Mosaic } from "./mosaic";
import { Plane } from "./plane";
import { DARK, type Palette, palette } from "./theme";
import { many, one } from "./words";

const SIDE = 380; // before its place is known
const TILE = 26; // CSS pixels a tile of the mosaic has at least

export class CodeMap {
  readonly element: HTMLElement;
  readonly plane = new Plane();
  private readonly sheet: Sheet = sheet(SIDE, SIDE, "");
  private readonly note = el("p", { className: "aep-note" });
  private readonly sample = el("button", { type: "button", title: "h from the normal distribution that KL gathers the codes to", onclick: () => this.draft() }, "Draw a code at random");
  private readonly random = new Random(Date.now() % 9999, 8);
  private readonly ill = el("p", { className: "aep-ill", hidden: true });
  private side = SIDE;
  private readonly circle: Circle;
  private readonly ground = el("canvas");
  private grounded: unknown[] = []; // what the ground shows
  private readonly marks = new Marks();
  private readonly tiles: Mosaic;
  private readonly mosaic = el("input", { type: "checkbox", onchange: () => this.setMosaic(this.mosaic.checked) });
  private readonly spread = el("input", { type: "checkbox", checked: true, onchange: () => this.draw() });
  private readonly spreadLabel = el("label", { className: "aep-check", hidden: true }, this.spread, "How far each code is drawn (ellipses)");
  path: Float32Array[] = []; // codes of a walk, to be seen on the map

  constructor(private readonly session: Session, private readonly cursor: Cursor) {
    this.tiles = new Mosaic(session, this.plane, () => cursor.h, () => Math.floor(this.side / TILE));
    this.circle = new Circle(session, cursor);
    const { canvas } = this.sheet;
    canvas.className = "aep-map";
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-roledescription", "map");
    heldByTouch(canvas);
    const free = (event: PointerEvent) => event.pointerType === "touch" && !canvas.classList.contains("aep-holds");
    canvas.onpointerdown = (event) => {
      if (free(event)) return;
      canvas.setPointerCapture(event.pointerId);
      this.point(event);
    };
    canvas.onpointermove = (event) => {
      if (event.buttons && !free(event)) this.point(event);
    };
    canvas.onclick = (event) => {
      canvas.focus();
      this.point(event);
    };
    canvas.onkeydown = (event) => this.key(event);
    this.element = panel(
      "The map of codes", "aep-map-panel",
      el("div", { className: "aep-map-all" }, canvas, this.circle.element), this.ill, this.note,
      el("div", { className: "aep-buttons" },
        el("label", { className: "aep-check" }, this.mosaic, "Decode the whole plane (a mosaic)"), this.spreadLabel, this.sample),
    );
    cursor.listen(() => {
      this.circle.draw();
      if (this.mosaic.checked && this.tiles.left) void this.paintMosaic();
      else this.paint();
    });
  }

  setMosaic(on: boolean): void {
    this.mosaic.checked = on;
    this.draw();
  }

  get showsMosaic(): boolean {
    return this.mosaic.checked;
  }

  get mosaicTime(): number {
    return this.tiles.time;
  }

  // A new view: new codes.
  draw(): void {
    const { view, explorer, digits } = this.session;
    if (!view || !explorer) return;
    const { code: k } = explorer;
    this.plane.follow(view.codes, k, view.running);
    this.diagnose();
    this.sample.hidden = !!this.session.given || this.session.config.penalty !== "kl";
    const [across, up] = this.plane.names;
    this.spreadLabel.hidden = !view.spreads;
    const mark = this.mosaic.checked ? "dot" : digits.kind === "digits" ? "numeral" : "small picture";
    const how = touched() ? "Tap the map, then drag" : "Drag, or use the arrow keys";
    const flat = k > 2 ? ` ${k} numbers do not fit a flat map: it shows the two directions in which the codes spread most, and hides the others.` : "";
    this.note.textContent = `${how}: the circle is decoded, and its picture y follows. Each ${mark} ${mark === "small picture" ? "stands" : `is a ${one(digits)}`} at its code; across: ${across}, up: ${up}.${flat}${this.spread.checked ? spreadText(view.spreads, k) : ""}`;
    if (this.mosaic.checked) void this.paintMosaic();
    else if (!view.running) this.paint(); // else the cursor, whose code is decoded anew, does
  }

  private draft(): void {
    this.cursor.move(Float32Array.from({ length: this.plane.code }, () => this.random.normal()));
  }

  private diagnose(): void {
    const text = diagnosis(this.session);
    this.ill.hidden = !text;
    if (this.ill.textContent !== text) this.ill.textContent = text;
  }

  private toScreen([u, v]: [number, number]): [number, number] {
    const { centre, reach } = this.plane;
    const { side: SIDE } = this;
    return [(SIDE / 2) * (1 + (u - centre[0]) / reach), (SIDE / 2) * (1 - (v - centre[1]) / reach)];
  }

  // Classes of a code of one number stand one above the other.
  private screenOf(h: ArrayLike<number>, label: number | null): [number, number] {
    const [x, y] = this.toScreen(this.plane.place(h));
    const { side: SIDE } = this;
    return this.plane.code === 1 ? [x, label === null ? SIDE / 2 : SIDE * (0.95 - 0.1 * (label % 10))] : [x, y];
  }

  private point(event: MouseEvent): void {
    const box = this.sheet.canvas.getBoundingClientRect();
    const { centre, reach } = this.plane;
    const u = centre[0] + reach * (2 * ((event.clientX - box.left) / box.width) - 1);
    const v = centre[1] - reach * (2 * ((event.clientY - box.top) / box.height) - 1);
    this.cursor.move(this.plane.codeAt([u, v], this.cursor.h));
  }

  private key(event: KeyboardEvent): void {
    const step = (event.shiftKey ? 0.1 : 0.02) * this.plane.reach;
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step],
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation(); // a notebook would go to another cell
    const [u, v] = this.plane.place(this.cursor.h);
    this.cursor.move(this.plane.codeAt([u + move[0], v + move[1]], this.cursor.h));
  }

  private paint(): void {
    const { view } = this.session;
    const { context: c, canvas } = this.sheet;
    const mosaic = this.mosaic.checked && this.tiles.tiles;
    const colours = mosaic ? DARK : palette();
    const SIDE = (this.side = Math.max(160, Math.round(canvas.clientWidth || this.side)));
    this.sheet.fit(SIDE, SIDE);
    const { code: k, reach, centre } = this.plane;
    const key = [view, SIDE, canvas.width, colours, this.tiles.painted, this.spread.checked, reach, ...centre];
    if (key.some((one, i) => one !== this.grounded[i])) {
      this.grounded = key;
      this.ground.width = this.ground.height = canvas.width;
      const own = this.ground.getContext("2d") as CanvasRenderingContext2D;
      own.setTransform(c.getTransform());
      this.paintGround(own, colours, mosaic || null);
    }
    c.save();
    c.resetTransform();
    c.drawImage(this.ground, 0, 0);
    c.restore();
    if (!view || !k) return;
    if (this.cursor.h.length !== k || !this.cursor.h.every(Number.isFinite)) return;
    this.paintPath(c, colours);
    const spread = this.cursor.origin === "hand" || !this.spread.checked ? null : this.cursor.trace?.spread;
    if (spread?.length === k) paintSpread(c, this.plane, SIDE, this.screenOf(this.cursor.h, null), spread, colours.now, 1);
    const [x, y] = this.screenOf(this.cursor.h, null).map((p) => Math.min(Math.max(p, 4), SIDE - 4));
    for (const [width, colour] of [[6, colours.dark ? "#000000" : colours.ground], [2.5, colours.now]] as const) {
      c.lineWidth = width;
      c.strokeStyle = colour;
      c.beginPath();
      c.arc(x, y, 9, 0, 7);
      c.moveTo(x - 14, y);
      c.lineTo(x - 5, y);
      c.moveTo(x + 5, y);
      c.lineTo(x + 14, y);
      c.stroke();
    }
    const at = this.plane.place(this.cursor.h).slice(0, k === 1 ? 1 : 2).map((v) => v.toFixed(2)).join(", ");
    canvas.setAttribute("aria-label", `Map of ${view.places.length} ${many(this.session.digits)} by their codes. The circle is at ${at}. Arrow keys move it, with Shift faster.`);
  }

  private paintPath(c: CanvasRenderingContext2D, colours: Palette): void {
    if (!this.path.length || this.path[0].length !== this.plane.code) return;
    const places = this.path.map((h) => this.screenOf(h, null));
    c.strokeStyle = c.fillStyle = colours.runs[1];
    c.lineWidth = 2;
    c.beginPath();
    places.forEach(([x, y]) => c.lineTo(x, y));
    c.stroke();
    for (const [x, y] of places) {
      c.beginPath();
      c.arc(x, y, 3, 0, 7);
      c.fill();
    }
  }

  // All but the circle: it stays while only the circle moves.
  private paintGround(c: CanvasRenderingContext2D, colours: Palette, mosaic: HTMLCanvasElement | null): void {
    const { view, digits } = this.session;
    const { side: SIDE } = this;
    c.fillStyle = colours.ground;
    c.fillRect(0, 0, SIDE, SIDE);
    const k = this.plane.code;
    if (!view || !k) return;
    if (mosaic) c.drawImage(mosaic, 0, 0, SIDE, SIDE);
    else drawAxes(c, this.plane, SIDE);
    const spreads = this.spread.checked ? view.spreads : null;
    if (spreads) {
      view.places.forEach((place, i) => {
        const label = digits.labels[place];
        const at = this.screenOf(view.codes.subarray(i * k, (i + 1) * k), label);
        paintSpread(c, this.plane, SIDE, at, spreads.subarray(i * k, (i + 1) * k), colours.classes[label % 10], 0.25);
      });
    }
    c.font = `600 ${SIDE > 460 ? 13 : 11}px system-ui, sans-serif`;
    c.textAlign = "center";
    c.textBaseline = "middle";
    if (mosaic) c.globalAlpha = 0.7;
    view.places.forEach((place, i) => {
      const label = digits.labels[place];
      const [x, y] = this.screenOf(view.codes.subarray(i * k, (i + 1) * k), label);
      c.fillStyle = colours.classes[label % 10];
      if (mosaic) {
        c.beginPath();
        c.arc(x, y, 2.5, 0, 7);
        c.fill();
      } else this.marks.draw(c, digits, view.places, i, x, y, SIDE > 460 ? 20 : 16, colours);
    });
    c.globalAlpha = 1;
  }

  repaint(): void {
    this.paint();
  }

  paintMosaic(): Promise<void> {
    return this.tiles.paint(() => this.paint());
  }
}
