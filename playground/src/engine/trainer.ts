// Trains a network on the digits, batch by batch. Everything random comes from the seed: pausing changes nothing.

import type { Config } from "./config";
import { corrupt } from "./corrupt";
import { chosen, copyImages, type Digits } from "./data";
import { type Engine, pad } from "./kernels";
import { Network, shapeOf } from "./network";
import { Random } from "./random";

const STREAMS = { order: 1, damage: 2, drawing: 3, validation: 4 };
const EARLY = [1, 2, 5]; // steps that are measured before the first epoch ends, so that the curve has a beginning
const AT_ONCE = 100; // validation digits that pass together

export interface Point {
  step: number;
  train: number | null; // mean L of the batches since the point before
  validation: number;
  error: number; // mean squared error of the validation digits, whatever L is: what runs are compared by
}

export class Trainer {
  readonly network: Network;
  readonly training: Int32Array;
  readonly validation: Int32Array;
  step = 0;
  history: Point[] = [];
  lastLoss: number | null = null;
  batch = new Int32Array(0); // the digits of the last step
  private readonly means: number; // Adam's two running means
  private readonly squares: number;
  private order!: Int32Array;
  private place = 0; // in the order
  private random!: Record<"order" | "damage" | "drawing", Random>;
  private sum = 0;
  private counted = 0;
  private resumed = false;

  constructor(readonly engine: Engine, readonly digits: Digits, readonly config: Config) {
    this.training = chosen(digits, config.classes, "training");
    this.validation = chosen(digits, config.classes, "validation");
    const rows = Math.max(Math.min(config.batch, this.training.length), AT_ONCE);
    this.network = new Network(engine, shapeOf(config, digits.pixels), rows, true);
    this.means = engine.heap.allocate(this.network.count);
    this.squares = engine.heap.allocate(this.network.count);
    this.reset();
  }

  get stepsAnEpoch(): number {
    return Math.ceil(this.training.length / this.config.batch);
  }

  get epochs(): number {
    return this.step / this.stepsAnEpoch;
  }

  get diverged(): boolean {
    return this.lastLoss !== null && !Number.isFinite(this.lastLoss);
  }

  reset(): void {
    const { seed } = this.config;
    const f = this.engine.heap.numbers;
    f.fill(0, this.means, this.means + this.network.count);
    f.fill(0, this.squares, this.squares + this.network.count);
    this.network.initialise(seed);
    this.random = {
      order: new Random(seed, STREAMS.order),
      damage: new Random(seed, STREAMS.damage),
      drawing: new Random(seed, STREAMS.drawing),
    };
    this.order = this.training.slice();
    this.place = this.order.length;
    this.step = 0;
    this.lastLoss = null;
    this.sum = this.counted = 0;
    this.resumed = false;
    this.history = [this.measure(null)];
  }

  // Goes on from a network that was trained elsewhere.
  resume(weights: Float32Array, step: number, history: Point[]): void {
    this.network.write(weights);
    this.step = step;
    this.history = [...history];
    this.resumed = true;
  }

  // Adam's running means, which did not travel with the weights: those of one epoch in which nothing moves. From zero
  // its first steps would be as long as those of a new network.
  private recall(): void {
    const { network: net, config, training } = this;
    const f = this.engine.heap.numbers;
    const count = this.stepsAnEpoch;
    for (let n = 0; n < count; n++) {
      const batch = training.subarray(n * config.batch, (n + 1) * config.batch);
      this.load(batch, null);
      net.encode(batch.length);
      net.decode(batch.length);
      net.backward(batch.length, config);
      for (let i = 0; i < net.count; i++) {
        const gradient = f[net.gradients + i];
        f[this.means + i] += gradient / count;
        f[this.squares + i] += (gradient * gradient) / count;
      }
    }
    this.resumed = false;
  }

  // One step on one batch; the rest of an epoch is a smaller batch, as in Keras.
  train(): void {
    if (this.resumed) this.recall();
    if (this.place >= this.order.length) {
      this.random.order.shuffle(this.order);
      this.place = 0;
    }
    this.batch = this.order.slice(this.place, this.place + this.config.batch);
    this.place += this.batch.length;
    this.lastLoss = this.learn(this.batch);
    this.sum += this.lastLoss * this.batch.length;
    this.counted += this.batch.length;
    this.step++;
    if (this.place >= this.order.length || EARLY.includes(this.step)) {
      this.history.push(this.measure(this.sum / this.counted));
      this.sum = this.counted = 0;
    }
  }

  private learn(batch: Int32Array): number {
    const { network: net, engine, config } = this;
    const rows = batch.length;
    this.load(batch, this.random.damage);
    net.encode(rows, this.random.drawing);
    net.decode(rows);
    const loss = net.backward(rows, config);
    if (config.optimizer === "adam") {
      const t = this.step + 1;
      const rate = (config.rate * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t);
      engine.kernels.adam(net.parameters, net.gradients, this.means, this.squares, net.count, rate);
    } else {
      engine.kernels.sgd(net.parameters, net.gradients, net.count, config.rate);
    }
    return loss.data + (config.penalty === "none" ? 0 : config.weight * loss.penalty);
  }

  // x into the network's target, x̃ into its input.
  private load(places: Int32Array, damage: Random | null): void {
    const { network: net } = this;
    const f = this.engine.heap.numbers;
    const stride = pad(net.pixels);
    copyImages(this.digits, places, f, net.target, stride);
    f.copyWithin(net.input, net.target, net.target + places.length * stride);
    if (damage) corrupt(f, net.input, places.length, net.pixels, stride, this.config, damage);
  }

  // Passes the validation digits through the network, always with the same damage; `whole` decodes, too.
  eachValidation(damaged: boolean, whole: boolean, visit: (rows: number, at: number) => void): void {
    const damage = damaged ? new Random(this.config.seed, STREAMS.validation) : null;
    for (let at = 0; at < this.validation.length; at += AT_ONCE) {
      const places = this.validation.subarray(at, at + AT_ONCE);
      this.load(places, damage);
      this.network.encode(places.length);
      if (whole) this.network.decode(places.length);
      visit(places.length, at);
    }
  }

  // A few digits, damaged the same way each time: x̃ then stands in the network's input, y in its output.
  reconstruct(places: number[]): void {
    this.load(Int32Array.from(places), new Random(this.config.seed, STREAMS.validation));
    this.network.encode(places.length);
    this.network.decode(places.length);
  }

  private measure(train: number | null): Point {
    const { network: net, engine, config } = this;
    const [n, kind] = [this.validation.length, config.loss === "mse" ? 0 : 1];
    const last = net.layers[net.layers.length - 1];
    let [loss, error, penalty] = [0, 0, 0];
    this.eachValidation(true, true, (rows) => {
      error += net.errors(rows).reduce((sum, e) => sum + e, 0);
      penalty += net.penalty(rows, config.penalty) * rows;
      loss += engine.kernels.output_loss(last.delta, last.out, net.target, rows, pad(net.pixels), kind, 1) / net.pixels;
    });
    const factor = config.penalty === "none" ? 0 : config.weight;
    return { step: this.step, train, validation: (loss + factor * penalty) / n, error: error / n };
  }
}
