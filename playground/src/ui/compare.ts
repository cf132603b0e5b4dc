// Pinned runs beside the one that runs: one plot, their pictures, and how their settings differ.

import { differing } from "../engine/config";
import type { Pin, Session } from "../session";
import { Chart, legend } from "./chart";
import { el, paintDigit, panel } from "./dom";
import { lossText, NAMES, RUN_COLOURS, RUN_DASHES, valueText } from "./words";

export class Compare {
  readonly element: HTMLElement;
  private readonly chart = new Chart("Mean squared error on validation digits, of each run", 210);
  private readonly key = el("div");
  private readonly hint = el("p", { className: "aep-note" }, "Train, change a setting, and train again: the run before stands here beside the new one. “Pin this run to compare” keeps up to four.");
  private readonly body: HTMLElement;
  private readonly runs = el("div", { className: "aep-runs" });
  private readonly table = el("div", { className: "aep-table" });
  private laid = "";

  constructor(private readonly session: Session) {
    this.body = el("div", { className: "aep-compare-all" },
      el("div", {}, el("h3", {}, "Squared error on validation digits, whatever the loss"), this.chart.canvas, this.key),
      el("div", {}, el("h3", {}, "How the settings differ"), this.table), this.runs);
    this.element = panel("Compare runs", "aep-compare", this.hint, this.body);
  }

  draw(): void {
    const runs = this.all();
    const { pins } = this.session;
    this.body.hidden = !pins.length;
    this.hint.hidden = pins.length > 0;
    if (!pins.length) return;
    const curves = runs.map((run) => ({
      name: run.name === "now" ? "now" : `run ${run.name}`,
      colour: RUN_COLOURS[run.name],
      dash: RUN_DASHES[run.name],
      points: run.history.map((p): [number, number] => [p.step, p.error]),
    }));
    this.chart.draw(curves);
    const layout = runs.map((run) => `${run.name}${JSON.stringify(run.config)}${run.grid.places}`).join();
    if (layout !== this.laid) {
      this.laid = layout;
      this.key.replaceChildren(legend(curves));
      this.lay(runs);
      this.differences(runs);
    }
    this.paint(runs);
  }

  private all(): Pin[] {
    const { view, pins, config } = this.session;
    const now = view ? [{ name: "now", config, steps: view.step, history: view.history, grid: view.grid }] : [];
    return [...pins, ...now];
  }

  private lay(runs: Pin[]): void {
    const side = Math.round(Math.sqrt(this.session.digits.pixels));
    this.runs.replaceChildren(...runs.map(({ name, config }) => {
      const title = el("h3", {}, name === "now" ? "Now" : `Run ${name}`);
      title.style.borderColor = RUN_COLOURS[name];
      const picture = el("canvas", { className: "aep-strip", role: "img", width: 8 * (side + 2) - 2, height: 2 * side + 2 });
      const buttons = name === "now" ? null : el("span", { className: "aep-buttons" },
        el("button", { type: "button", "aria-label": `Use its settings: run ${name}`, onclick: () => this.session.configure(structuredClone(config)) }, "Use its settings"),
        el("button", { type: "button", "aria-label": `Remove run ${name}`, onclick: () => this.session.unpin(name) }, "Remove"));
      return el("article", {}, el("header", {}, title, el("span", { className: "aep-run-facts" })), picture, buttons);
    }));
  }

  private paint(runs: Pin[]): void {
    const { digits } = this.session;
    const side = Math.round(Math.sqrt(digits.pixels));
    runs.forEach((run, i) => {
      const article = this.runs.children[i] as HTMLElement;
      const error = lossText(run.history.at(-1)?.error);
      (article.querySelector(".aep-run-facts") as HTMLElement).textContent = `${run.steps.toLocaleString("en")} steps, error ${error}`;
      const picture = article.querySelector("canvas") as HTMLCanvasElement;
      picture.setAttribute("aria-label", `Eight digits and their reconstructions by ${run.name === "now" ? "the network of now" : `run ${run.name}`}`);
      if (run.name !== "now" && picture.dataset.done) return;
      picture.dataset.done = "yes";
      const c = picture.getContext("2d") as CanvasRenderingContext2D;
      const x = new Float32Array(digits.pixels);
      run.grid.places.forEach((place, column) => {
        for (let p = 0; p < x.length; p++) x[p] = digits.images[place * digits.pixels + p] / 255;
        paintDigit(c, x, 0, side, column * (side + 2), 0);
        paintDigit(c, run.grid.outputs, column * digits.pixels, side, column * (side + 2), side + 2);
      });
    });
  }

  private differences(runs: Pin[]): void {
    const keys = differing(runs.map((run) => run.config));
    if (!keys.length) return this.table.replaceChildren(el("p", { className: "aep-note" }, "So far they have the same settings: change one, and train."));
    const cell = (text: string) => el("td", {}, text);
    this.table.replaceChildren(el("table", {},
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Setting"), ...runs.map((run) => el("th", { scope: "col" }, run.name === "now" ? "Now" : `Run ${run.name}`)))),
      el("tbody", {}, ...keys.map((key) => el("tr", {}, el("th", { scope: "row" }, NAMES[key]), ...runs.map((run) => cell(valueText(run.config, key)))))),
    ));
  }
}
