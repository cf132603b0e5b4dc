// Encoding and decoding for the eye: what the map, the sliders and the drawing ask for. The network trained here, or the
// trained one of a notebook, answers in the browser; a network only the notebook's kernel can run answers from there.

import { wasmEngine } from "./engine/fast";
import type { Activation, Config } from "./engine/config";
import { type Engine, pad } from "./engine/kernels";
import { Network, type Shape } from "./engine/network";
import { plainEngine } from "./engine/plain";

export interface Explorer {
  readonly code: number; // numbers in a code
  readonly pixels: number;
  readonly remote: boolean;
  onBusy?: (busy: boolean) => void; // called when a kernel begins and ends to work
  encode(x: Float32Array): Promise<Float32Array>; // (n, pixels) → (n, code)
  decode(h: Float32Array): Promise<Float32Array>; // (n, code) → (n, pixels)
}

const AT_ONCE = 100;

// What every unit does with one digit: the values of each layer, the encoder's first, and of the code and the picture.
export interface Trace {
  encoder: Float32Array[]; // hidden layers
  code: Float32Array;
  spread: Float32Array | null; // of a VAE, in standard deviations
  decoder: Float32Array[]; // hidden layers
  y: Float32Array;
}

export interface Table {
  inputs: number;
  outputs: number;
  stride: number;
  numbers: Float32Array; // weight (i, j) stands at i · stride + j
  activation: Activation;
}

export class LocalExplorer implements Explorer {
  readonly remote = false;
  private network: Network;
  private learner: Network | null = null; // has room for gradients
  private made: Table[] = []; // since the last weights

  private constructor(private engine: Engine, shape: Shape) {
    this.network = new Network(engine, shape, AT_ONCE, false);
  }

  static async make(shape: Shape, plain: boolean): Promise<LocalExplorer> {
    return new LocalExplorer(plain ? plainEngine() : await wasmEngine().catch(plainEngine), shape);
  }

  static async of(shape: Shape, weights: Float32Array): Promise<LocalExplorer> {
    const made = await LocalExplorer.make(shape, false);
    made.load(weights);
    return made;
  }

  get code(): number {
    return this.network.shape.code;
  }

  get pixels(): number {
    return this.network.pixels;
  }

  load(weights: Float32Array): void {
    this.network.write(weights);
    this.made = [];
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

  get shape(): Shape {
    return this.network.shape;
  }

  // One digit through all layers; with `h`, the decoder starts from there.
  trace(x: Float32Array, h: Float32Array | null): Trace {
    const net = this.network;
    const f = this.engine.heap.numbers;
    f.set(x, net.input);
    net.encode(1);
    const code = f.slice(net.codes, net.codes + this.code);
    const spread = net.shape.sampled ? net.spreads(1) : null;
    if (h) f.set(h, net.codes);
    net.decode(1);
    const values = net.layers.map((l) => f.slice(l.out, l.out + l.outputs));
    const last = values.length - 1;
    return { encoder: values.slice(0, net.split - 1), code, spread, decoder: values.slice(net.split, last), y: values[last] };
  }

  // The weights of all layers, in the order of the digit's way.
  tables(): Table[] {
    const f = this.engine.heap.numbers;
    if (this.made[0]?.numbers.buffer === f.buffer) return this.made;
    return (this.made = this.network.layers.map(({ inputs, outputs, weights, activation }) => {
      const stride = pad(outputs);
      return { inputs, outputs, stride, activation, numbers: f.subarray(weights, weights + inputs * stride) };
    }));
  }

  // How the loss of this one digit changes with each unit: the error on its way back, layer by layer.
  backward(x: Float32Array, target: Float32Array, config: Config): Trace {
    const shape = this.network.shape;
    const net = (this.learner ??= new Network(this.engine, shape, 1, true));
    net.write(this.network.read());
    const f = this.engine.heap.numbers;
    f.set(x, net.input);
    f.set(target, net.target);
    net.encode(1);
    net.decode(1);
    net.backward(1, { ...config, penalty: "none" });
    const values = net.layers.map((l) => f.slice(l.delta, l.delta + l.outputs));
    const last = values.length - 1;
    return {
      encoder: values.slice(0, net.split - 1), code: values[net.split - 1].slice(0, this.code), spread: null,
      decoder: values.slice(net.split, last), y: values[last],
    };
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
