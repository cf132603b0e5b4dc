// Draws the network as the hourglass it is: each layer a field of its units, as high as it has many, lit by what they
// do; between them the strongest connections.

import type { Table } from "../explorer";
import { type Column, type Edge, scaled, strongest } from "./chain";
import { el } from "./dom";
import { edgeColour, palette, putSigned } from "./theme";

const EDGES = 40;
const PICKED = 14;
export const EDGES_EVERY = 240; // milliseconds

export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

interface Field extends Box {
  across: number; // units in a row
  down: number;
  count: number;
  size: number;
}

export interface Scene {
  chain: Column[];
  tables: Table[];
  places: { x: Box; code: Box; y: Box; rows: number[] | null }; // rows: where the numbers of the code stand
  vertical: boolean;
  picked: { column: number; unit: number } | null;
  shown: [number, number]; // the first and the last column that are lit
  weights: boolean; // the weights' own strength instead of what flows
}

export class Hourglass {
  fields: (Field | null)[] = [];
  private readonly pictures: HTMLCanvasElement[] = [];
  stale = false; // the connections are older than the rest: draw again soon
  private readonly layer = el("canvas");
  private key: unknown[] = [];
  private form = "";
  private drawn = -EDGES_EVERY;

  draw(c: CanvasRenderingContext2D, width: number, height: number, scene: Scene): void {
    const colours = palette();
    c.fillStyle = colours.ground;
    c.fillRect(0, 0, width, height);
    this.lay(scene);
    this.outline(c, scene);
    this.edges(c, scene);
    scene.chain.forEach((column, at) => {
      const field = this.fields[at];
      if (column.kind !== "field" || !field) return;
      const lit = at >= scene.shown[0] && at <= scene.shown[1];
      this.field(c, at, field, lit ? column.values : new Float32Array(column.values.length));
      c.fillStyle = colours.soft;
      c.font = "12px system-ui, sans-serif";
      c.textAlign = scene.vertical ? "left" : "center";
      c.textBaseline = scene.vertical ? "middle" : "top";
      const text = String(column.values.length);
      if (scene.vertical) c.fillText(text, field.x + field.w + 5, field.y + field.h / 2);
      else c.fillText(text, field.x + field.w / 2, field.y + field.h + 4);
    });
    const { picked } = scene;
    const field = picked && this.fields[picked.column];
    if (!picked || !field) return;
    const cell = cellOf(field, picked.unit);
    for (const [wide, colour] of [[5, colours.ground], [2, colours.now]] as const) {
      c.strokeStyle = colour;
      c.lineWidth = wide;
      c.strokeRect(cell.x - 1, cell.y - 1, cell.w + 2, cell.h + 2);
    }
  }

  // The unit under a place.
  at(x: number, y: number): { column: number; unit: number } | null {
    for (const [column, f] of this.fields.entries()) {
      if (!f || x < f.x - 2 || y < f.y - 2 || x > f.x + f.w + 2 || y > f.y + f.h + 2) continue;
      const [i, j] = [Math.floor((x - f.x) / f.size), Math.floor((y - f.y) / f.size)];
      const unit = Math.max(0, Math.min(j, f.down - 1)) * f.across + Math.max(0, Math.min(i, f.across - 1));
      return { column, unit: Math.min(unit, f.count - 1) };
    }
    return null;
  }

  private lay({ chain, places, vertical }: Scene): void {
    const code = chain.findIndex((column) => column.kind === "code");
    const parts: [number, number, Box, Box][] = [[1, code, places.x, places.code], [code + 1, chain.length - 1, places.code, places.y]];
    this.fields = chain.map(() => null);
    for (const [first, end, from, to] of parts) {
      const [low, high] = vertical ? [from.y + from.h, to.y] : [from.x + from.w, to.x];
      const middle = vertical ? places.code.x + places.code.w / 2 : places.x.y + places.x.h / 2;
      const full = vertical ? Math.min(places.code.w - 40, 260) : places.x.h;
      const room = (high - low) / (end - first + 0.4);
      for (let at = first; at < end; at++) {
        const n = chain[at].values.length;
        const long = full * Math.max(0.22, Math.log2(n + 1) / Math.log2(785));
        const deep = Math.min(0.62 * room, 84);
        let size = Math.min(16, deep);
        while (size > 2 && Math.ceil(n / Math.max(1, Math.floor(long / size))) * size > deep) size -= 0.5;
        const along = Math.min(n, Math.max(1, Math.floor(long / size)));
        const rows = Math.ceil(n / along);
        const [across, down] = vertical ? [along, rows] : [rows, along];
        const centre = low + room * (at - first + 0.7);
        const [w, h] = [across * size, down * size];
        this.fields[at] = {
          across, down, size, w, h, count: n,
          x: Math.round(vertical ? middle - w / 2 : centre - w / 2), y: Math.round(vertical ? centre - h / 2 : middle - h / 2),
        };
      }
    }
  }

  private box(scene: Scene, at: number): Box {
    const { kind } = scene.chain[at];
    return kind === "code" ? scene.places.code : kind === "field" ? (this.fields[at] as Box) : at ? scene.places.y : scene.places.x;
  }

  // Where the connections of a unit start and end.
  private port(scene: Scene, at: number, unit: number, out: boolean): [number, number] {
    const { kind, values } = scene.chain[at];
    const box = this.box(scene, at);
    const end = (share: number): [number, number] =>
      scene.vertical ? [box.x + box.w * share, out ? box.y + box.h : box.y] : [out ? box.x + box.w : box.x, box.y + box.h * share];
    if (kind === "field") {
      const cell = cellOf(this.fields[at] as Field, unit);
      return scene.vertical
        ? [cell.x + cell.w / 2, out ? cell.y + cell.h : cell.y]
        : [out ? cell.x + cell.w : cell.x, cell.y + cell.h / 2];
    }
    if (kind === "picture") {
      const side = Math.round(Math.sqrt(values.length));
      return end(((scene.vertical ? unit % side : Math.floor(unit / side)) + 0.5) / side);
    }
    const { rows } = scene.places;
    if (rows && !scene.vertical && rows[unit] !== undefined) return [out ? box.x + box.w : box.x, Math.min(Math.max(rows[unit], box.y), box.y + box.h)];
    return end((unit + 0.5) / values.length);
  }

  private outline(c: CanvasRenderingContext2D, scene: Scene): void {
    const sides: [number, number][][] = [[], []];
    scene.chain.forEach((_, at) => {
      const b = this.box(scene, at);
      for (const out of [false, true]) {
        sides[0].push(scene.vertical ? [b.x, out ? b.y + b.h : b.y] : [out ? b.x + b.w : b.x, b.y]);
        sides[1].push(scene.vertical ? [b.x + b.w, out ? b.y + b.h : b.y] : [out ? b.x + b.w : b.x, b.y + b.h]);
      }
    });
    c.beginPath();
    for (const [x, y] of [...sides[0], ...sides[1].reverse()]) c.lineTo(x, y);
    c.closePath();
    c.fillStyle = palette().dark ? "#232932" : "#f1f3f6";
    c.fill();
  }

  // The connections are a layer of their own, drawn anew when they have changed and not more often than is seen.
  private edges(c: CanvasRenderingContext2D, scene: Scene): void {
    const { chain, tables, picked } = scene;
    const key = [...tables.map((t) => t.numbers), ...chain.map((column) => column.values)];
    const form = JSON.stringify([chain.map((one) => one.values.length), scene.places, scene.shown, scene.weights, picked, palette().dark, c.canvas.width]);
    const same = this.key.length === key.length && this.key.every((k, i) => k === key[i]);
    const now = performance.now();
    this.stale = !same && form === this.form && now - this.drawn < EDGES_EVERY;
    if ((!same || form !== this.form) && !this.stale) {
      [this.key, this.form, this.drawn] = [key, form, now];
      const { width, height } = c.canvas;
      this.layer.width = width;
      this.layer.height = height;
      const own = this.layer.getContext("2d") as CanvasRenderingContext2D;
      own.setTransform(c.getTransform());
      this.connections(own, scene);
    }
    c.save();
    c.resetTransform();
    c.drawImage(this.layer, 0, 0);
    c.restore();
  }

  private connections(c: CanvasRenderingContext2D, scene: Scene): void {
    const { chain, tables, picked } = scene;
    tables.forEach((table, l) => {
      if (l < scene.shown[0] || l + 1 > scene.shown[1]) return;
      const edges = strongest(scene.weights ? null : chain[l].values, table, chain[l + 1].values.length, EDGES);
      this.lines(c, scene, l, edges, picked ? 0.12 : 0.5);
    });
    if (!picked) return;
    const { column, unit } = picked;
    const flow = (at: number) => (scene.weights ? null : chain[at].values);
    if (column > 0) this.lines(c, scene, column - 1, strongest(flow(column - 1), tables[column - 1], chain[column].values.length, PICKED, { to: unit }), 1);
    if (column < tables.length) this.lines(c, scene, column, strongest(null, tables[column], chain[column + 1].values.length, PICKED, { from: unit }), 1);
  }

  private lines(c: CanvasRenderingContext2D, scene: Scene, l: number, edges: Edge[], alpha: number): void {
    for (const { from, to, strength } of edges) {
      const [x, y] = this.port(scene, l, from, true);
      const [u, v] = this.port(scene, l + 1, to, false);
      const a = Math.abs(strength);
      c.strokeStyle = `rgba(${edgeColour(strength > 0, palette())}, ${alpha * (0.15 + 0.85 * a)})`;
      c.lineWidth = 0.6 + 1.8 * a;
      c.beginPath();
      c.moveTo(x, y);
      if (scene.vertical) c.bezierCurveTo(x, (y + v) / 2, u, (y + v) / 2, u, v);
      else c.bezierCurveTo((x + u) / 2, y, (x + u) / 2, v, u, v);
      c.stroke();
    }
  }

  private field(c: CanvasRenderingContext2D, at: number, f: Field, values: Float32Array): void {
    const picture = (this.pictures[at] ??= el("canvas"));
    if (picture.width !== f.across || picture.height !== f.down) {
      picture.width = f.across;
      picture.height = f.down;
    }
    const own = picture.getContext("2d") as CanvasRenderingContext2D;
    const image = own.createImageData(f.across, f.down);
    const colours = palette();
    scaled(values).forEach((v, i) => {
      putSigned(image.data, 4 * i, v, colours);
      image.data[4 * i + 3] = 255;
    });
    own.putImageData(image, 0, 0);
    c.imageSmoothingEnabled = false;
    c.drawImage(picture, f.x, f.y, f.w, f.h);
    if (f.size < 5) return;
    c.strokeStyle = colours.ground;
    c.lineWidth = 1;
    c.beginPath();
    for (let i = 0; i <= f.across; i++) line(c, f.x + i * f.size, f.y, 0, f.h);
    for (let j = 0; j <= f.down; j++) line(c, f.x, f.y + j * f.size, f.w, 0);
    c.stroke();
  }
}

function line(c: CanvasRenderingContext2D, x: number, y: number, w: number, h: number): void {
  c.moveTo(x, y);
  c.lineTo(x + w, y + h);
}

function cellOf(f: Field, unit: number): Box {
  return { x: f.x + (unit % f.across) * f.size, y: f.y + Math.floor(unit / f.across) * f.size, w: f.size, h: f.size };
}
