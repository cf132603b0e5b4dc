// What the learner chooses. Whatever comes from outside (a link, a notebook) passes through `readConfig`.

export const ACTIVATIONS = ["linear", "relu", "tanh", "sigmoid"] as const; // in the order the kernels count them
export const LOSSES = ["mse", "bce"] as const;
export const CORRUPTIONS = ["none", "gaussian", "salt", "block"] as const;
export const PENALTIES = ["none", "l1", "kl"] as const;
export const DATA = ["digits", "clothes", "own"] as const; // "own": the reader's pictures
export const OPTIMIZERS = ["adam", "sgd"] as const;
export const WIDTHS = [4, 8, 16, 32, 64, 128, 256, 512] as const;
export const RATES = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10] as const;
export const BATCHES = [8, 16, 32, 64, 128, 256, 400] as const;
export const WEIGHTS = [0.000001, 0.00001, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.1] as const;
export const LEVELS = { low: 0, high: 1 };
export const MOST_LAYERS = 4;
export const MOST_NUMBERS = 64;
export const MOST_SEED = 9999;

export type Activation = (typeof ACTIVATIONS)[number];

export interface Config {
  hidden: number[]; // widths of the encoder's hidden layers; the decoder mirrors them
  code: number;
  activation: Activation;
  loss: (typeof LOSSES)[number];
  corruption: (typeof CORRUPTIONS)[number];
  level: number; // Gaussian: standard deviation; salt and pepper: share of pixels; block: side as a share of the image
  penalty: (typeof PENALTIES)[number];
  weight: number; // the penalty's factor in L
  optimizer: (typeof OPTIMIZERS)[number];
  rate: number;
  batch: number;
  classes: number[];
  seed: number;
  data: (typeof DATA)[number];
}

export const DEFAULTS: Config = {
  hidden: [128, 32],
  code: 2,
  activation: "relu",
  loss: "bce",
  corruption: "none",
  level: 0.5,
  penalty: "none",
  weight: 0.001,
  optimizer: "adam",
  rate: 0.003,
  batch: 64,
  classes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  seed: 0,
  data: "digits",
};

type Key = keyof Config;
export const KEYS = Object.keys(DEFAULTS) as Key[];

const one = (allowed: readonly unknown[]) => (value: unknown) => allowed.includes(value);
const whole = (low: number, high: number) => (value: unknown) =>
  Number.isInteger(value) && (value as number) >= low && (value as number) <= high;
const list = (fits: (value: unknown) => boolean, low: number, high: number) => (value: unknown) =>
  Array.isArray(value) && value.length >= low && value.length <= high && value.every(fits);

const FITS: Record<Key, (value: unknown) => boolean> = {
  hidden: list(one(WIDTHS), 0, MOST_LAYERS),
  code: whole(1, MOST_NUMBERS),
  activation: one(ACTIVATIONS),
  loss: one(LOSSES),
  corruption: one(CORRUPTIONS),
  level: (value) => typeof value === "number" && value >= LEVELS.low && value <= LEVELS.high,
  penalty: one(PENALTIES),
  weight: one(WEIGHTS),
  optimizer: one(OPTIMIZERS),
  rate: one(RATES),
  batch: one(BATCHES),
  classes: (value) => list(whole(0, 9), 1, 10)(value) && new Set(value as number[]).size === (value as number[]).length,
  seed: whole(0, MOST_SEED),
  data: one(DATA),
};

// The settings in `raw` that make sense, defaults for the rest, and the names of those that do not.
export function readConfig(raw: unknown): { config: Config; refused: string[] } {
  const config = structuredClone(DEFAULTS);
  if (raw === undefined || raw === null) return { config, refused: [] };
  if (typeof raw !== "object" || Array.isArray(raw)) return { config, refused: ["all"] };
  const refused = Object.keys(raw).filter((key) => !KEYS.includes(key as Key));
  for (const key of KEYS) {
    if (!Object.hasOwn(raw, key)) continue;
    const value = (raw as Record<string, unknown>)[key];
    if (FITS[key](value)) (config as unknown as Record<string, unknown>)[key] = structuredClone(value);
    else refused.push(key);
  }
  config.classes.sort((a, b) => a - b);
  return { config, refused };
}

export const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export function differing(configs: Config[]): Key[] {
  const used = (config: Config, key: Key) =>
    !(key === "level" && config.corruption === "none") && !(key === "weight" && config.penalty === "none") &&
    !(key === "classes" && config.data === "own");
  return KEYS.filter((key) =>
    configs.some((c) => !same(used(c, key) ? c[key] : null, used(configs[0], key) ? configs[0][key] : null)),
  );
}
