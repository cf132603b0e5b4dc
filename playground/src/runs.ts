// The runs one keeps to compare: up to four pinned ones, and the run before the present one.

import { type Config, same } from "./engine/config";
import type { Digits } from "./engine/data";
import type { Point } from "./engine/trainer";
import type { Grid, View } from "./messages";

export const MOST_PINS = 4;
export const BEFORE = MOST_PINS; // the slot of the run before
export const BEFORE_NAME = "before";

export interface Pin {
  name: string; // A, B, C, …; each letter once
  slot: number; // 0 to 3, for its colour; BEFORE for the run before
  config: Config;
  steps: number;
  history: Point[];
  grid: Grid;
  places: Int32Array; // the validation digits
  codes: Float32Array; // theirs
  digits: Digits;
}

export class Runs {
  private pins: Pin[] = [];
  private given = 0; // letters

  get all(): Pin[] {
    return this.pins;
  }

  get pinned(): Pin[] {
    return this.pins.filter((pin) => pin.slot !== BEFORE);
  }

  get before(): Pin | undefined {
    return this.pins.find((pin) => pin.slot === BEFORE);
  }

  get full(): boolean {
    return this.pinned.length >= MOST_PINS;
  }

  // Pins a run and gives its letter; null when four are pinned.
  pin(view: Pick<View, "step" | "history" | "grid" | "places" | "codes">, config: Config, digits: Digits): string | null {
    if (this.full) return null;
    const slot = [0, 1, 2, 3].find((n) => !this.pins.some((pin) => pin.slot === n)) as number;
    const name = letter(this.given++);
    const { step: steps, history, grid, places, codes } = view;
    this.put({ name, slot, config: structuredClone(config), steps, history, grid, places, codes, digits });
    return name;
  }

  // Keeps a run that ends, in place of the one that ended before it; false when a pinned one is the same.
  leave(view: View, config: Config, digits: Digits): boolean {
    if (this.pins.some((pin) => pin.steps === view.step && pin.digits === digits && same(pin.config, config))) return false;
    this.pins = this.pinned;
    const { step: steps, history, grid, places, codes } = view;
    this.put({ name: BEFORE_NAME, slot: BEFORE, config: structuredClone(config), steps, history, grid, places, codes, digits });
    return true;
  }

  // Pins the run before.
  keepBefore(): string | null {
    const { before } = this;
    if (!before || this.full) return null;
    this.remove(before.name);
    return this.pin({ ...before, step: before.steps }, before.config, before.digits);
  }

  remove(name: string): void {
    this.pins = this.pins.filter((pin) => pin.name !== name);
  }

  private put(pin: Pin): void {
    const order = (p: Pin) => (p.slot === BEFORE ? Infinity : p.name.length * 100 + p.name.charCodeAt(0));
    this.pins = [...this.pins, pin].sort((a, b) => order(a) - order(b));
  }
}

const letter = (n: number): string => String.fromCharCode(65 + (n % 26)) + (n < 26 ? "" : String(Math.floor(n / 26) + 1));
