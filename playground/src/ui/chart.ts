// Curves over training steps, on a logarithmic scale.

import { type Sheet, sheet } from "./dom";
import { palette } from "./theme";

export interface Curve {
  name: string;
  points: [number, number][];
  colour: string;
  dash: number[];
}

const LEFT = 46;
const BOTTOM = 34;
const TOP = 8;
const RIGHT = 20;

export class Chart {
  private readonly sheet: Sheet;

  constructor(private readonly label: string, private readonly height = 170) {
    this.sheet = sheet(420, height, label);
    this.sheet.canvas.className = "aep-chart";
  }

  get canvas(): HTMLCanvasElement {
    return this.sheet.canvas;
  }

  draw(curves: Curve[]): void {
    const { context: c } = this.sheet;
    const wide = this.canvas.clientWidth || 420;
    this.sheet.fit(wide, this.height);
    const values = curves.flatMap((curve) => curve.points.map((p) => p[1])).filter((v) => v > 0 && Number.isFinite(v));
    const last = Math.max(1, ...curves.map((curve) => curve.points.at(-1)?.[0] ?? 0));
    const high = (values.length ? Math.max(...values) : 1) * 1.1;
    const low = Math.min((values.length ? Math.min(...values) : 0.1) * 0.9, high / 2.2);
    const [w, h] = [wide - LEFT - RIGHT, this.height - TOP - BOTTOM];
    const x = (step: number) => LEFT + (w * step) / last;
    const y = (v: number) => TOP + h * (1 - Math.log(v / low) / Math.log(high / low));
    const colours = palette();
    c.fillStyle = colours.ground;
    c.fillRect(0, 0, wide, this.height);
    c.font = "12px system-ui, sans-serif";
    c.lineWidth = 1;
    c.strokeStyle = colours.line;
    c.fillStyle = colours.soft;
    c.textAlign = "right";
    c.textBaseline = "middle";
    for (const tick of logTicks(low, high)) {
      line(c, [[LEFT, y(tick)], [wide - RIGHT, y(tick)]]);
      c.fillText(String(tick), LEFT - 6, y(tick));
    }
    c.textBaseline = "alphabetic";
    for (const tick of stepTicks(last, w)) {
      const text = tick.toLocaleString("en");
      const half = c.measureText(text).width / 2;
      c.textAlign = tick === 0 ? "left" : x(tick) + half > wide ? "right" : "center";
      c.fillText(text, c.textAlign === "right" ? wide : x(tick), this.height - BOTTOM + 15);
    }
    c.textAlign = "right";
    c.fillText("training steps", wide - RIGHT, this.height - 4);
    c.textAlign = "left";
    c.fillText("logarithmic scale", 0, this.height - 4);
    for (const curve of curves) {
      c.strokeStyle = curve.colour;
      c.lineWidth = 2;
      c.setLineDash(curve.dash);
      const points = curve.points.filter((p) => p[1] > 0 && Number.isFinite(p[1]));
      line(c, points.map(([step, v]) => [x(step), y(v)]));
      c.setLineDash([]);
      const end = points.at(-1);
      if (!end) continue;
      c.beginPath();
      c.arc(x(end[0]), y(end[1]), 3, 0, 7);
      c.fillStyle = curve.colour;
      c.fill();
    }
    const said = curves.map((curve) => `${curve.name} ${curve.points.at(-1)?.[1].toFixed(4) ?? "not begun"}`).join(", ");
    this.canvas.setAttribute("aria-label", `${this.label}, over ${last} steps. Now: ${said || "nothing yet"}.`);
  }
}

function line(c: CanvasRenderingContext2D, points: number[][]): void {
  c.beginPath();
  points.forEach(([x, y], i) => (i ? c.lineTo(x, y) : c.moveTo(x, y)));
  c.stroke();
}

// Round numbers on a logarithmic scale, at least three; of a short scale, round steps.
function logTicks(low: number, high: number): number[] {
  for (const marks of [[1], [1, 2, 5], [1, 1.5, 2, 3, 5, 7]]) {
    const ticks: number[] = [];
    for (let e = Math.floor(Math.log10(low)); e <= Math.log10(high); e++) {
      for (const m of marks) {
        const tick = Number((m * 10 ** e).toPrecision(2));
        if (tick >= low && tick <= high) ticks.push(tick);
      }
    }
    if (ticks.length >= 3) return ticks;
  }
  return evenTicks(low, high, 4);
}

function evenTicks(low: number, high: number, about: number): number[] {
  const rough = (high - low) / about;
  const e = 10 ** Math.floor(Math.log10(rough));
  const every = [1, 2, 5, 10].map((m) => m * e).find((step) => step >= rough) as number;
  const ticks: number[] = [];
  for (let n = Math.ceil(low / every); n * every <= high; n++) ticks.push(Number((n * every).toPrecision(4)));
  return ticks;
}

function stepTicks(last: number, width: number): number[] {
  const rough = last / Math.max(2, Math.floor(width / 90));
  const e = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
  const every = [1, 2, 5, 10].map((m) => m * e).find((step) => step >= rough) ?? 10 * e;
  return Array.from({ length: Math.floor(last / every) + 1 }, (_, i) => i * every);
}

// The key to a chart: a short line of each curve beside its name.
export function legend(curves: { name: string; colour: string; dash: number[] }[]): HTMLElement {
  const key = document.createElement("p");
  key.className = "aep-legend";
  for (const { name, colour, dash } of curves) {
    const item = document.createElement("span");
    const mark = `<svg width="30" height="8" aria-hidden="true"><path d="M0 4H30" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash.join(" ")}"/></svg>`;
    item.innerHTML = mark;
    item.append(name);
    key.append(item);
  }
  return key;
}
