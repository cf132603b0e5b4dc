// Pinned runs beside the one that runs: one plot, their pictures, and how their settings differ.

import { differing } from "../engine/config";
import { BEFORE, type Pin } from "../runs";
import type { Session } from "../session";
import { Chart, legend } from "./chart";
import { el, paintDigit, panel } from "./dom";
import { commonFrame, MiniMap } from "./minimap";
import { save } from "./take";
import { palette, RUN_DASHES } from "./theme";
import { lossText, many, NAMES, valueText } from "./words";

const NOW = -1; // the slot of the run that runs
const colourOf = (run: Pin) => (run.slot === NOW ? palette().now : palette().runs[run.slot]);
const titleOf = (run: Pin) => (run.slot === NOW ? "Now" : run.slot === BEFORE ? "The run before" : `Run ${run.name}`);
const spoken = (run: Pin) => (run.slot === BEFORE ? "the run before" : `run ${run.name}`);

export class Compare {
  readonly element: HTMLElement;
  private readonly chart = new Chart("Mean squared error on validation pictures, of each run", 210);
  private readonly key = el("div");
  private readonly hint = el("p", { className: "aep-note" }, "Train, change a setting, and train again: the run before stands here beside the new one. “Pin this run to compare” keeps up to four.");
  private readonly body: HTMLElement;
  private readonly runs = el("div", { className: "aep-runs" });
  private readonly table = el("div", { className: "aep-table" });
  private maps: MiniMap[] = [];
  private laid = "";

  constructor(private readonly session: Session) {
    this.body = el("div", { className: "aep-compare-all" },
      el("div", {}, el("h3", {}, "Squared error on validation pictures, whatever the loss"), this.chart.canvas, this.key,
        el("div", { className: "aep-buttons" },
          el("button", { type: "button", onclick: () => save("runs.csv", "text/csv", csv(this.all())) }, "Curves as CSV"),
          el("button", { type: "button", onclick: () => this.chart.canvas.toBlob((blob) => blob && save("runs.png", "image/png", blob)) }, "Chart as PNG"))),
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
      name: titleOf(run),
      colour: colourOf(run),
      dash: RUN_DASHES[run.slot] ?? [],
      points: run.history.map((p): [number, number] => [p.step, p.error]),
    }));
    this.chart.draw(curves);
    const layout = runs.map((run) => `${palette().dark}${run.name}${JSON.stringify(run.config)}${run.grid.places}`).join();
    if (layout !== this.laid) {
      this.laid = layout;
      this.key.replaceChildren(legend(curves));
      this.lay(runs);
      this.differences(runs);
    }
    this.paint(runs);
  }

  private all(): Pin[] {
    const { view, pins, config, digits } = this.session;
    const now = view ? [{ name: "now", slot: NOW, config, steps: view.step, history: view.history, grid: view.grid, places: view.places, codes: view.codes, digits }] : [];
    return [...pins, ...now];
  }

  private lay(runs: Pin[]): void {
    const side = Math.round(Math.sqrt(this.session.digits.pixels));
    this.maps = runs.map(() => new MiniMap());
    this.runs.replaceChildren(...runs.map((run, i) => {
      const { name, slot, config } = run;
      const title = el("h3", {}, titleOf(run));
      title.style.borderColor = colourOf(run);
      const picture = el("canvas", { className: "aep-strip", role: "img", width: 8 * (side + 2) - 2, height: 2 * side + 2 });
      const button = (text: string, act: () => void) => el("button", { type: "button", "aria-label": `${text}${text === "Remove" ? " " : ": "}${spoken(run)}`, onclick: act }, text);
      const buttons = slot === NOW ? null : el("span", { className: "aep-buttons" },
        slot === BEFORE && button("Keep it", () => this.session.keepBefore()),
        button("Use its settings", () => this.session.configure(structuredClone(config))),
        button("Remove", () => this.session.unpin(name)));
      return el("article", {}, el("header", {}, title, el("span", { className: "aep-run-facts" })), picture, this.maps[i].element, buttons);
    }));
  }

  private paint(runs: Pin[]): void {
    const side = Math.round(Math.sqrt(this.session.digits.pixels));
    const frame = commonFrame(runs);
    runs.forEach((run, i) => {
      this.maps[i].draw(run, frame, run.digits.labels, run.slot === NOW ? "the network of now" : spoken(run));
      const article = this.runs.children[i] as HTMLElement;
      const error = lossText(run.history.at(-1)?.error);
      (article.querySelector(".aep-run-facts") as HTMLElement).textContent = `${run.steps.toLocaleString("en")} steps, error ${error}`;
      const picture = article.querySelector(".aep-strip") as HTMLCanvasElement;
      picture.setAttribute("aria-label", `Eight ${many(run.digits)} and their reconstructions by ${run.slot === NOW ? "the network of now" : spoken(run)}`);
      if (run.slot !== NOW && picture.dataset.done) return;
      picture.dataset.done = "yes";
      const c = picture.getContext("2d") as CanvasRenderingContext2D;
      const { digits } = run;
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
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Setting"), ...runs.map((run) => el("th", { scope: "col" }, titleOf(run))))),
      el("tbody", {}, ...keys.map((key) => el("tr", {}, el("th", { scope: "row" }, NAMES[key]), ...runs.map((run) => cell(valueText(run.config, key)))))),
    ));
  }
}

// Every point of every run, with its settings.
function csv(runs: Pin[]): string {
  const keys = Object.keys(runs[0].config) as (keyof Pin["config"])[];
  const cell = (value: unknown) => (Array.isArray(value) ? value.join(" ") : String(value ?? ""));
  const lines = runs.flatMap((run) => run.history.map((p) =>
    [titleOf(run), p.step, p.train, p.validation, p.error, ...keys.map((key) => run.config[key])].map(cell).join(",")));
  return `${["run", "step", "training loss", "validation loss", "mean squared error", ...keys].join(",")}\n${lines.join("\n")}\n`;
}
