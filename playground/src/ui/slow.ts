// One training step in slow motion: forward, the error, the gradients on their way back, the weights move.

import { LocalExplorer, type Table } from "../explorer";
import type { Session } from "../session";
import { type Column, columns, copied, moved } from "./chain";
import type { Cursor } from "./cursor";
import { el, newId, stillness } from "./dom";
import type { Scene } from "./hourglass";
import { many, one } from "./words";

const TICK = 320; // milliseconds a column

export class SlowMotion {
  readonly element: HTMLElement;
  readonly button = el("button", { type: "button", title: "One training step, part by part", onclick: () => this.start() }, "A step in slow motion");
  stage = -1; // 0 forward, 1 error, 2 back, 3 weights; -1 while it rests
  private readonly said = el("p", { role: "status" });
  private readonly next = el("button", { type: "button", className: "aep-next", onclick: () => this.go(this.stage + 1) }, "Next");
  private lit = 0; // how many columns the light has reached
  private timer: ReturnType<typeof setTimeout> | undefined;
  private before: Table[] | null = null;
  private change: Table[] | null = null;
  private errorBefore = 0;
  private step = 0;

  constructor(private readonly session: Session, private readonly cursor: Cursor, private readonly redraw: () => void) {
    const id = newId();
    const close = el("button", { type: "button", onclick: () => this.end() }, "Close");
    this.element = el("section", { className: "aep-slow", "aria-labelledby": id, hidden: true },
      el("h3", { id }, "A step in slow motion"), this.said, el("div", { className: "aep-buttons" }, this.next, close));
    this.element.onkeydown = (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.end();
    };
    session.listen((change) => {
      if (this.stage < 0) return;
      if (change === "config" || session.running) this.end();
      else if (this.stage === 3 && !this.change && (session.view?.step ?? 0) > this.step) this.arrived();
    });
  }

  start(): void {
    const { explorer, view } = this.session;
    if (!(explorer instanceof LocalExplorer) || !view) return;
    this.session.pause();
    this.before = copied(explorer.tables());
    this.change = null;
    this.step = view.step;
    this.errorBefore = this.cursor.error ?? 0;
    this.element.hidden = false;
    this.go(0);
    this.next.focus();
  }

  end(): void {
    clearTimeout(this.timer);
    this.stage = -1;
    const inside = this.element.contains(document.activeElement);
    this.element.hidden = true;
    if (inside) this.button.focus();
    this.redraw();
  }

  // What of the network is drawn now, and how.
  scene(chain: Column[]): Partial<Scene> {
    const last = chain.length - 1;
    if (this.stage < 0) return {};
    if (this.stage === 0) return { shown: [0, Math.min(this.lit, last)] };
    if (this.stage === 1) return {};
    if (this.stage === 2) {
      const { explorer } = this.session;
      const { seen, x } = this.cursor;
      if (!(explorer instanceof LocalExplorer) || !seen || !x) return {};
      const back = columns(explorer.backward(seen, x, this.session.config), seen, this.cursor.h);
      return { chain: back, shown: [Math.max(last - this.lit, 0), last] };
    }
    return this.change ? { tables: this.change, weights: true } : {};
  }

  private go(stage: number): void {
    if (stage > 3) return this.end();
    clearTimeout(this.timer);
    this.stage = stage;
    this.next.textContent = stage === 3 ? "Done" : "Next";
    const { explorer } = this.session;
    const all = explorer instanceof LocalExplorer ? explorer.shape.encoder.length + explorer.shape.decoder.length : 0;
    const error = this.errorBefore.toFixed(4);
    const what = one(this.session.digits);
    const texts = [
      `1 of 4, forward. The ${what} goes in at x. Each layer computes from the one before it, down to the code and on to y.`,
      `2 of 4, the error. y is compared with x, pixel by pixel: the mean squared error is ${error}. Red is ink too much, blue is ink that is missing.`,
      "3 of 4, back. The error goes the same way back. Red units should have been lower, blue ones higher: these are the gradients.",
      "4 of 4, the weights move …",
    ];
    this.said.textContent = texts[stage];
    if (stage === 3) this.session.step();
    this.lit = stage === 0 || stage === 2 ? (stillness() ? all : 0) : all;
    const tick = () => {
      this.redraw();
      if (this.lit++ < all) this.timer = setTimeout(tick, TICK);
    };
    tick();
  }

  // The step is made: what has changed?
  private arrived(): void {
    const { explorer, config } = this.session;
    if (!(explorer instanceof LocalExplorer) || !this.before) return;
    this.change = moved(explorer, this.before);
    void this.cursor.refresh().then(() => {
      const after = this.cursor.error ?? 0;
      const turn = after < this.errorBefore ? "falls" : after > this.errorBefore ? "rises" : "stays";
      this.said.textContent =
        `4 of 4, the weights move a little against their gradients; the lines are those that moved most. The error of this ${one(this.session.digits)} ${turn} from ` +
        `${this.errorBefore.toFixed(4)} to ${after.toFixed(4)}. A step learns from ${config.batch} ${many(this.session.digits)} at once, so a single one may also get worse. Play does nothing else, hundreds of times a second.`;
      this.redraw();
    });
  }
}
