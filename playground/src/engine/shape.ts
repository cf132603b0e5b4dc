// What layers a network has.

import type { Activation, Config } from "./config";

export interface LayerShape {
  inputs: number;
  outputs: number;
  activation: Activation;
}

export interface Shape {
  encoder: LayerShape[];
  decoder: LayerShape[];
  code: number;
  sampled: boolean; // the encoder gives mean and log-variance of each number (a VAE)
}

export function shapeOf(config: Config, pixels: number): Shape {
  const sampled = config.penalty === "kl";
  const down = [pixels, ...config.hidden];
  const up = [config.code, ...[...config.hidden].reverse()];
  const chain = (widths: number[]): LayerShape[] =>
    widths.slice(1).map((outputs, i) => ({ inputs: widths[i], outputs, activation: config.activation }));
  return {
    encoder: [
      ...chain(down),
      { inputs: down[down.length - 1], outputs: sampled ? 2 * config.code : config.code, activation: "linear" },
    ],
    decoder: [...chain(up), { inputs: up[up.length - 1], outputs: pixels, activation: "sigmoid" }],
    code: config.code,
    sampled,
  };
}

export const parameters = (shape: Shape): number =>
  [...shape.encoder, ...shape.decoder].reduce((sum, l) => sum + (l.inputs + 1) * l.outputs, 0);
