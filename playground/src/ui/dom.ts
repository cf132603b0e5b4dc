// A few lines in place of a framework.

import { putSigned } from "./theme";

type Child = Node | string | null | undefined | false;
type Props = Record<string, unknown>;

// An element with properties (`onclick`, `className`, …) and attributes (whatever holds a dash, and `role`, `for`).
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K, props: Props = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (key.includes("-") || key === "role" || key === "for") node.setAttribute(key, String(value));
    else (node as unknown as Props)[key] = value;
  }
  node.append(...children.filter((child): child is Node | string => child instanceof Node || typeof child === "string"));
  return node;
}

let count = 0;
export const newId = (): string => `aep-${++count}-${Math.random().toString(36).slice(2, 7)}`;

// A named part of the page.
export function panel(title: string, className: string, ...children: Child[]): HTMLElement {
  const id = newId();
  return el("section", { className: `aep-panel ${className}`, "aria-labelledby": id }, el("h2", { id }, title), ...children);
}

// A canvas of so many CSS pixels, sharp on any screen; `context` is scaled to them.
export interface Sheet {
  canvas: HTMLCanvasElement;
  context: CanvasRenderingContext2D;
  width: number;
  height: number;
  fit(width: number, height: number): void;
}

export function sheet(width: number, height: number, label: string): Sheet {
  const canvas = el("canvas", { role: "img", "aria-label": label });
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const made: Sheet = {
    canvas, context, width, height,
    fit(w, h) {
      const ratio = Math.min(window.devicePixelRatio || 1, 2);
      if (canvas.width === Math.round(w * ratio) && canvas.height === Math.round(h * ratio)) return;
      canvas.width = Math.round(w * ratio);
      canvas.height = Math.round(h * ratio);
      canvas.style.aspectRatio = `${w} / ${h}`;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      made.width = w;
      made.height = h;
    },
  };
  made.fit(width, height);
  return made;
}

// One digit's pixels, white ink on black as in the lessons; `error` paints what is missing blue and what is too much red.
export function paintDigit(
  context: CanvasRenderingContext2D, values: Float32Array, from: number, side: number, x: number, y: number, error = false,
): void {
  const image = context.createImageData(side, side);
  for (let p = 0; p < side * side; p++) {
    const v = values[from + p];
    const at = p * 4;
    if (error) putSigned(image.data, at, v);
    else image.data[at] = image.data[at + 1] = image.data[at + 2] = 255 * Math.min(Math.max(v, 0), 1);
    image.data[at + 3] = 255;
  }
  context.putImageData(image, x, y);
}

// A small canvas for one digit, enlarged by the style sheet.
export function digitCanvas(side: number, label: string): { canvas: HTMLCanvasElement; draw(v: Float32Array, error?: boolean): void } {
  const canvas = el("canvas", { width: side, height: side, className: "aep-digit", role: "img", "aria-label": label });
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.fillStyle = "black";
  context.fillRect(0, 0, side, side);
  return { canvas, draw: (v, error = false) => paintDigit(context, v, 0, side, 0, 0, error) };
}

export const stillness = (): boolean => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

export const touched = (): boolean => window.matchMedia("(pointer: coarse)").matches;

// Whatever a finger would scroll away is held only after a tap; the next tap elsewhere lets go.
export function heldByTouch(canvas: HTMLCanvasElement): void {
  canvas.classList.add("aep-held");
  canvas.addEventListener("focus", () => canvas.classList.add("aep-holds"));
  canvas.addEventListener("blur", () => canvas.classList.remove("aep-holds"));
  canvas.title = touched() ? "Tap it, then drag; tap elsewhere to scroll on" : "";
}
