// What the settings are called on the screen.

import { blockSide } from "../engine/corrupt";
import type { Config } from "../engine/config";

// Okabe & Ito's palette (2008) with a wine red and a grey, as in the course's figures; the light ones are darkened a
// little, so that a numeral in them can be read on white.
export const COLOURS = [
  "#0072b2", "#b87900", "#009e73", "#b0588a", "#2b8cc4", "#d55e00", "#000000", "#8f8500", "#882255", "#6f6f6f",
];
export const RUN_COLOURS: Record<string, string> = { A: "#0072b2", B: "#d55e00", C: "#007a5a", D: "#882255", now: "#000000" };
export const RUN_DASHES: Record<string, number[]> = { A: [7, 3], B: [2, 3], C: [9, 3, 2, 3], D: [4, 2], now: [] };

export const NAMES: Record<keyof Config, string> = {
  hidden: "Hidden layers",
  code: "Numbers in h",
  activation: "Activation",
  loss: "Loss",
  corruption: "Damage to x",
  level: "How much damage",
  penalty: "Penalty on h",
  weight: "Weight of it",
  optimizer: "Optimizer",
  rate: "Learning rate",
  batch: "Digits in a batch",
  classes: "Kinds of digits",
  seed: "Seed",
};

export const VALUES: Record<string, string> = {
  linear: "linear", relu: "ReLU", tanh: "tanh", sigmoid: "sigmoid",
  mse: "squared error", bce: "cross-entropy",
  none: "none", gaussian: "Gaussian noise", salt: "salt and pepper", block: "a covered block",
  l1: "L1, Σ|h|", kl: "KL, as in a VAE",
  adam: "Adam", sgd: "SGD",
};

export const plainNumber = (value: number): string =>
  value !== 0 && Math.abs(value) < 0.0001 ? value.toExponential(0).replace("e-", " · 10⁻").replace(/\d$/, (d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[+d]) : String(value);

export function levelText(config: Config): string {
  if (config.corruption === "gaussian") return `σ = ${config.level}`;
  if (config.corruption === "salt") return `${Math.round(100 * config.level)} % of the pixels`;
  if (config.corruption === "block") return `${blockSide(config.level, 28)} × ${blockSide(config.level, 28)} pixels`;
  return "–";
}

export function valueText(config: Config, key: keyof Config): string {
  const value = config[key];
  if (key === "level") return levelText(config);
  if (key === "weight" && config.penalty === "none") return "–";
  if (key === "hidden") return config.hidden.length ? config.hidden.join(" – ") : "none";
  if (key === "classes") return config.classes.length === 10 ? "all" : config.classes.join(" ");
  return typeof value === "number" ? plainNumber(value) : (VALUES[value as string] ?? String(value));
}

export const lossText = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : Number.isFinite(value) ? value.toFixed(4) : "not a number";
