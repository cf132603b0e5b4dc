// A code as a small picture: a field for each of its numbers, blue below 0, red above it.

import type { View } from "../messages";
import { palette, putSigned } from "./theme";

const USUAL = 0.98; // of all numbers are not beyond the strongest colour

// So many fields in a row, and so many rows.
export function fieldsOf(code: number): [number, number] {
  const columns = code <= 8 ? code : code <= 16 ? 8 : 16;
  return [columns, Math.ceil(code / columns)];
}

// The number that has the strongest colour: one for all codes of a view, so that they can be compared.
const scales = new WeakMap<View, number>();
export function scaleOf(view: View): number {
  let scale = scales.get(view);
  if (scale === undefined) {
    const sizes = view.codes.map(Math.abs).filter(Number.isFinite).sort();
    scale = sizes[Math.floor(USUAL * (sizes.length - 1))] || 1;
    scales.set(view, scale);
  }
  return scale;
}

// `width` × `height` pixels of the context, each in the colour of the field that it is in.
export function paintCode(c: CanvasRenderingContext2D, h: ArrayLike<number>, scale: number, top: number, width: number, height: number): void {
  const [columns, rows] = fieldsOf(h.length);
  const image = c.createImageData(width, height);
  const colours = palette();
  for (let p = 0; p < width * height; p++) {
    const field = Math.floor((Math.floor(p / width) * rows) / height) * columns + Math.floor(((p % width) * columns) / width);
    if (field >= h.length) continue;
    putSigned(image.data, 4 * p, h[field] / scale, colours);
    image.data[4 * p + 3] = 255;
  }
  c.putImageData(image, 0, top);
}
