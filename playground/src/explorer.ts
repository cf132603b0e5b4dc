// Encoding and decoding for the eye: what the map, the sliders and the drawing ask for. The network trained here, or the
// trained one of a notebook, answers in the browser; a network only the notebook's kernel can run answers from there.

import { wasmEngine } from "./engine/fast";
import { type Engine, pad } from "./engine/kernels";
import { Network, type Shape } from "./engine/network";
import { plainEngine } from "./engine/plain";

export interface Explorer {
  readonly code: number; // numbers in a code
  readonly pixels: number;
  readonly remote: boolean;
  encode(x: Float32Array): Promise<Float32Array>; // (n, pixels) → (n, code)
  decode(h: Float32Array): Promise<Float32Array>; // (n, code) → (n, pixels)
}

const AT_ONCE = 100;

export class LocalExplorer implements Explorer {
  readonly remote = false;
  private network: Network;

  private constructor(private engine: Engine, shape: Shape) {
    this.network = new Network(engine, shape, AT_ONCE, false);
  }

  static async make(shape: Shape, plain: boolean): Promise<LocalExplorer> {
    return new LocalExplorer(plain ? plainEngine() : await wasmEngine().catch(plainEngine), shape);
  }

  get code(): number {
    return this.network.shape.code;
  }

  get pixels(): number {
    return this.network.pixels;
  }

  load(weights: Float32Array): void {
    this.network.write(weights);
  }

  fits(shape: Shape): boolean {
    return JSON.stringify(shape) === JSON.stringify(this.network.shape);
  }

  async encode(x: Float32Array): Promise<Float32Array> {
    const net = this.network;
    return this.through(x, net.input, this.pixels, net.codes, this.code, (rows) => net.encode(rows));
  }

  async decode(h: Float32Array): Promise<Float32Array> {
    const net = this.network;
    return this.through(h, net.codes, this.code, net.output, this.pixels, (rows) => net.decode(rows));
  }

  private through(
    from: Float32Array, input: number, width: number, output: number, wide: number, pass: (rows: number) => void,
  ): Float32Array {
    const f = this.engine.heap.numbers;
    const n = from.length / width;
    const result = new Float32Array(n * wide);
    for (let first = 0; first < n; first += AT_ONCE) {
      const rows = Math.min(AT_ONCE, n - first);
      for (let i = 0; i < rows; i++) {
        f.set(from.subarray((first + i) * width, (first + i + 1) * width), input + i * pad(width));
      }
      pass(rows);
      for (let i = 0; i < rows; i++) {
        result.set(f.subarray(output + i * pad(wide), output + i * pad(wide) + wide), (first + i) * wide);
      }
    }
    return result;
  }
}
