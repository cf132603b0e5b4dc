// How the errors of real ${this.of} are spread, where the drawing's lies, and from where on something is called odd.

import { el, newId, sheet } from "./dom";
import { palette } from "./theme";

const BINS = 50;

export class Histogram {
  readonly element: HTMLElement;
  private readonly paper = sheet(250, 70, "");
  private readonly rate;
  private readonly said;
  of = "digits";
  private last: { errors: Float32Array; error: number | null } = { errors: new Float32Array(0), error: null };

  constructor(private readonly changed: () => void) {
    const id = newId();
    this.said = el("output", { for: id });
    this.rate = el("input", { id, type: "range", min: "1", max: "25", step: "1", value: "5" });
    this.rate.oninput = () => {
      this.draw(this.last.errors, this.last.error);
      this.changed();
    };
    this.rate.onkeydown = (event) => event.stopPropagation();
    this.element = el("div", { className: "aep-histogram" }, this.paper.canvas,
      el("div", { className: "aep-field aep-wide" }, el("label", { for: id }, "False alarms allowed"), this.rate, this.said));
  }

  // The error that so many real digits exceed.
  get threshold(): number {
    const sorted = this.last.errors.slice().sort();
    return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * (1 - Number(this.rate.value) / 100)))] : Infinity;
  }

  verdict(error: number): string {
    const odd = error > this.threshold;
    return `${odd ? "Odd" : `Like the ${this.of}`}: ${odd ? "above" : "not above"} the threshold, at which ${this.rate.value} of 100 real ${this.of} are called odd, too.`;
  }

  draw(errors: Float32Array, error: number | null): void {
    this.last = { errors, error };
    const { context: c, width, height, canvas } = this.paper;
    const colours = palette();
    this.said.textContent = `${this.rate.value} of 100`;
    c.fillStyle = colours.ground;
    c.fillRect(0, 0, width, height);
    if (!errors.length) return;
    const top = errors.reduce((most, e) => Math.max(most, e), error ?? 0) * 1.02;
    if (!Number.isFinite(top)) return;
    const bins = new Array(BINS).fill(0);
    for (const e of errors) bins[Math.min(BINS - 1, Math.floor((BINS * e) / top))]++;
    const most = Math.max(...bins);
    c.fillStyle = "#56b4e9";
    bins.forEach((n, i) => c.fillRect((i * width) / BINS, 52 - (48 * n) / most, width / BINS - 1, (48 * n) / most));
    c.fillStyle = colours.soft;
    c.font = "11px system-ui, sans-serif";
    c.textAlign = "left";
    c.fillText("0", 0, 66);
    c.fillText(this.of === "digits" ? "squared error of real digits" : "squared error", 55, 66);
    c.textAlign = "right";
    c.fillText(top.toFixed(3), width, 66);
    const border = (this.threshold / top) * width;
    c.strokeStyle = colours.ink;
    c.setLineDash([3, 2]);
    c.beginPath();
    c.moveTo(border, 4);
    c.lineTo(border, 54);
    c.stroke();
    c.setLineDash([]);
    const told = `How the errors of real ${this.of} are spread; the threshold is at ${this.threshold.toFixed(4)}`;
    canvas.setAttribute("aria-label", error === null ? told : `${told}, your picture at ${error.toFixed(4)}`);
    if (error === null) return;
    const at = (error / top) * width;
    c.fillStyle = colours.runs[1];
    c.fillRect(at - 1.5, 0, 3, 54);
    c.textAlign = error / top > 0.6 ? "right" : "left";
    c.fillText("yours", at + (error / top > 0.6 ? -5 : 5), 10);
  }
}
