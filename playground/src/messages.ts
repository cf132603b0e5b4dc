// What page and worker say to each other.

import type { Config } from "./engine/config";
import type { Digits } from "./engine/data";
import { parameters, type Shape } from "./engine/shape";
import type { Point } from "./engine/trainer";
import type { Start } from "./start";

export type Order =
  | { type: "start"; digits: Digits; config: Config; plain: boolean; from: Start | null }
  | { type: "config"; config: Config; digits: Digits | null } // other data, or the same
  | { type: "play"; until: number | null }
  | { type: "pause" }
  | { type: "step" }
  | { type: "reset" }
  | { type: "seen" }; // the last view is drawn: the next may come

export interface Grid {
  places: number[]; // which digits
  damaged: Float32Array; // x̃, (8, pixels)
  outputs: Float32Array; // y
  codes: Float32Array; // (8, code)
}

export interface View {
  type: "view";
  engine: "wasm" | "js";
  run: number; // counts the resets: tells an old view from a new one
  obeyed: number; // how many orders, "seen" apart, were obeyed before
  step: number;
  epochs: number;
  running: boolean;
  diverged: boolean;
  lastLoss: number | null;
  speed: number; // digits a second
  history: Point[];
  weights: Float32Array; // as Network.read gives them
  places: Int32Array; // the validation digits
  codes: Float32Array; // theirs, undamaged, (n, code)
  spreads: Float32Array | null; // of a VAE: the standard deviation with which each number of a code is drawn
  errors: Float32Array | null; // theirs, undamaged; null while the training runs and they are fresh enough
  grid: Grid;
}

export type Report = View | { type: "failed"; message: string };

// Whether a view is one of a network of this shape: one from before a change may still be on its way.
export const fitsShape = (view: View, shape: Shape): boolean =>
  view.codes.length === view.places.length * shape.code && view.weights.length === parameters(shape);
