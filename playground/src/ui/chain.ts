// The network as a chain of columns, from x over the layers and the code to y, and the tables of weights between them.

import type { LocalExplorer, Table, Trace } from "../explorer";

export interface Column {
  kind: "picture" | "field" | "code";
  values: Float32Array;
}

export interface Edge {
  from: number;
  to: number;
  strength: number; // -1 to 1, of the strongest between these columns
}

export function columns(trace: Trace, x: Float32Array, h: Float32Array): Column[] {
  const field = (values: Float32Array): Column => ({ kind: "field", values });
  return [
    { kind: "picture", values: x }, ...trace.encoder.map(field), { kind: "code", values: h },
    ...trace.decoder.map(field), { kind: "picture", values: trace.y },
  ];
}

// The strongest connections between two columns: a value times its weight, or the weight alone.
export function strongest(values: Float32Array | null, table: Table, width: number, count: number, only?: { from?: number; to?: number }): Edge[] {
  const kept: Edge[] = [];
  let least = 0;
  const [first, last] = only?.from === undefined ? [0, table.inputs] : [only.from, only.from + 1];
  const [begin, end] = only?.to === undefined ? [0, width] : [only.to, only.to + 1];
  for (let i = first; i < last; i++) {
    const a = values ? values[i] : 1;
    if (a === 0) continue;
    const row = i * table.stride;
    for (let j = begin; j < end; j++) {
      const strength = a * table.numbers[row + j];
      if (Math.abs(strength) <= least) continue;
      kept.push({ from: i, to: j, strength });
      if (kept.length < 2 * count) continue;
      kept.sort((p, q) => Math.abs(q.strength) - Math.abs(p.strength)).length = count;
      least = Math.abs(kept[count - 1].strength);
    }
  }
  kept.sort((p, q) => Math.abs(q.strength) - Math.abs(p.strength)).splice(count);
  const most = Math.abs(kept[0]?.strength ?? 1);
  return kept.filter((e) => Number.isFinite(e.strength)).map((e) => ({ ...e, strength: e.strength / most }));
}

const slope = (kind: Table["activation"], y: number): number =>
  kind === "relu" ? (y > 0 ? 1 : 0) : kind === "tanh" ? 1 - y * y : kind === "sigmoid" ? y * (1 - y) : 1;

// How each pixel of the input moves a unit (before its activation), with the digit that is on its way.
export function respondsTo(chain: Column[], tables: Table[], column: number, unit: number): Float32Array {
  let v = new Float32Array(chain[column].values.length);
  v[unit] = 1;
  for (let l = column - 1; l >= 0; l--) {
    const t = tables[l];
    const back = new Float32Array(t.inputs);
    for (let i = 0; i < t.inputs; i++) {
      let sum = 0;
      for (let j = 0; j < v.length; j++) if (v[j]) sum += t.numbers[i * t.stride + j] * v[j];
      back[i] = l > 0 ? sum * slope(tables[l - 1].activation, chain[l].values[i]) : sum;
    }
    v = back;
  }
  return scaled(v);
}

// What more of a unit adds to each pixel of the output (before its sigmoid).
export function leadsTo(chain: Column[], tables: Table[], column: number, unit: number): Float32Array {
  let v = new Float32Array(chain[column].values.length);
  v[unit] = 1;
  for (let l = column; l < tables.length; l++) {
    const t = tables[l];
    const width = chain[l + 1].values.length;
    const next = new Float32Array(width);
    for (let i = 0; i < t.inputs; i++) {
      if (!v[i]) continue;
      for (let j = 0; j < width; j++) next[j] += v[i] * t.numbers[i * t.stride + j];
    }
    if (l < tables.length - 1) for (let j = 0; j < width; j++) next[j] *= slope(t.activation, chain[l + 1].values[j]);
    v = next;
  }
  return scaled(v);
}

export function scaled(v: Float32Array): Float32Array<ArrayBuffer> {
  let most = 0;
  for (const one of v) if (Math.abs(one) > most) most = Math.abs(one);
  return Float32Array.from(v, (one) => (most && most < Infinity ? one / most : 0));
}

// The difference of two states of a network, as tables to draw.
export function moved(explorer: LocalExplorer, before: Table[]): Table[] {
  return explorer.tables().map((t, l) => ({ ...t, numbers: t.numbers.map((w, p) => w - before[l].numbers[p]) }));
}

export const copied = (tables: Table[]): Table[] => tables.map((t) => ({ ...t, numbers: t.numbers.slice() }));
