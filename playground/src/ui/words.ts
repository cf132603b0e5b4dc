// What the settings, and what is on the pictures, are called on the screen.

import { blockSide } from "../engine/corrupt";
import type { Config } from "../engine/config";
import type { Digits } from "../engine/data";

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
  batch: "Pictures in a batch",
  classes: "Kinds",
  seed: "Seed",
  data: "Pictures",
};

export const VALUES: Record<string, string> = {
  linear: "linear", relu: "ReLU", tanh: "tanh", sigmoid: "sigmoid",
  mse: "squared error", bce: "cross-entropy",
  none: "none", gaussian: "Gaussian noise", salt: "salt and pepper", block: "a covered block",
  l1: "L1, Σ|h|", kl: "KL, as in a VAE",
  adam: "Adam", sgd: "SGD",
  digits: "handwritten digits", clothes: "pieces of clothing", own: "your own",
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

const CLOTHES = ["T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];
export const kindText = (data: Config["data"], kind: number): string => (data === "clothes" ? CLOTHES[kind] : String(kind));

// What is on a picture of the set, as in “find the code of …”.
export function called({ kind, labels }: Digits, place: number): string {
  const label = labels[place];
  if (kind === "own") return `your picture ${label + 1}`;
  const name = kindText(kind, label);
  return kind === "digits" ? `a ${label}` : name === "trousers" ? name : `${name.startsWith("a") ? "an" : "a"} ${name}`;
}

export const one = ({ kind }: Digits): string => (kind === "digits" ? "digit" : kind === "clothes" ? "piece of clothing" : "picture");
export const many = ({ kind }: Digits): string => (kind === "digits" ? "digits" : kind === "clothes" ? "pieces of clothing" : "pictures");
export const drawTitle = (digits: Digits): string => `Draw a ${one(digits)}`;
export const capital = (text: string): string => text[0].toUpperCase() + text.slice(1);
