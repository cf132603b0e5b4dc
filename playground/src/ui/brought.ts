// Runs that a link brings: their settings travel, their weights do not, so they are trained again when the reader says so.

import { same } from "../engine/config";
import type { Wanted } from "../link";
import type { Session } from "../session";
import { el } from "./dom";

export class Brought {
  private readonly said = el("p", { role: "status" });
  private readonly train = el("button", { type: "button", className: "aep-next", onclick: () => void this.go() });
  readonly element = el("section", { className: "aep-brought", "aria-label": "Runs of the link", hidden: true }, this.said,
    el("div", { className: "aep-buttons" }, this.train, el("button", { type: "button", onclick: () => this.bring([]) }, "Without them")));
  private waiting: Wanted[] = [];
  private busy = false;

  constructor(private readonly session: Session) {}

  bring(runs: Wanted[]): void {
    this.waiting = runs;
    this.draw();
  }

  private draw(): void {
    const { length } = this.waiting;
    this.element.hidden = !length;
    if (!length) return;
    const steps = this.waiting.reduce((sum, run) => sum + run.steps, 0).toLocaleString("en");
    const runs = length === 1 ? "one pinned run" : `${length} pinned runs`;
    this.said.textContent = `This link brings ${runs} to compare. Their settings travel, not their weights: they are trained again, ${steps} steps together, and come out the same.`;
    this.train.textContent = length === 1 ? "Train it again" : "Train them again";
  }

  // One after the other; whoever pauses or changes a setting stops it, and may go on later.
  private async go(): Promise<void> {
    const { session } = this;
    if (this.busy) return;
    this.busy = this.train.disabled = true;
    const { config, until } = session;
    const names: string[] = [];
    while (this.waiting.length && !session.runs.full) {
      const run = this.waiting[0];
      if (same(session.config, run.config)) session.reset();
      else session.configure(structuredClone(run.config));
      if (!(await this.reached(() => same(session.config, run.config) && session.settled && session.view?.step === 0))) break;
      session.playFor(run.steps);
      if (!(await this.reached(() => session.settled && session.view?.step === run.steps && !session.running))) break;
      session.pin();
      names.push(session.runs.pinned.at(-1)?.name ?? "");
      this.waiting = this.waiting.slice(1);
    }
    this.busy = this.train.disabled = false;
    if (session.runs.full) this.waiting = [];
    this.draw();
    if (this.waiting.length) return session.say("Stopped before all runs of the link were trained. “Train them again” goes on.");
    session.configure(config);
    session.until = until;
    session.say(`The link's runs are trained again and stand below, under “Compare runs”, as ${names.join(", ")}.`);
  }

  // Waits for it; false when the training stands still before, or somebody chose other settings.
  private reached(done: () => boolean): Promise<boolean> {
    const { session } = this;
    return new Promise((resolve) => {
      const [run] = this.waiting;
      let ran = false;
      const end = session.listen(() => {
        ran ||= session.running;
        const other = session.settled && !same(session.config, run.config);
        const stopped = ran && !session.running && session.settled && !done();
        if (!done() && !other && !stopped && this.waiting[0] === run) return;
        end();
        resolve(done());
      });
    });
  }
}
