// How the pictures stand on the map: a digit as its numeral, anything else as itself, in the colour of its kind; and of a
// VAE, an ellipse for how far each code is drawn from its mean.

import type { Digits } from "../engine/data";
import type { Plane } from "./plane";
import type { Palette } from "./theme";

const ACROSS = 20; // small pictures in a row of the sheet

export class Marks {
  private sheet: HTMLCanvasElement | null = null;
  private of: unknown[] = [];
  private side = 0;

  draw(c: CanvasRenderingContext2D, digits: Digits, places: Int32Array, i: number, x: number, y: number, size: number, colours: Palette): void {
    if (digits.kind === "digits") return c.fillText(String(digits.labels[places[i]]), x, y);
    this.prepare(digits, places, colours);
    const { side } = this;
    c.drawImage(this.sheet as HTMLCanvasElement, (i % ACROSS) * side, Math.floor(i / ACROSS) * side, side, side, x - size / 2, y - size / 2, size, size);
  }

  // All of them once, the ink in the colour of the kind.
  private prepare(digits: Digits, places: Int32Array, colours: Palette): void {
    const of = [digits, colours, places.length, places[0]];
    if (of.every((one, n) => one === this.of[n])) return;
    this.of = of;
    const side = (this.side = Math.round(Math.sqrt(digits.pixels)));
    const sheet = (this.sheet ??= document.createElement("canvas"));
    sheet.width = ACROSS * side;
    sheet.height = Math.ceil(places.length / ACROSS) * side;
    const c = sheet.getContext("2d") as CanvasRenderingContext2D;
    places.forEach((place, i) => {
      const image = c.createImageData(side, side);
      const rgb = parseInt(colours.classes[digits.labels[place] % 10].slice(1), 16);
      for (let p = 0; p < digits.pixels; p++) {
        image.data.set([rgb >> 16, (rgb >> 8) & 255, rgb & 255, digits.images[place * digits.pixels + p]], 4 * p);
      }
      c.putImageData(image, (i % ACROSS) * side, Math.floor(i / ACROSS) * side);
    });
  }
}

// The ellipse of one standard deviation around a code, as it falls onto the plane: half axes and the angle of the first.
export function ellipseOf(plane: Plane, spread: ArrayLike<number>): [number, number, number] {
  if (plane.code === 1) return [spread[0], 0, 0];
  const [xx, xy, yy] = plane.covariance(spread);
  const half = Math.hypot((xx - yy) / 2, xy);
  const middle = (xx + yy) / 2;
  return [Math.sqrt(middle + half), Math.sqrt(Math.max(middle - half, 0)), Math.atan2(2 * xy, xx - yy) / 2];
}

// `side` is that of the map on the screen.
export function paintSpread(
  c: CanvasRenderingContext2D, plane: Plane, side: number, [x, y]: [number, number], spread: ArrayLike<number>, colour: string, alpha: number,
): void {
  const [a, b, turn] = ellipseOf(plane, spread);
  const scale = side / 2 / plane.reach;
  if (!Number.isFinite(a * scale)) return;
  c.save();
  c.globalAlpha = alpha;
  c.strokeStyle = colour;
  c.lineWidth = alpha === 1 ? 2 : 1;
  c.beginPath();
  c.ellipse(x, y, a * scale, Math.max(b * scale, 1), -turn, 0, 7);
  c.stroke();
  c.restore();
}

// The ellipses in words.
export function spreadText(spreads: Float32Array | null, code: number): string {
  if (!spreads) return "";
  const means = Array.from({ length: Math.min(code, 4) }, (_, j) => {
    let sum = 0;
    for (let i = j; i < spreads.length; i += code) sum += spreads[i];
    return `h${"₁₂₃₄"[j]} ${((sum * code) / spreads.length).toFixed(2)}`;
  });
  return ` In training each code is drawn around its mean; the ellipse reaches one standard deviation, on average ${means.join(", ")}${code > 4 ? " and so on" : ""}.`;
}
