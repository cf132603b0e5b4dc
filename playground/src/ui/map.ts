// The map of codes: every validation digit stands as its numeral where its code lies. Drag, or use the arrow keys, and
// the decoded digit follows.

import { Random } from "../engine/random";
import type { Session } from "../session";
import type { Cursor } from "./cursor";
import { el, heldByTouch, paintDigit, panel, type Sheet, sheet } from "./dom";
import { drawAxes } from "./axes";
import { diagnosis } from "./health";
import { Plane } from "./plane";
import { DARK, type Palette, palette } from "./theme";

const SIDE = 380; // before its place is known
const TILES = 20;
const OFF = 1e-5; // of the reach: how far a code may leave the mosaic's plane

export class CodeMap {
  readonly element: HTMLElement;
  readonly plane = new Plane();
  private readonly sheet: Sheet = sheet(SIDE, SIDE, "");
  private readonly note = el("p", { className: "aep-note" });
  private readonly sample = el("button", { type: "button", title: "h from the normal distribution that KL gathers the codes to", onclick: () => this.draft() }, "Draw a code at random");
  private readonly random = new Random(Date.now() % 9999, 8);
  private readonly ill = el("p", { className: "aep-ill", hidden: true });
  private side = SIDE;
  private base: Float32Array | null = null; // a code that the mosaic's plane goes through
  private tilesAgain = false;
  private readonly ground = el("canvas");
  private grounded: unknown[] = []; // what the ground shows
  private painted = 0; // counts the mosaics
  private readonly mosaic = el("input", { type: "checkbox", onchange: () => this.setMosaic(this.mosaic.checked) });
  private tiles: HTMLCanvasElement | null = null;
  private tilesBusy = false;
  private nextTiles = 0;
  mosaicTime = 0; // milliseconds that the last mosaic took

  constructor(private readonly session: Session, private readonly cursor: Cursor) {
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
      "The map of codes", "aep-map-panel", canvas, this.ill, this.note,
      el("div", { className: "aep-buttons" },
        el("label", { className: "aep-check" }, this.mosaic, "Decode the whole plane (a mosaic)"), this.sample),
    );
    cursor.listen(() => (this.mosaic.checked && this.left() ? void this.paintMosaic() : this.paint()));
  }

  setMosaic(on: boolean): void {
    this.mosaic.checked = on;
    this.draw();
  }

  get showsMosaic(): boolean {
    return this.mosaic.checked;
  }

  // A new view: new codes.
  draw(): void {
    const { view, explorer } = this.session;
    if (!view || !explorer) return;
    this.plane.follow(view.codes, explorer.code, view.running);
    this.diagnose();
    this.sample.hidden = !!this.session.given || this.session.config.penalty !== "kl";
    const [across, up] = this.plane.names;
    const mark = this.mosaic.checked ? "dot" : "numeral";
    this.note.textContent = `Each ${mark} is a digit at its code; across: ${across}, up: ${up}. Drag, or use the arrow keys: the circle is decoded.`;
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

  // Whether the code has left the plane that the mosaic shows.
  private left(): boolean {
    const { h } = this.cursor;
    if (this.plane.code < 3 || !this.base || h.length !== this.base.length) return this.plane.code > 2;
    const back = this.plane.codeAt(this.plane.place(h), this.base);
    return back.some((v, j) => Math.abs(v - h[j]) > OFF * this.plane.reach);
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
    return this.plane.code === 1 ? [x, label === null ? SIDE / 2 : SIDE * (0.95 - 0.1 * label)] : [x, y];
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
    const mosaic = this.mosaic.checked && this.tiles;
    const colours = mosaic ? DARK : palette();
    const SIDE = (this.side = Math.max(160, Math.round(canvas.clientWidth || this.side)));
    this.sheet.fit(SIDE, SIDE);
    const { code: k, reach, centre } = this.plane;
    const key = [view, SIDE, canvas.width, colours, this.painted, reach, ...centre];
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
    canvas.setAttribute("aria-label", `Map of ${view.places.length} digits by their codes. The circle is at ${at}. Arrow keys move it, with Shift faster.`);
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
      } else c.fillText(String(label), x, y);
    });
    c.globalAlpha = 1;
  }

  // The plane decoded in a grid of places, no more often than there is time for.
  async paintMosaic(): Promise<void> {
    const { explorer, view } = this.session;
    if (!this.mosaic.checked || !explorer || !view) return this.paint();
    if (this.tilesBusy) {
      this.tilesAgain = true;
      return;
    }
    if (performance.now() < this.nextTiles) return this.paint();
    this.tilesBusy = true;
    this.base = this.cursor.h;
    const began = performance.now();
    try {
      const { centre, reach, code } = this.plane;
      const count = explorer.remote ? 12 : TILES;
      const codes = new Float32Array(count * count * code);
      for (let i = 0; i < count * count; i++) {
        const [column, row] = [i % count, Math.floor(i / count)];
        const at = (n: number) => (2 * (n + 0.5)) / count - 1;
        codes.set(this.plane.codeAt([centre[0] + reach * at(column), centre[1] - reach * at(row)], this.cursor.h), i * code);
      }
      const images = await explorer.decode(codes);
      const side = Math.round(Math.sqrt(explorer.pixels));
      this.tiles ??= document.createElement("canvas");
      if (this.tiles.width !== count * side) this.tiles.width = this.tiles.height = count * side;
      const c = this.tiles.getContext("2d") as CanvasRenderingContext2D;
      for (let i = 0; i < count * count; i++) {
        paintDigit(c, images, i * explorer.pixels, side, (i % count) * side, Math.floor(i / count) * side);
      }
    } catch (error) {
      this.session.say(error instanceof Error ? error.message : String(error));
    }
    this.painted++;
    this.mosaicTime = performance.now() - began;
    this.nextTiles = performance.now() + (view.running ? 2 * this.mosaicTime : 0);
    this.tilesBusy = false;
    this.paint();
    if (!this.tilesAgain) return;
    this.tilesAgain = false;
    if (this.left()) requestAnimationFrame(() => void this.paintMosaic());
  }
}
