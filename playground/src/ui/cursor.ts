// The code one looks at, and the digit it comes from. The code is that digit's until it is moved in the map or by
// sliders; with another network it is the digit's again. Whoever shows it listens.

import { LocalExplorer, type Trace } from "../explorer";
import type { Digits } from "../engine/data";
import { squaredError } from "../given";
import type { Session } from "../session";
import { called } from "./words";

const DRAWN = "your drawing";

export class Cursor {
  h: Float32Array = new Float32Array(0);
  y: Float32Array | null = null;
  x: Float32Array | null = null; // the digit on the left, undamaged
  seen: Float32Array | null = null; // what the network gets of it, damaged or not
  origin: "hand" | "digit" | "drawing" = "digit";
  name = ""; // what x is
  error: number | null = null; // between x and y
  trace: Trace | null = null; // what every unit does; null when a kernel runs the network
  waiting = false; // the kernel has not answered yet
  private place: number | null = null; // of a digit of the set
  private offset: Float32Array | null = null; // how far a hand moved a long code from the digit's
  private busy = false;
  private again = false;
  private run = -1;
  private of: Digits | null = null; // the data that `place` is a place in
  private readonly listeners = new Set<() => void>();

  constructor(private readonly session: Session) {}

  listen(listener: () => void): void {
    this.listeners.add(listener);
  }

  // Whether x is one of the set.
  get known(): boolean {
    return this.place !== null;
  }

  move(h: Float32Array): void {
    const code = this.trace?.code;
    this.offset = code && h.length > 2 && code.length === h.length ? h.map((v, j) => v - code[j]) : null;
    this.h = h;
    this.origin = "hand";
    void this.refresh();
  }

  take(x: Float32Array, origin: "digit" | "drawing", place: number | null = null, name = DRAWN): void {
    this.x = x;
    this.place = place;
    this.name = place === null ? name : called(this.session.digits, place);
    this.origin = origin;
    void this.refresh();
  }

  takeDigit(place: number): void {
    const { images, pixels } = this.session.digits;
    this.take(Float32Array.from(images.subarray(place * pixels, (place + 1) * pixels), (byte) => byte / 255), "digit", place);
  }

  // The damaged picture of a digit that stands in the grid.
  private damaged(x: Float32Array): Float32Array {
    const { view, digits, config, given } = this.session;
    const at = this.place === null || !view || given || config.corruption === "none" ? -1 : view.grid.places.indexOf(this.place);
    return at < 0 ? x : (view as NonNullable<typeof view>).grid.damaged.slice(at * digits.pixels, (at + 1) * digits.pixels);
  }

  async refresh(): Promise<void> {
    const { explorer, view, digits } = this.session;
    if (!explorer || !view) return;
    if (this.of !== digits) {
      this.of = digits;
      if (this.name !== DRAWN) this.x = null;
    }
    if (!this.x) return this.takeDigit(view.grid.places[Math.min(2, view.grid.places.length - 1)]);
    if (this.run !== view.run || this.h.length !== explorer.code || !this.h.every(Number.isFinite)) {
      this.run = view.run;
      if (this.origin === "hand") this.origin = this.name === DRAWN ? "drawing" : "digit";
    }
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    const late = setTimeout(() => {
      this.waiting = explorer.remote;
      this.tell();
    }, 700);
    try {
      do {
        this.again = false;
        const x = this.x as Float32Array;
        const { origin, h } = this;
        const seen = this.damaged(x);
        if (explorer instanceof LocalExplorer) this.look(explorer, x, seen);
        else {
          const code: Float32Array = origin === "hand" ? h : await explorer.encode(seen);
          const y: Float32Array = await explorer.decode(code);
          if (x === this.x && origin === this.origin && h === this.h) this.keep(x, seen, code, y);
        }
      } while (this.again);
    } catch (error) {
      this.session.say(error instanceof Error ? error.message : String(error), true);
    }
    clearTimeout(late);
    this.waiting = false;
    this.busy = false;
    this.tell();
  }

  private look(explorer: LocalExplorer, x: Float32Array, seen: Float32Array): void {
    let { h } = this;
    if (this.origin !== "hand") h = explorer.trace(seen, null).code;
    else if (this.offset) {
      // Of a long code the data move away while the training runs: what a hand has moved goes with them.
      const { code } = explorer.trace(seen, null);
      h = code.map((v, j) => v + (this.offset as Float32Array)[j]);
    }
    this.trace = explorer.trace(seen, h);
    this.keep(x, seen, h, this.trace.y);
  }

  private keep(x: Float32Array, seen: Float32Array, h: Float32Array, y: Float32Array): void {
    this.seen = seen;
    this.h = h;
    this.y = y;
    this.error = squaredError(x, y, 0, x.length);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
