// The reader's own pictures as data: some are put aside to validate with, and of each there are turned, moved and resized
// ones, as a handful of pictures alone would be learned by heart.

import type { Digits } from "./engine/data";
import { Random } from "./engine/random";

export const LEAST_OWN = 2;
export const MOST_OWN = 200;
const ASIDE = 5; // one in so many validates, of
const ENOUGH = 10; // or more
const TRAIN = 1200; // about so many to train on
const VALIDATE = 200;
const COPIES = 100; // of one picture, at most
const TURN = 0.2; // radians, to either side
const SIZE = 0.12; // larger or smaller by so much
const SHIFT = 2; // pixels

export class Own {
  pictures: Float32Array[] = [];
  private made: Digits | null = null;

  constructor(readonly side: number) {}

  // How many of these were taken.
  add(pictures: Float32Array[]): number {
    const taken = pictures.slice(0, MOST_OWN - this.pictures.length);
    if (taken.length) this.change([...this.pictures, ...taken]);
    return taken.length;
  }

  remove(at: number): void {
    this.change(this.pictures.filter((_, i) => i !== at));
  }

  clear(): void {
    this.change([]);
  }

  private change(pictures: Float32Array[]): void {
    this.pictures = pictures;
    this.made = null;
  }

  // Whether pictures that are not trained on validate; else variants of those that are trained on do.
  get honest(): boolean {
    return this.pictures.length >= ENOUGH;
  }

  get digits(): Digits | null {
    if (this.pictures.length < LEAST_OWN) return null;
    return (this.made ??= this.make());
  }

  private make(): Digits {
    const all = [...this.pictures.keys()];
    const random = new Random(this.pictures.length, 11);
    const shuffled = Int32Array.from(all);
    random.shuffle(shuffled);
    const count = Math.round(all.length / ASIDE);
    const aside = this.honest ? [...shuffled.subarray(0, count)].sort((a, b) => a - b) : all;
    const learned = this.honest ? all.filter((i) => !aside.includes(i)) : all;
    const copies = (of: number[], total: number, whole: boolean) => {
      const each = Math.min(Math.max(Math.round(total / of.length), 1), COPIES);
      return Array.from({ length: each }, (_, turn) => of.map((i): [number, Float32Array] =>
        [i, turn === 0 && whole ? this.pictures[i] : varied(this.pictures[i], this.side, random)])).flat();
    };
    const training = copies(learned, TRAIN, true);
    const rows = [...training, ...copies(aside, VALIDATE, this.honest)];
    const pixels = this.side * this.side;
    const images = new Uint8Array(rows.length * pixels);
    rows.forEach(([, x], i) => images.set(x.map((v) => Math.round(255 * v)), i * pixels));
    return { pixels, images, labels: Uint8Array.from(rows, ([i]) => i), training: training.length, kind: "own" };
  }
}

// The picture a little turned, resized and moved.
export function varied(picture: Float32Array, side: number, random: Random): Float32Array {
  const draw = (most: number) => most * (2 * random.uniform() - 1);
  const [angle, size, dx, dy] = [draw(TURN), 1 + draw(SIZE), draw(SHIFT), draw(SHIFT)];
  const [cos, sin] = [Math.cos(angle) / size, Math.sin(angle) / size];
  const middle = (side - 1) / 2;
  const at = (x: number, y: number) => (x >= 0 && y >= 0 && x < side && y < side ? picture[y * side + x] : 0);
  return picture.map((_, p) => {
    const [x, y] = [(p % side) - middle - dx, Math.floor(p / side) - middle - dy];
    const [u, v] = [cos * x + sin * y + middle, cos * y - sin * x + middle];
    const [i, j] = [Math.floor(u), Math.floor(v)];
    const [a, b] = [u - i, v - j];
    return (1 - b) * ((1 - a) * at(i, j) + a * at(i + 1, j)) + b * ((1 - a) * at(i, j + 1) + a * at(i + 1, j + 1));
  });
}
