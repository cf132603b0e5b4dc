// What an error is measured by: the usual one, and that of a network which draws the mean of what it trains on each time.

import type { Config } from "./engine/config";
import { chosen, type Digits } from "./engine/data";

const cache = new WeakMap<Digits, { of: string; error: number }>();

const medians = new WeakMap<Float32Array | Float64Array, number>();

// Half of the errors are smaller, the other half larger.
export function median(errors: Float32Array | Float64Array): number {
  let found = medians.get(errors);
  if (found === undefined) medians.set(errors, (found = errors.slice().sort()[errors.length >> 1]));
  return found;
}

// The usual squared error from the mean picture.
export function meanPictureError(digits: Digits, classes: Config["classes"], places: Int32Array, given: boolean): number {
  const of = `${given}|${classes}|${places.length}`;
  const known = cache.get(digits);
  if (known?.of === of) return known.error;
  const { images, pixels } = digits;
  const training = given ? places : chosen(digits, classes, "training");
  const mean = new Float64Array(pixels);
  for (const place of training) for (let p = 0; p < pixels; p++) mean[p] += images[place * pixels + p] / 255 / training.length;
  const errors = Float64Array.from(places, (place) => {
    let sum = 0;
    for (let p = 0; p < pixels; p++) sum += (images[place * pixels + p] / 255 - mean[p]) ** 2;
    return sum / pixels;
  });
  const error = median(errors);
  cache.set(digits, { of, error });
  return error;
}
