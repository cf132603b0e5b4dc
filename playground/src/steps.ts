// A trained network with convolutions, forward only: a list of steps, as the course's `aecourse.playground.steps` tells them.

import { ACTIVATIONS } from "./engine/config";
import { wasmEngine } from "./engine/fast";
import { type Engine, pad } from "./engine/kernels";
import { plainEngine } from "./engine/plain";
import type { Explorer } from "./explorer";

type Bend = (typeof ACTIVATIONS)[number] | "silu";

export type Step =
  | { kind: "dense"; inputs: number; outputs: number; activation: Bend }
  | {
    kind: "conv"; shape: number[]; out: number[]; outputs: number; size: number[]; stride: number[]; before: number[]; // rows, columns
    activation: Bend;
  }
  | { kind: "turn"; shape: number[]; axes: number[] }
  | { kind: "pool" | "repeat"; shape: number[]; size: number[] };

export interface Steps {
  encoder: Step[];
  decoder: Step[];
  code: number;
}

const AT_ONCE = 20; // samples
const ROWS = 256; // of a table at once
const PAUSE = 100; // samples after which the page may draw

export class StepsExplorer implements Explorer {
  readonly remote = false;
  readonly code: number;
  private readonly tables = new Map<Step, { weights: number; bias: number }>();
  private readonly from: number; // offsets of a table's rows, and of what they become
  private readonly to: number;

  private constructor(private readonly engine: Engine, private readonly steps: Steps, weights: Float32Array, readonly pixels: number) {
    this.code = steps.code;
    const { heap } = engine;
    let [at, widest, longest] = [0, 0, 0];
    for (const step of [...steps.encoder, ...steps.decoder]) {
      if (step.kind !== "dense" && step.kind !== "conv") continue;
      const [depth, out] = [depthOf(step), step.outputs];
      const table = { weights: heap.allocate(depth * pad(out)), bias: heap.allocate(pad(out)) };
      for (let i = 0; i < depth; i++) heap.numbers.set(weights.subarray(at + i * out, at + (i + 1) * out), table.weights + i * pad(out));
      at += depth * out;
      heap.numbers.set(weights.subarray(at, at + out), table.bias);
      at += out;
      this.tables.set(step, table);
      [widest, longest] = [Math.max(widest, pad(depth)), Math.max(longest, pad(out))];
    }
    if (at !== weights.length) throw new Error("the weights do not fit the network");
    this.from = heap.allocate(ROWS * widest);
    this.to = heap.allocate(ROWS * longest);
  }

  static async make(steps: Steps, weights: Float32Array, pixels: number): Promise<StepsExplorer> {
    return new StepsExplorer(await wasmEngine().catch(plainEngine), steps, weights, pixels);
  }

  encode(x: Float32Array): Promise<Float32Array> {
    return this.through(this.steps.encoder, x, this.pixels, this.code);
  }

  decode(h: Float32Array): Promise<Float32Array> {
    return this.through(this.steps.decoder, h, this.code, this.pixels);
  }

  private async through(steps: Step[], values: Float32Array, width: number, wide: number): Promise<Float32Array> {
    const n = values.length / width;
    const result = new Float32Array(n * wide);
    for (let first = 0; first < n; first += AT_ONCE) {
      if (first && first % PAUSE === 0) await new Promise((later) => setTimeout(later));
      const rows = Math.min(AT_ONCE, n - first);
      let now = values.slice(first * width, (first + rows) * width);
      for (const step of steps) now = this.apply(step, now, rows);
      result.set(now, first * wide);
    }
    return result;
  }

  private apply(step: Step, values: Float32Array<ArrayBuffer>, n: number): Float32Array<ArrayBuffer> {
    if (step.kind === "dense") return this.product(step, values, n);
    if (step.kind === "conv") return this.product(step, windows(step, values, n), n * step.out[0] * step.out[1]);
    return step.kind === "turn" ? turned(values, n, step.shape, step.axes) : step.kind === "pool" ? pooled(values, n, step) : repeated(values, n, step);
  }

  // Rows times the step's table, plus its bias, through its activation.
  private product(step: Step & { outputs: number; activation: Bend }, values: Float32Array, rows: number): Float32Array<ArrayBuffer> {
    const { kernels, heap: { numbers: f } } = this.engine;
    const { weights, bias } = this.tables.get(step) as { weights: number; bias: number };
    const depth = values.length / rows;
    const out = pad(step.outputs);
    const result = new Float32Array(rows * step.outputs);
    const kind = step.activation === "silu" ? 0 : ACTIVATIONS.indexOf(step.activation);
    for (let first = 0; first < rows; first += ROWS) {
      const count = Math.min(ROWS, rows - first);
      for (let i = 0; i < count; i++) f.set(values.subarray((first + i) * depth, (first + i + 1) * depth), this.from + i * pad(depth));
      kernels.gemm(this.to, out, this.from, pad(depth), 1, weights, out, count, out, depth);
      kernels.activate(this.to, bias, count, out, kind);
      for (let i = 0; i < count; i++) result.set(f.subarray(this.to + i * out, this.to + i * out + step.outputs), (first + i) * step.outputs);
    }
    return step.activation === "silu" ? result.map((z) => z / (1 + Math.exp(-z))) : result;
  }
}

const depthOf = (step: Step & { kind: "dense" | "conv" }): number =>
  step.kind === "dense" ? step.inputs : step.size[0] * step.size[1] * step.shape[2];

// What a convolution looks at, a row for each place.
function windows({ shape: [height, width, channels], out: [rows, columns], size, stride, before }: Step & { kind: "conv" }, values: Float32Array, n: number): Float32Array {
  const depth = size[0] * size[1] * channels;
  const made = new Float32Array(n * rows * columns * depth);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        for (let a = 0; a < size[0]; a++) {
          for (let b = 0; b < size[1]; b++, at += channels) {
            const [y, x] = [row * stride[0] - before[0] + a, column * stride[1] - before[1] + b];
            if (y < 0 || x < 0 || y >= height || x >= width) continue;
            const from = ((i * height + y) * width + x) * channels;
            for (let c = 0; c < channels; c++) made[at + c] = values[from + c];
          }
        }
      }
    }
  }
  return made;
}

// The axes of each sample in another order.
function turned(values: Float32Array, n: number, shape: number[], axes: number[]): Float32Array<ArrayBuffer> {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const whole = shape.reduce((a, b) => a * b, 1);
  const made = new Float32Array(values.length);
  for (let p = 0; p < whole; p++) {
    let [rest, from] = [p, 0];
    for (const axis of [...axes].reverse()) {
      from += (rest % shape[axis]) * strides[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    for (let i = 0; i < n; i++) made[i * whole + p] = values[i * whole + from];
  }
  return made;
}

type Patches = { shape: number[]; size: number[] };

// Of each patch the largest value, channel by channel.
function pooled(values: Float32Array, n: number, { shape: [height, width, channels], size: [down, across] }: Patches): Float32Array<ArrayBuffer> {
  const [rows, columns] = [Math.floor(height / down), Math.floor(width / across)];
  const made = new Float32Array(n * rows * columns * channels).fill(-Infinity);
  for (let i = 0; i < n; i++) {
    for (let y = 0; y < rows * down; y++) {
      for (let x = 0; x < columns * across; x++) {
        const to = ((i * rows + Math.floor(y / down)) * columns + Math.floor(x / across)) * channels;
        for (let c = 0; c < channels; c++) made[to + c] = Math.max(made[to + c], values[((i * height + y) * width + x) * channels + c]);
      }
    }
  }
  return made;
}

// Each pixel as a patch.
function repeated(values: Float32Array, n: number, { shape: [height, width, channels], size: [down, across] }: Patches): Float32Array<ArrayBuffer> {
  const [rows, columns] = [height * down, width * across];
  const made = new Float32Array(n * rows * columns * channels);
  for (let p = 0; p < n * rows * columns; p++) {
    const [x, y, i] = [p % columns, Math.floor(p / columns) % rows, Math.floor(p / (rows * columns))];
    const from = ((i * height + Math.floor(y / down)) * width + Math.floor(x / across)) * channels;
    for (let c = 0; c < channels; c++) made[p * channels + c] = values[from + c];
  }
  return made;
}
