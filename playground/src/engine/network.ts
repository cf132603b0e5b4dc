// A fully connected autoencoder: h = f(x), y = g(h), with the gradients of its loss. Tables are stored by rows; each row
// is padded with zeros to a multiple of 4 numbers.

import { ACTIVATIONS, type Config } from "./config";
import { type Engine, pad } from "./kernels";
import { Random } from "./random";
import { type LayerShape, parameters, type Shape } from "./shape";

export { parameters, type Shape, shapeOf } from "./shape";

interface Layer extends LayerShape {
  kind: number;
  weights: number; // offsets
  bias: number;
  out: number;
  delta: number;
}

export class Network {
  readonly pixels: number;
  readonly layers: Layer[];
  readonly split: number; // how many of the layers are the encoder's
  readonly parameters: number; // offset of all weights and biases
  readonly count: number; // of them, padding included
  readonly gradients: number;
  readonly input: number;
  readonly codes: number;
  readonly target: number;
  private readonly codeDelta: number;
  private readonly noise: number;
  private readonly turned: number; // a transposed table
  private readonly perRow: number;

  // `rows` is how many samples pass at once; without `training` there is no room for gradients.
  constructor(readonly engine: Engine, readonly shape: Shape, readonly rows: number, training: boolean) {
    const { heap } = engine;
    const shapes = [...shape.encoder, ...shape.decoder];
    this.pixels = shape.encoder[0].inputs;
    this.split = shape.encoder.length;
    this.count = shapes.reduce((sum, l) => sum + (l.inputs + 1) * pad(l.outputs), 0);
    this.parameters = heap.allocate(this.count);
    this.gradients = training ? heap.allocate(this.count) : 0;
    let at = this.parameters;
    this.layers = shapes.map((l) => {
      const weights = at;
      const bias = weights + l.inputs * pad(l.outputs);
      at = bias + pad(l.outputs);
      const out = heap.allocate(rows * pad(l.outputs));
      const delta = training ? heap.allocate(rows * pad(l.outputs)) : 0;
      return { ...l, kind: ACTIVATIONS.indexOf(l.activation), weights, bias, out, delta };
    });
    this.input = heap.allocate(rows * pad(this.pixels));
    this.target = heap.allocate(rows * pad(this.pixels));
    this.codes = heap.allocate(rows * pad(shape.code));
    this.codeDelta = training ? heap.allocate(rows * pad(shape.code)) : 0;
    this.noise = training ? heap.allocate(rows * pad(shape.code)) : 0;
    this.turned = training ? heap.allocate(Math.max(...shapes.map((l) => l.outputs * pad(l.inputs)))) : 0;
    this.perRow = heap.allocate(rows);
  }

  // Glorot and Bengio's uniform start (2010), Keras's default; biases 0.
  initialise(seed: number): void {
    const random = new Random(seed, 0);
    const f = this.engine.heap.numbers;
    for (const l of this.layers) {
      const limit = Math.sqrt(6 / (l.inputs + l.outputs));
      f.fill(0, l.weights, l.bias + pad(l.outputs));
      for (let i = 0; i < l.inputs; i++) {
        for (let j = 0; j < l.outputs; j++) f[l.weights + i * pad(l.outputs) + j] = limit * (2 * random.uniform() - 1);
      }
    }
  }

  // All weights as Keras orders them: for each layer its kernel, shape (inputs, outputs), then its bias.
  read(from = this.parameters): Float32Array<ArrayBuffer> {
    const result = new Float32Array(parameters(this.shape));
    this.eachRow((place, at, width) => result.set(this.engine.heap.numbers.subarray(at, at + width), place), from);
    return result;
  }

  write(weights: Float32Array, to = this.parameters): void {
    if (weights.length !== parameters(this.shape)) throw new Error("the weights do not fit the network");
    this.eachRow((place, at, width) => this.engine.heap.numbers.set(weights.subarray(place, place + width), at), to);
  }

  private eachRow(visit: (place: number, at: number, width: number) => void, base: number): void {
    let place = 0;
    for (const l of this.layers) {
      for (let i = 0; i <= l.inputs; i++) { // the bias follows as one more row
        visit(place, base + (l.weights - this.parameters) + i * pad(l.outputs), l.outputs);
        place += l.outputs;
      }
    }
  }

  private pass(layers: Layer[], from: number, width: number, rows: number): void {
    const { kernels, heap } = this.engine;
    let a = from;
    let stride = pad(width);
    for (const l of layers) {
      const out = pad(l.outputs);
      kernels.gemm(l.out, out, a, stride, 1, l.weights, out, rows, out, l.inputs);
      kernels.activate(l.out, l.bias, rows, out, l.kind);
      if (l.outputs !== out && l.kind === 3) {
        // sigmoid(0) is not 0: restore the padding
        for (let i = 0; i < rows; i++) heap.numbers.fill(0, l.out + i * out + l.outputs, l.out + (i + 1) * out);
      }
      a = l.out;
      stride = out;
    }
  }

  // Codes of the samples in `input`; with `random`, a VAE's are drawn, else they are its means.
  encode(rows: number, random?: Random): void {
    const f = this.engine.heap.numbers;
    const k = this.shape.code;
    this.pass(this.layers.slice(0, this.split), this.input, this.pixels, rows);
    const last = this.layers[this.split - 1];
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < k; j++) {
        const mean = f[last.out + i * pad(last.outputs) + j];
        let value = mean;
        if (this.shape.sampled && random) {
          const noise = (f[this.noise + i * pad(k) + j] = random.normal());
          value += noise * Math.exp(f[last.out + i * pad(last.outputs) + k + j] / 2);
        }
        f[this.codes + i * pad(k) + j] = value;
      }
    }
  }

  // The standard deviations with which a VAE draws the codes of the samples that were encoded last.
  spreads(rows: number): Float32Array<ArrayBuffer> {
    const k = this.shape.code;
    const { out, outputs } = this.layers[this.split - 1];
    const f = this.engine.heap.numbers;
    return Float32Array.from({ length: rows * k }, (_, i) => Math.exp(f[out + Math.floor(i / k) * pad(outputs) + k + (i % k)] / 2));
  }

  // Reconstructions of the codes in `codes`; they stand in `output`.
  decode(rows: number): void {
    this.pass(this.layers.slice(this.split), this.codes, this.shape.code, rows);
  }

  get output(): number {
    return this.layers[this.layers.length - 1].out;
  }

  // The squared error of each sample, averaged over its pixels, between `output` and `target`.
  errors(rows: number): Float32Array<ArrayBuffer> {
    this.engine.kernels.row_errors(this.perRow, this.output, this.target, rows, pad(this.pixels));
    return this.engine.heap.numbers.slice(this.perRow, this.perRow + rows).map((sum) => sum / this.pixels);
  }

  // The loss L of the batch (mean over pixels and samples, plus weight · penalty), and its gradients.
  backward(rows: number, config: Pick<Config, "loss" | "penalty" | "weight">): { data: number; penalty: number } {
    const { kernels } = this.engine;
    const { layers, split } = this;
    const scale = 1 / (rows * this.pixels);
    const last = layers[layers.length - 1];
    const kind = config.loss === "mse" ? 0 : 1;
    const sum = kernels.output_loss(last.delta, last.out, this.target, rows, pad(this.pixels), kind, scale);
    for (let n = layers.length - 1; n >= 0; n--) {
      const first = n === split;
      const below = n === 0 ? null : layers[n - 1];
      const from = n === 0 ? this.input : first ? this.codes : (below as Layer).out;
      const to = n === 0 ? 0 : first ? this.codeDelta : (below as Layer).delta;
      this.layerBackward(layers[n], from, to, rows);
      if (first) this.penalise(rows, config);
      if (below && !first) kernels.slope(to, from, rows * pad(below.outputs), below.kind);
    }
    return { data: sum * scale, penalty: this.penalty(rows, config.penalty) };
  }

  private layerBackward(l: Layer, from: number, to: number, rows: number): void {
    const { kernels } = this.engine;
    const [wide, out] = [pad(l.inputs), pad(l.outputs)];
    const gradient = this.gradients + (l.weights - this.parameters);
    kernels.gemm(gradient, out, from, 1, wide, l.delta, out, l.inputs, out, rows);
    kernels.column_sums(gradient + l.inputs * out, l.delta, rows, out);
    if (to === 0) return;
    if (wide !== l.inputs) this.engine.heap.numbers.fill(0, this.turned, this.turned + l.outputs * wide);
    kernels.transpose(this.turned, wide, l.weights, out, l.inputs, l.outputs);
    kernels.gemm(to, wide, l.delta, out, 1, this.turned, wide, rows, wide, l.outputs);
  }

  // From the gradient by the code to the gradient by the encoder's output: the penalty, and a VAE's drawing.
  private penalise(rows: number, config: Pick<Config, "penalty" | "weight">): void {
    const f = this.engine.heap.numbers;
    const last = this.layers[this.split - 1];
    const k = this.shape.code;
    const share = config.weight / rows;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < k; j++) {
        const d = f[this.codeDelta + i * pad(k) + j];
        const at = i * pad(last.outputs) + j;
        const mean = f[last.out + at];
        f[last.delta + at] = d;
        if (config.penalty === "l1") f[last.delta + at] += share * Math.sign(mean);
        if (this.shape.sampled) {
          const spread = f[last.out + at + k];
          const noise = f[this.noise + i * pad(k) + j];
          f[last.delta + at] += share * mean;
          f[last.delta + at + k] = d * noise * 0.5 * Math.exp(spread / 2) + share * 0.5 * (Math.exp(spread) - 1);
        }
      }
    }
  }

  // Mean over the samples of Σ|h| (L1), or of the divergence from a standard normal distribution (KL).
  penalty(rows: number, penalty: Config["penalty"]): number {
    if (penalty === "none") return 0;
    const f = this.engine.heap.numbers;
    const last = this.layers[this.split - 1];
    const k = this.shape.code;
    let sum = 0;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < k; j++) {
        const mean = f[last.out + i * pad(last.outputs) + j];
        const spread = penalty === "kl" ? f[last.out + i * pad(last.outputs) + k + j] : 0;
        sum += penalty === "l1" ? Math.abs(mean) : 0.5 * (mean * mean + Math.exp(spread) - 1 - spread);
      }
    }
    return sum / rows;
  }
}
