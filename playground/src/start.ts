// The trained network that the page opens with: what `start.mjs` packs.

import { type Config, readConfig } from "./engine/config";
import { shapeOf } from "./engine/network";
import type { Point } from "./engine/trainer";

export interface Start {
  config: Config;
  steps: number;
  history: Point[];
  weights: Float32Array;
}

export async function unpackStart(packed: BufferSource, pixels: number): Promise<Start> {
  const stream = new Blob([packed as BlobPart]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = await new Response(stream).arrayBuffer();
  const length = new DataView(bytes).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
  const { config } = readConfig(header.config);
  const shape = shapeOf(config, pixels);
  const rows = [...shape.encoder, ...shape.decoder].flatMap((l) => Array<number>(l.inputs + 1).fill(l.outputs));
  const scales = new Float32Array(bytes.slice(4 + length, 4 + length + 4 * rows.length));
  const numbers = new Int8Array(bytes, 4 + length + 4 * rows.length);
  const weights = Float32Array.from(numbers);
  let at = 0;
  rows.forEach((width, row) => {
    for (let i = 0; i < width; i++) weights[at++] *= scales[row];
  });
  if (at !== weights.length) throw new Error("the trained network is cut short");
  const history = header.history.map(([step, train, validation, error]: number[]) => ({ step, train, validation, error }));
  return { config, steps: header.steps, history, weights };
}
