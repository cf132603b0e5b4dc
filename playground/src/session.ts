// One playground: what is chosen, what is trained, what is pinned. Every view of it (a widget may have several) draws
// from here. It knows nothing of the page.

import { type Config, DEFAULTS, same } from "./engine/config";
import type { Digits } from "./engine/data";
import { shapeOf } from "./engine/network";
import { type Explorer, LocalExplorer } from "./explorer";
import { type Given, viewOf } from "./given";
import { fitsShape, type Order, type Report, type View } from "./messages";
import { type Pin, Runs } from "./runs";
import { type Data, Sets } from "./sets";
import type { Start } from "./start";
import { startTraining, type Training } from "./training";

export type Change = "config" | "view" | "pins" | "notice";

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
  viewed: Config | null = null; // what the network of the view was configured with

  private next: Digits; // what the network of now learns from, its view shown or still to come
  private sent: [number, Digits][] = []; // by which order

  // `digits` are those of the view.
  constructor(public digits: Digits, readonly given: Given | null = null, private readonly plain = false, readonly sets = new Sets(digits)) {
    this.next = digits;
  }

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
    config = this.config = await this.possible(config);
    this.next = this.sets.get(config.data) as Digits;
    this.sent.push([this.ordered + 1, this.next]);
    this.training ??= startTraining((report) => void this.report(report));
    this.order({ type: "start", digits: this.next, config, plain: this.plain, from });
  }

  end(): void {
    this.training?.end();
    this.training = null;
    this.ordered = 0;
    this.sent = [];
    this.wanted = -1;
    this.playing = false;
  }

  get where(): string {
    return this.training?.where ?? "none";
  }

  // Whether the view is one of the network as it is configured now.
  get settled(): boolean {
    return this.viewed === this.config;
  }

  get running(): boolean {
    return this.playing;
  }

  configure(change: Partial<Config>): void {
    const config = { ...this.config, ...change };
    const digits = this.sets.get(config.data);
    if (!digits) return void this.fetch(change, config.data);
    if (same(config, this.config) && digits === this.next) return;
    this.leave();
    this.config = config;
    this.until = null;
    this.silent = false;
    this.tell("config");
    if (digits !== this.next) this.sent.push([this.ordered + 1, digits]);
    this.order({ type: "config", config, digits: digits === this.next ? null : digits });
    this.next = digits;
  }

  private async fetch(change: Partial<Config>, data: Data): Promise<void> {
    const { until } = this;
    if (data === "clothes") this.say("The pieces of clothing are on their way.");
    try {
      await this.sets.load(data);
    } catch (error) {
      this.tell("config"); // what was chosen is not so
      return this.say((error as Error).message);
    }
    this.notice = "";
    this.configure(change);
    this.until = until;
  }

  // With data that are there.
  private async possible(config: Config): Promise<Config> {
    try {
      await this.sets.load(config.data);
      return config;
    } catch (error) {
      this.say((error as Error).message, true);
      return { ...config, data: "digits" };
    }
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
    const name = this.runs.pin(this.view as View, this.viewed ?? this.config, this.digits);
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
    if (!this.runs.leave(this.view, this.config, this.digits)) return;
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
    this.digits = this.sent.filter(([order]) => order <= report.obeyed).at(-1)?.[1] ?? this.digits;
    this.view = report;
    if (report.diverged) this.say("The loss grew beyond all numbers. Choose a smaller learning rate, then press Play.", true);
    else if (this.until !== null && report.step >= this.until && !report.running) {
      if (!this.silent) this.say(`Here the link was made: after ${report.step} steps.`);
      this.until = null;
      this.silent = false;
    }
    this.tell("view");
  }

  private async look(given: Given): Promise<void> {
    this.explorer = given.explorer;
    this.view = await viewOf(given);
    this.errors = this.view.errors as Float32Array;
    this.tell("view");
  }
}
