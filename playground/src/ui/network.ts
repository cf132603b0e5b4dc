// The network in the middle: the digit, the hourglass with its code, what comes back and where it differs.

import { meanPictureError, median } from "../anchor";
import { LocalExplorer, type Table } from "../explorer";
import type { Session } from "../session";
import { type Column, columns } from "./chain";
import { Code } from "./code";
import type { Cursor } from "./cursor";
import { digitCanvas, el, newId, sheet } from "./dom";
import { type Box, EDGES_EVERY, Hourglass, type Scene } from "./hourglass";
import { SlowMotion } from "./slow";
import { UnitCard } from "./unit";
import { many, one } from "./words";

export class NetworkView {
  readonly element: HTMLElement;
  readonly slow: SlowMotion | null;
  private readonly sheet = sheet(600, 200, "");
  private readonly hourglass = new Hourglass();
  private readonly code: Code;
  private readonly card = new UnitCard();
  private readonly stage: HTMLElement;
  private readonly x;
  private readonly y;
  private readonly gap;
  private readonly captions = [el("figcaption"), el("figcaption"), el("span")];
  private readonly usual = el("span", { className: "aep-usual" });
  private readonly mean = el("span", { className: "aep-usual", title: "What half of the pictures would stay below if y were the mean of all training pictures each time" });
  private readonly title = el("p", { className: "aep-note aep-lead" });
  private picked: { column: number; unit: number } | null = null;
  private fixed = false; // picked by a click or by keys: the pointer may leave
  private scene: Scene | null = null;
  private asked = false;
  private again: ReturnType<typeof setTimeout> | undefined;
  private drawnX: Float32Array | null = null;

  constructor(private readonly session: Session, private readonly cursor: Cursor) {
    const side = Math.round(Math.sqrt(session.digits.pixels));
    this.x = digitCanvas(side, "The picture x");
    this.y = digitCanvas(side, "What comes back, y");
    this.gap = digitCanvas(side, "The difference y − x");
    this.y.canvas.classList.add("aep-large");
    this.code = new Code(session, cursor);
    this.slow = session.given ? null : new SlowMotion(session, cursor, () => this.ask());
    const { canvas } = this.sheet;
    canvas.className = "aep-hourglass";
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-roledescription", "network");
    canvas.tabIndex = 0;
    canvas.onpointermove = (event) => {
      if (!this.fixed && event.pointerType !== "touch") this.point(event);
    };
    canvas.onpointerleave = () => !this.fixed && this.pick(null);
    canvas.onclick = (event) => {
      this.point(event);
      this.fixed = this.picked !== null;
    };
    canvas.onkeydown = (event) => this.key(event);
    canvas.onblur = () => {
      this.fixed = false;
      this.pick(null);
    };
    const figure = (name: string, picture: HTMLCanvasElement, ...captions: HTMLElement[]) => el("figure", { className: `aep-at-${name}` }, picture, ...captions);
    const half = (name: string, text: string) => el("div", { className: `aep-half aep-${name}` }, el("span", {}, text));
    this.stage = el("div", { className: "aep-stage" }, canvas,
      figure("x", this.x.canvas, this.captions[0]), half("encoder", "encoder f"), this.code.element, half("decoder", "decoder g"),
      figure("y", this.y.canvas, this.captions[1]), figure("gap", this.gap.canvas, el("figcaption", {}, this.captions[2], this.usual, this.mean)));
    const id = newId();
    this.element = el("section", { className: "aep-panel aep-network", "aria-labelledby": id },
      el("header", {}, el("h2", { id }, "The network"), this.title, this.slow?.button),
      this.slow?.element, this.stage, this.card.element);
    cursor.listen(() => this.ask());
  }

  // New weights, new codes.
  draw(): void {
    this.code.draw();
    this.ask();
  }

  private ask(): void {
    this.pictures();
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.paint();
    });
  }

  private pictures(): void {
    const { x, seen, y, error, name, origin } = this.cursor;
    if (!x || !seen || !y || y.length !== x.length) return;
    if (this.drawnX !== seen) this.x.draw(seen);
    this.drawnX = seen;
    this.y.draw(y);
    this.gap.draw(y.map((v, p) => v - x[p]), true);
    const texts = [
      seen === x ? `x: ${name}` : `x̃: ${name}, damaged`,
      origin === "hand" ? "y = g(h)" : "y = g(f(x))",
      `y − x: error ${error !== null && Number.isFinite(error) ? error.toFixed(4) : "–"}`,
    ];
    texts.forEach((text, i) => {
      if (this.captions[i].textContent !== text) this.captions[i].textContent = text;
    });
    this.judge(seen === x ? error : null);
    const { config, explorer, given } = this.session;
    const k = explorer?.code ?? config.code;
    const inside = `${x.length} pixels → ${k} ${k === 1 ? "number" : "numbers"} → ${x.length} pixels`;
    const lead = `${inside}: whatever y shows went through ${k === 1 ? "that one number" : `those ${k} numbers`}.${given ? "" : ` Choose a ${one(this.session.digits)} below, or draw one.`}`;
    if (this.title.textContent !== lead) this.title.textContent = lead;
  }

  // Whether an error is large or small: beside that of half of the pictures, and that of their mean drawn for each.
  private judge(error: number | null): void {
    const { errors, view, digits } = this.session;
    this.usual.hidden = error === null || !errors.length || !view || !Number.isFinite(error);
    this.mean.hidden = this.usual.hidden;
    if (this.usual.hidden || !view) return;
    const usual = median(errors);
    const text = Number.isFinite(usual) ? `usual here: ${usual.toFixed(4)}` : "";
    if (this.usual.textContent !== text) this.usual.textContent = text;
    const { given, viewed, config } = this.session;
    const mean = `mean picture: ${meanPictureError(digits, (viewed ?? config).classes, view.places, !!given).toFixed(4)}`;
    if (this.mean.textContent !== mean) this.mean.textContent = mean;
    this.usual.title = `Half of the ${errors.length} ${many(digits)} have a smaller error, the other half a larger one`;
  }

  private chain(): { chain: Column[]; tables: Table[] } | null {
    const { explorer } = this.session;
    const { trace, seen, h } = this.cursor;
    if (!(explorer instanceof LocalExplorer) || !trace || !seen || trace.y.length !== seen.length) return null;
    if (h.length !== explorer.code || trace.code.length !== explorer.code) return null;
    const chain = columns(trace, seen, h);
    const tables = explorer.tables();
    return tables.length === chain.length - 1 ? { chain, tables } : null;
  }

  private paint(): void {
    const { stage, sheet: paper } = this;
    const made = this.chain();
    const outer = stage.getBoundingClientRect();
    if (!outer.width) return;
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    paper.fit(width, height);
    const { context } = paper;
    if (!made) {
      context.clearRect(0, 0, width, height);
      this.scene = null;
      const { explorer } = this.session;
      if (explorer && !(explorer instanceof LocalExplorer)) this.card.undrawn(explorer.remote);
      paper.canvas.setAttribute("aria-label", this.card.text || "The network");
      return;
    }
    const box = (node: Element): Box => {
      const b = node.getBoundingClientRect();
      return { x: b.left - outer.left, y: b.top - outer.top, w: b.width, h: b.height };
    };
    const places = { x: box(this.x.canvas), code: box(this.code.element), y: box(this.y.canvas), rows: this.code.rows()?.map((y) => y - outer.top) ?? null };
    const vertical = places.code.y > places.x.y + places.x.h - 4;
    const { picked } = this;
    const kept = picked && made.chain[picked.column]?.kind === "field" && picked.unit < made.chain[picked.column].values.length;
    if (!kept) this.picked = null;
    this.scene = { ...made, places, vertical, picked: this.picked, shown: [0, made.chain.length - 1], weights: false, ...this.slow?.scene(made.chain) };
    this.hourglass.draw(context, width, height, this.scene);
    clearTimeout(this.again);
    if (this.hourglass.stale) this.again = setTimeout(() => this.ask(), EDGES_EVERY);
    this.card.show(made.chain, made.tables, this.picked, one(this.session.digits));
    const layers = made.chain.map((column) => column.values.length).join(", ");
    const unit = this.picked ? ` ${this.card.text}` : "";
    paper.canvas.setAttribute("aria-label", `The network, columns of ${layers} numbers. The arrow keys go from unit to unit.${unit}`);
  }

  private point(event: MouseEvent): void {
    const box = this.sheet.canvas.getBoundingClientRect();
    this.pick(this.scene && this.hourglass.at(event.clientX - box.left, event.clientY - box.top));
  }

  private pick(unit: { column: number; unit: number } | null): void {
    if (unit?.column === this.picked?.column && unit?.unit === this.picked?.unit) return;
    this.picked = unit;
    this.ask();
  }

  private key(event: KeyboardEvent): void {
    if (event.key === "Escape" && this.picked) {
      event.stopPropagation();
      this.pick(null);
    }
    const moves: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const move = moves[event.key];
    if (!move || !this.scene) return;
    event.preventDefault();
    event.stopPropagation();
    const { chain } = this.scene;
    const fields = chain.flatMap((column, at) => (column.kind === "field" ? [at] : []));
    if (!fields.length) return;
    const now = this.picked ?? { column: fields[0], unit: -1 };
    const column = this.picked ? fields[Math.min(Math.max(fields.indexOf(now.column) + move[0], 0), fields.length - 1)] : fields[0];
    const count = chain[column].values.length;
    this.fixed = true;
    this.pick({ column, unit: Math.min(Math.max(now.unit + (this.picked ? move[1] : 1), 0), count - 1) });
  }
}
