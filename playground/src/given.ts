// A trained network that came from a notebook: explored, not trained.

import { type Digits, shownDigits } from "./engine/data";
import type { Explorer } from "./explorer";
import type { View } from "./messages";

export interface Given {
  digits: Digits;
  explorer: Explorer;
  name: string;
}

// Everything that a view of it shows, computed once.
export async function viewOf({ explorer, digits }: Given): Promise<View> {
  const places = Int32Array.from(digits.labels, (_, i) => i);
  const x = Float32Array.from(digits.images, (byte) => byte / 255);
  const codes = await explorer.encode(x);
  const outputs = await explorer.decode(codes);
  const errors = Float32Array.from(places, (i) => squaredError(x, outputs, i, digits.pixels));
  const shown = shownDigits(digits, places);
  const rows = (of: Float32Array, width: number) => {
    const result = new Float32Array(shown.length * width);
    shown.forEach((i, at) => result.set(of.subarray(i * width, (i + 1) * width), at * width));
    return result;
  };
  return {
    type: "view", engine: "wasm", run: 0, obeyed: 0, step: 0, epochs: 0, running: false, diverged: false, lastLoss: null, speed: 0,
    history: [], weights: new Float32Array(0), places, codes, spreads: null, errors,
    grid: { places: shown, damaged: rows(x, digits.pixels), outputs: rows(outputs, digits.pixels), codes: rows(codes, explorer.code) },
  };
}

export function squaredError(x: Float32Array, y: Float32Array, i: number, pixels: number): number {
  let sum = 0;
  for (let p = i * pixels; p < (i + 1) * pixels; p++) sum += (x[p] - y[p]) ** 2;
  return sum / pixels;
}
