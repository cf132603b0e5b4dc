// The training as a job that runs in slices and shows what it has: in a worker, or where there is none, on the page.

import type { Config } from "./engine/config";
import { type Digits, shownDigits } from "./engine/data";
import { bestEngine } from "./engine/fast";
import { pad } from "./engine/kernels";
import { type Point, Trainer } from "./engine/trainer";
import type { Grid, Order, Report } from "./messages";

const VIEW_EVERY = 90; // milliseconds
const ERRORS_EVERY = 1000;

export class Job {
  private trainer: Trainer | null = null;
  private digits: Digits | null = null;
  private plain = false;
  private run = 0;
  private obeyed = 0;
  private running = false;
  private until: number | null = null;
  private seen = true;
  private lastView = 0;
  private lastErrors = 0;
  private speed = 0;
  private readonly channel = new MessageChannel();
  private queue: Promise<void> = Promise.resolve();

  // `slice` is how many milliseconds of training pass between two looks at the messages.
  constructor(private readonly post: (report: Report, transfer: Transferable[]) => void, private readonly slice: number) {
    this.channel.port1.onmessage = () => this.work();
  }

  receive(order: Order): void {
    this.queue = this.queue
      .then(() => this.obey(order))
      .catch((error: unknown) => this.post({ type: "failed", message: String(error) }, []));
  }

  close(): void {
    this.running = false;
    this.channel.port1.close();
  }

  private async obey(order: Order): Promise<void> {
    if (order.type === "seen") {
      this.seen = true;
      return;
    }
    this.obeyed++;
    if (order.type === "start") {
      this.digits = order.digits;
      this.plain = order.plain;
      await this.prepare(order.config);
      if (order.from) this.trainer?.resume(order.from.weights, order.from.steps, order.from.history);
    } else if (order.type === "config") {
      this.digits = order.digits ?? this.digits;
      await this.prepare(order.config);
    }
    const { trainer } = this;
    if (!trainer) return;
    if (order.type === "play") {
      this.until = order.until;
      this.begin();
      return;
    }
    if (order.type === "pause") this.running = false;
    if (order.type === "step") {
      this.running = false;
      trainer.train();
    }
    if (order.type === "reset") {
      this.running = false;
      this.run++;
      trainer.reset();
    }
    this.show(true);
  }

  // A new network: the old engine's memory goes with it.
  private async prepare(config: Config): Promise<void> {
    const was = this.running;
    this.running = false;
    this.run++;
    this.trainer = new Trainer(await bestEngine(this.plain), this.digits as Digits, config);
    this.speed = 0;
    if (was) this.begin();
  }

  private begin(): void {
    if (this.running) return;
    this.running = true;
    this.channel.port2.postMessage(null);
  }

  private work(): void {
    const { trainer } = this;
    if (!this.running || !trainer) return;
    const began = performance.now();
    let learned = 0;
    while (performance.now() - began < this.slice && this.running) {
      trainer.train();
      learned += trainer.batch.length;
      if (trainer.diverged || (this.until !== null && trainer.step >= this.until)) this.running = false;
    }
    const now = (1000 * learned) / (performance.now() - began);
    this.speed = this.speed ? 0.9 * this.speed + 0.1 * now : now;
    if (!this.running) this.show(true);
    else if (this.seen && performance.now() - this.lastView > VIEW_EVERY) this.show(false);
    if (this.running) this.channel.port2.postMessage(null);
  }

  private show(whole: boolean): void {
    const trainer = this.trainer as Trainer;
    const { network: net, validation } = trainer;
    const now = performance.now();
    const codes = new Float32Array(validation.length * net.shape.code);
    whole ||= now - this.lastErrors > ERRORS_EVERY;
    const errors = whole ? new Float32Array(validation.length) : null;
    const spreads = net.shape.sampled ? new Float32Array(codes.length) : null;
    trainer.eachValidation(false, whole, (rows, at) => {
      copyRows(trainer, net.codes, net.shape.code, rows, codes, at);
      errors?.set(net.errors(rows), at);
      spreads?.set(net.spreads(rows), at * net.shape.code);
    });
    if (whole) this.lastErrors = now;
    const weights = net.read();
    const grid = gridOf(trainer);
    this.post(
      {
        type: "view",
        engine: trainer.engine.name,
        run: this.run,
        obeyed: this.obeyed,
        step: trainer.step,
        epochs: trainer.epochs,
        running: this.running,
        diverged: trainer.diverged,
        lastLoss: trainer.lastLoss,
        speed: this.speed,
        history: thinned(trainer.history),
        weights,
        places: validation,
        codes,
        spreads,
        errors,
        grid,
      },
      [weights.buffer, codes.buffer, grid.damaged.buffer, grid.outputs.buffer, grid.codes.buffer] as Transferable[],
    );
    this.lastView = now;
    this.seen = false;
  }
}

// Enough points to draw: of a long history every second, third, … and the last.
function thinned(history: Point[], most = 800): Point[] {
  const every = Math.ceil(history.length / most);
  return history.filter((_, i) => i % every === 0 || i === history.length - 1);
}

function copyRows(trainer: Trainer, from: number, width: number, rows: number, to: Float32Array, first: number): void {
  const f = trainer.engine.heap.numbers;
  for (let i = 0; i < rows; i++) {
    to.set(f.subarray(from + i * pad(width), from + i * pad(width) + width), (first + i) * width);
  }
}

function gridOf(trainer: Trainer): Grid {
  const { network: net } = trainer;
  const places = shownDigits(trainer.digits, trainer.validation);
  const damaged = new Float32Array(places.length * net.pixels);
  const outputs = new Float32Array(places.length * net.pixels);
  const codes = new Float32Array(places.length * net.shape.code);
  trainer.reconstruct(places);
  copyRows(trainer, net.input, net.pixels, places.length, damaged, 0);
  copyRows(trainer, net.output, net.pixels, places.length, outputs, 0);
  copyRows(trainer, net.codes, net.shape.code, places.length, codes, 0);
  return { places, damaged, outputs, codes };
}
