// Damage on purpose: x becomes x̃. The same three kinds as in the course's `aecourse.corruption`.

import type { Config } from "./config";
import type { Random } from "./random";

export const blockSide = (level: number, side: number): number => Math.round(level * side);

// Damages `rows` images of `pixels` numbers in [0, 1] that stand in `f` from `at`, `stride` apart.
export function corrupt(
  f: Float32Array, at: number, rows: number, pixels: number, stride: number,
  config: Pick<Config, "corruption" | "level">, random: Random,
): void {
  const { corruption, level } = config;
  if (corruption === "none") return;
  for (let i = 0; i < rows; i++) {
    const from = at + i * stride;
    if (corruption === "gaussian") {
      for (let p = from; p < from + pixels; p++) f[p] = Math.min(Math.max(f[p] + level * random.normal(), 0), 1);
    } else if (corruption === "salt") {
      for (let p = from; p < from + pixels; p++) {
        const draw = random.uniform();
        if (draw < level) f[p] = draw < level / 2 ? 0 : 1;
      }
    } else {
      const side = Math.round(Math.sqrt(pixels));
      const block = blockSide(level, side);
      const top = random.below(side - block + 1);
      const left = random.below(side - block + 1);
      for (let row = top; row < top + block; row++) f.fill(0, from + row * side + left, from + row * side + left + block);
    }
  }
}
