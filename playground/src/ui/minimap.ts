// The map of a run beside those of others: all on one scale, with numbers on the axes.

import type { Pin } from "../runs";
import { el, type Sheet, sheet } from "./dom";
import { palette } from "./theme";

const SIDE = 190;
const LEFT = 34;
const BOTTOM = 18;

export type Frame = { x: [number, number]; y: [number, number] };

// What holds the codes of all runs that have two numbers; null when fewer than two runs have.
export function commonFrame(runs: Pin[]): Frame | null {
  const flat = runs.filter((run) => run.config.code === 2 && run.codes.every(Number.isFinite));
  if (flat.length < 2) return null;
  const range = (axis: number): [number, number] => {
    let [low, high] = [Infinity, -Infinity];
    for (const { codes } of flat) {
      for (let i = axis; i < codes.length; i += 2) {
        low = Math.min(low, codes[i]);
        high = Math.max(high, codes[i]);
      }
    }
    const spare = 0.04 * (high - low) || 1;
    return [low - spare, high + spare];
  };
  const [x, y] = [range(0), range(1)];
  const half = Math.max(x[1] - x[0], y[1] - y[0]) / 2; // one scale for both axes
  const around = ([low, high]: [number, number]): [number, number] => [(low + high) / 2 - half, (low + high) / 2 + half];
  return { x: around(x), y: around(y) };
}

export class MiniMap {
  private readonly sheet: Sheet = sheet(SIDE, SIDE, "");
  readonly element = el("figure", { className: "aep-minimap", hidden: true }, this.sheet.canvas, el("figcaption", {}, "its map, on the scale of all runs"));

  draw(run: Pin, frame: Frame | null, labels: Uint8Array, name: string): void {
    this.element.hidden = !frame || run.config.code !== 2;
    if (!frame || this.element.hidden) return;
    const { context: c, canvas } = this.sheet;
    const colours = palette();
    c.fillStyle = colours.ground;
    c.fillRect(0, 0, SIDE, SIDE);
    const side = SIDE - LEFT;
    const x = (v: number) => LEFT + (side * (v - frame.x[0])) / (frame.x[1] - frame.x[0]);
    const y = (v: number) => SIDE - BOTTOM - ((SIDE - BOTTOM) * (v - frame.y[0])) / (frame.y[1] - frame.y[0]);
    c.font = "11px system-ui, sans-serif";
    c.strokeStyle = colours.line;
    c.lineWidth = 1;
    for (const axis of ["x", "y"] as const) {
      for (const tick of ticks(...frame[axis])) {
        c.fillStyle = colours.soft;
        c.beginPath();
        if (axis === "x") {
          c.moveTo(x(tick), 0);
          c.lineTo(x(tick), SIDE - BOTTOM);
        } else {
          c.moveTo(LEFT, y(tick));
          c.lineTo(SIDE, y(tick));
        }
        c.stroke();
        c.textAlign = axis === "x" ? "center" : "right";
        c.textBaseline = axis === "x" ? "alphabetic" : "middle";
        const text = String(tick);
        const at = Math.min(Math.max(x(tick), LEFT + c.measureText(text).width / 2), SIDE - c.measureText(text).width / 2);
        if (axis === "x") c.fillText(text, at, SIDE - 4);
        else c.fillText(text, LEFT - 4, Math.max(6, y(tick)));
      }
    }
    c.strokeRect(LEFT + 0.5, 0.5, side - 1, SIDE - BOTTOM - 1);
    run.places.forEach((place, i) => {
      c.fillStyle = colours.classes[labels[place] % 10];
      c.fillRect(x(run.codes[2 * i]) - 1.5, y(run.codes[2 * i + 1]) - 1.5, 3, 3);
    });
    const told = (range: [number, number]) => `${range[0].toPrecision(2)} to ${range[1].toPrecision(2)}`;
    canvas.setAttribute("aria-label", `The map of ${name}, across from ${told(frame.x)}, up from ${told(frame.y)}`);
  }
}

function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 4.5;
  const e = 10 ** Math.floor(Math.log10(rough));
  const every = [1, 2, 5, 10].map((m) => m * e).find((step) => step >= rough) as number;
  const found: number[] = [];
  for (let n = Math.ceil(low / every); n * every <= high; n++) found.push(Number((n * every).toPrecision(4)));
  return found;
}
