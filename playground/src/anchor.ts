// What an error is measured by: that of a network which draws one picture for all, the mean of what it trains on.

import type { Config } from "./engine/config";
import { chosen, type Digits } from "./engine/data";

const cache = new WeakMap<Digits, { of: string; error: number }>();

// Half of these pictures have a smaller squared error from the mean picture, the other half a larger one.
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
  }).sort();
  const error = errors[errors.length >> 1];
  cache.set(digits, { of, error });
  return error;
}
