// One playground: what is chosen, what is trained, what is pinned. Every view of it (a widget may have several) draws
// from here. It knows nothing of the page.

import { type Config, DEFAULTS, same } from "./engine/config";
import { type Digits, shownDigits } from "./engine/data";
import { type Shape, shapeOf } from "./engine/network";
import { type Explorer, LocalExplorer } from "./explorer";
import type { Order, Report, View } from "./messages";
import { type Pin, Runs } from "./runs";
import type { Start } from "./start";
import { startTraining, type Training } from "./training";

export type Change = "config" | "view" | "pins" | "notice";

// A trained network that came from a notebook: explored, not trained.
export interface Given {
  digits: Digits;
  explorer: Explorer;
  name: string;
}

export class Session {
  config: Config = structuredClone(DEFAULTS);
  view: View | null = null;
  errors: Float32Array = new Float32Array(0); // of the validation digits, undamaged
  readonly runs = new Runs();
  notice = "";
  lasting = false; // the notice stays until something is done
  until: number | null = null; // a link's number of steps: play stops there
  explorer: Explorer | null = null;
  private training: Training | null = null;
  private listeners = new Set<(change: Change) => void>();
  private wanted = -1; // the run that views must belong to, at least
  private playing = false;
  private ordered = 0;
  private drawn: View | null = null;
  private silent = false; // nothing is said where the training stops
  private viewed: Config | null = null; // what the network of the view was configured with

  constructor(readonly digits: Digits, readonly given: Given | null = null, private readonly plain = false) {}

  listen(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private order(order: Order): void {
    this.ordered++;
    this.training?.send(order);
  }

  private tell(change: Change): void {
    for (const listener of this.listeners) listener(change);
  }

  // With `from` a trained network stands there at once.
  async start(config: Config = this.config, from: Start | null = null): Promise<void> {
    this.config = config;
    this.tell("config");
    if (this.given) return this.look(this.given);
    this.training ??= startTraining((report) => void this.report(report));
    this.order({ type: "start", digits: this.digits, config, plain: this.plain, from });
  }

  end(): void {
    this.training?.end();
    this.training = null;
    this.ordered = 0;
    this.wanted = -1;
    this.playing = false;
  }

  get where(): string {
    return this.training?.where ?? "none";
  }

  get running(): boolean {
    return this.playing;
  }

  configure(change: Partial<Config>): void {
    const config = { ...this.config, ...change };
    if (same(config, this.config)) return;
    this.leave();
    this.config = config;
    this.until = null;
    this.silent = false;
    this.tell("config");
    this.order({ type: "config", config });
  }

  play(): void {
    const until = this.until !== null && this.trained < this.until ? this.until : null;
    this.playing = true;
    this.notice = "";
    this.order({ type: "play", until });
    this.tell("view");
  }

  // Steps of the network as it is configured now: of one whose view is still to come, none.
  private get trained(): number {
    return this.viewed === this.config ? (this.view?.step ?? 0) : 0;
  }

  // Trains so many steps more, then pauses.
  playFor(steps: number): void {
    this.until = this.trained + steps;
    this.silent = true;
    this.play();
  }

  pause(): void {
    this.playing = false;
    this.order({ type: "pause" });
    this.tell("view");
  }

  step(): void {
    this.playing = false;
    this.notice = "";
    this.order({ type: "step" });
  }

  reset(): void {
    this.playing = false;
    this.leave();
    this.order({ type: "reset" });
  }

  say(notice: string, lasting = false): void {
    this.notice = notice;
    this.lasting = lasting;
    this.tell("notice");
  }

  get pins(): Pin[] {
    return this.runs.all;
  }

  get pinnable(): boolean {
    return !!this.view?.step && !this.runs.full;
  }

  pin(): void {
    if (!this.pinnable) return;
    const name = this.runs.pin(this.view as View, this.viewed ?? this.config);
    this.tell("pins");
    this.say(`Run ${name} is pinned: it stands below, under “Compare runs”. Change a setting and press Play.`);
  }

  keepBefore(): void {
    const name = this.runs.keepBefore();
    this.tell("pins");
    this.say(name ? `The run before is pinned as run ${name}.` : "Four runs are pinned: remove one first.");
  }

  unpin(name: string): void {
    this.runs.remove(name);
    this.tell("pins");
  }

  // A run that ends because a setting changes, or by a reset, is kept until the next one ends.
  private leave(): void {
    this.notice = "";
    if (!this.view?.step || this.viewed !== this.config) return; // a second change before the first step
    if (!this.runs.leave(this.view, this.config)) return;
    const steps = this.view.step.toLocaleString("en");
    this.tell("pins");
    this.say(`A new network begins. The run before it, of ${steps} steps, stands below under “Compare runs” until this one ends.`);
  }

  // Called by whoever has drawn the last view.
  seen(): void {
    if (this.view === this.drawn) return;
    this.drawn = this.view;
    this.training?.send({ type: "seen" });
  }

  private async report(report: Report): Promise<void> {
    if (report.type === "failed") return this.say(`The training stopped with an error: ${report.message}`, true);
    const shape = shapeOf(this.config, this.digits.pixels);
    if (report.run < this.wanted || !fitsShape(report, shape)) return this.training?.send({ type: "seen" }); // a view from before a change
    this.wanted = report.run;
    let explorer = this.explorer as LocalExplorer | null;
    if (!explorer?.fits(shape)) explorer = await LocalExplorer.make(shape, this.plain);
    if (!fitsShape(report, shapeOf(this.config, this.digits.pixels))) return this.training?.send({ type: "seen" });
    explorer.load(report.weights);
    this.explorer = explorer;
    if (report.obeyed >= this.ordered) {
      this.playing = report.running; // else an order is on its way
      this.viewed = this.config;
    }
    if (report.errors) this.errors = report.errors;
    this.view = report;
    if (report.diverged) this.say("The loss grew beyond all numbers. Choose a smaller learning rate, then press Play.", true);
    else if (this.until !== null && report.step >= this.until && !report.running) {
      if (!this.silent) this.say(`Here the link was made: after ${report.step} steps.`);
      this.until = null;
      this.silent = false;
    }
    this.tell("view");
  }

  // Everything that a view of a given network shows is computed once.
  private async look({ explorer, digits }: Given): Promise<void> {
    this.explorer = explorer;
    const places = Int32Array.from(digits.labels, (_, i) => i);
    const x = Float32Array.from(digits.images, (byte) => byte / 255);
    const codes = await explorer.encode(x);
    const outputs = await explorer.decode(codes);
    this.errors = Float32Array.from(places, (i) => squaredError(x, outputs, i, digits.pixels));
    const shown = shownDigits(digits, places);
    const rows = (of: Float32Array) => {
      const result = new Float32Array(shown.length * digits.pixels);
      shown.forEach((i, at) => result.set(of.subarray(i * digits.pixels, (i + 1) * digits.pixels), at * digits.pixels));
      return result;
    };
    this.view = {
      type: "view", engine: "wasm", run: 0, obeyed: 0, step: 0, epochs: 0, running: false, diverged: false, lastLoss: null, speed: 0,
      history: [], weights: new Float32Array(0), places, codes, errors: this.errors,
      grid: { places: shown, damaged: rows(x), outputs: rows(outputs) },
    };
    this.tell("view");
  }
}

const fitsShape = (view: View, shape: Shape): boolean =>
  view.codes.length === view.places.length * shape.code &&
  view.weights.length === [...shape.encoder, ...shape.decoder].reduce((n, l) => n + (l.inputs + 1) * l.outputs, 0);

export function squaredError(x: Float32Array, y: Float32Array, i: number, pixels: number): number {
  let sum = 0;
  for (let p = i * pixels; p < (i + 1) * pixels; p++) sum += (x[p] - y[p]) ** 2;
  return sum / pixels;
}
