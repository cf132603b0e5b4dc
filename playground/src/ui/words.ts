// What the settings are called on the screen.

import { blockSide } from "../engine/corrupt";
import type { Config } from "../engine/config";

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
