// The digits, or other pictures like them: bytes 0 (paper) to 255 (ink), `pixels` a digit, training digits first.

import type { Config } from "./config";

export interface Digits {
  pixels: number;
  images: Uint8Array; // (n, pixels)
  labels: Uint8Array; // (n,): the kind of digit or clothing; of own pictures, which one it is
  training: number; // the first so many are trained on, the rest validate
  kind: Config["data"];
}

const MAGIC = "AED1";

// What the course's `aecourse.playground.digits` packs: zlib around a header, the labels and the images.
export async function unpack(packed: BufferSource, kind: Config["data"] = "digits"): Promise<Digits> {
  const stream = new Blob([packed as BlobPart]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  if (new TextDecoder().decode(bytes.subarray(0, 4)) !== MAGIC) throw new Error("these are not the playground's digits");
  const header = new DataView(bytes.buffer, 4, 12);
  const [n, training, pixels] = [0, 4, 8].map((at) => header.getUint32(at, true));
  const labels = bytes.slice(16, 16 + n);
  const images = bytes.slice(16 + n);
  if (images.length !== n * pixels || training > n) throw new Error("the playground's digits are cut short");
  return { pixels, images, labels, training, kind };
}

// The places of the digits of these classes, in training or validation; of own pictures all.
export function chosen(digits: Digits, classes: number[], part: "training" | "validation"): Int32Array {
  const [from, to] = part === "training" ? [0, digits.training] : [digits.training, digits.labels.length];
  const places: number[] = [];
  for (let i = from; i < to; i++) if (digits.kind === "own" || classes.includes(digits.labels[i])) places.push(i);
  return Int32Array.from(places);
}

// Eight digits to look at, one of each class in turn, from those that validate.
export function shownDigits(digits: Digits, places: Int32Array, count = 8): number[] {
  const queues = new Map<number, number[]>();
  for (const i of places) queues.set(digits.labels[i], [...(queues.get(digits.labels[i]) ?? []), i]);
  const classes = [...queues.keys()].sort((a, b) => a - b);
  const shown: number[] = [];
  for (let turn = 0; shown.length < Math.min(count, places.length); turn++) {
    for (const c of classes) {
      const next = queues.get(c)?.[turn];
      if (next !== undefined && shown.length < count) shown.push(next);
    }
  }
  return shown;
}

export function copyImages(digits: Digits, places: ArrayLike<number>, to: Float32Array, at: number, stride: number): void {
  for (let i = 0; i < places.length; i++) {
    const from = places[i] * digits.pixels;
    for (let p = 0; p < digits.pixels; p++) to[at + i * stride + p] = digits.images[from + p] / 255;
  }
}
