// What one unit of the network does: which pixels move it, and what it adds to the picture.

import type { Table } from "../explorer";
import { type Column, leadsTo, respondsTo } from "./chain";
import { digitCanvas, el, touched } from "./dom";

export class UnitCard {
  static readonly respondsTo = respondsTo; // for the tests
  readonly element: HTMLElement;
  text = "";
  private readonly said = el("p", { className: "aep-note", role: "status" });
  private readonly made = el("div", { className: "aep-unit-made", hidden: true });
  private pictures: ReturnType<typeof digitCanvas>[] = [];
  private shown: unknown[] = [];

  constructor() {
    this.element = el("div", { className: "aep-unit" }, this.said, this.made);
  }

  // Of a network whose layers are not drawn.
  undrawn(remote: boolean): void {
    this.shown = [];
    this.made.hidden = true;
    this.said.textContent = this.text = `${remote ? "The notebook's kernel runs this network" : "This network has convolutions and runs here, in the browser"}: its layers are not drawn, its code and what comes back are.`;
  }

  show(chain: Column[], tables: Table[], picked: { column: number; unit: number } | null, what: string): void {
    const key = picked ? [picked.column, picked.unit, chain[0].values, chain[picked.column].values] : ["none", chain.length, what];
    if (key.length === this.shown.length && key.every((k, i) => k === this.shown[i])) return;
    this.shown = key;
    this.made.hidden = !picked;
    if (!picked) {
      this.text = chain.length > 3
        ? `Each small square is a unit, lit by what it computes from this ${what}. The lines are the strongest connections: red ones raise the unit they lead to, blue ones lower it. ${touched() ? "Tap a unit." : "Point at a unit, or go there with the arrow keys."}`
        : "There is no hidden layer: each number of the code is a weighted sum of the pixels.";
      this.said.textContent = this.text;
      return;
    }
    const side = Math.round(Math.sqrt(chain[0].values.length));
    if (!this.pictures.length) {
      this.pictures = [digitCanvas(side, "What raises this unit"), digitCanvas(side, "What this unit adds to y")];
      const texts = ["responds to: red pixels raise it, blue ones lower it", "leads to: red is ink that it adds to y, blue ink that it takes away"];
      this.made.replaceChildren(...this.pictures.map((p, i) => el("figure", {}, p.canvas, el("figcaption", {}, texts[i]))));
    }
    const { column, unit } = picked;
    this.pictures[0].draw(respondsTo(chain, tables, column, unit), true);
    this.pictures[1].draw(leadsTo(chain, tables, column, unit), true);
    const { values } = chain[column];
    const value = values[unit];
    const code = chain.findIndex((c) => c.kind === "code");
    const where = column < code ? `encoder, layer ${column}` : `decoder, layer ${column - code}`;
    this.text = `Unit ${unit + 1} of ${values.length} (${where}): ${Number.isFinite(value) ? value.toFixed(2) : "not a number"}${value === 0 ? `, silent for this ${what}` : ""}.`;
    this.said.textContent = this.text;
  }
}
