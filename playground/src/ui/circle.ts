// What the decoder makes of the code at the map's circle: it stands beside the map and follows.

import type { Session } from "../session";
import type { Cursor } from "./cursor";
import { digitCanvas, el } from "./dom";

export class Circle {
  readonly element: HTMLElement;
  private readonly picture;
  private readonly caption = el("figcaption");

  constructor(session: Session, private readonly cursor: Cursor) {
    this.picture = digitCanvas(Math.round(Math.sqrt(session.digits.pixels)), "What the decoder makes of the code at the circle, y");
    this.element = el("figure", { className: "aep-map-y" }, this.picture.canvas, this.caption);
  }

  draw(): void {
    const { h, y } = this.cursor;
    if (!y || y.length !== this.picture.canvas.width ** 2) return;
    this.picture.draw(y);
    const at = h.length > 2 ? "" : `\nh = ${[...h].map((v) => (Number.isFinite(v) ? v.toFixed(2) : "–")).join(", ")}`;
    const text = `y, the circle decoded${at}`;
    if (this.caption.textContent !== text) this.caption.textContent = text;
  }
}
