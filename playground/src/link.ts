// The state as the part of an address behind #. Whatever cannot be read gives defaults, and is said.

import { type Config, DEFAULTS, KEYS, readConfig } from "./engine/config";

const VERSION = "1";
const LONGEST = 1000;
const MOST_STEPS = 1_000_000;

export interface State {
  config: Config;
  steps: number | null; // train so far
  mosaic: boolean;
}

export function toLink(state: State): string {
  const parts = new URLSearchParams({ v: VERSION });
  for (const key of KEYS) parts.set(key, String(state.config[key]));
  if (state.steps) parts.set("steps", String(state.steps));
  if (state.mosaic) parts.set("mosaic", "1");
  return parts.toString().replaceAll("%2C", ",");
}

export function fromLink(text: string): { state: State; notice: string } {
  const state: State = { config: structuredClone(DEFAULTS), steps: null, mosaic: false };
  const link = text.replace(/^#/, "");
  if (!link) return { state, notice: "" };
  const parts = new URLSearchParams(link.slice(0, LONGEST));
  if (link.length > LONGEST || parts.get("v") !== VERSION) {
    return { state, notice: "This link is not one of this playground, or of an older one: these are the defaults." };
  }
  const raw: Record<string, unknown> = {};
  const refused = new Set<string>();
  const twice = new Set<string>();
  for (const [key, value] of parts) {
    if (["v", "steps", "mosaic"].includes(key)) continue;
    const known = KEYS.includes(key as keyof Config);
    if (known && Object.hasOwn(raw, key)) twice.add(key);
    else if (!known) refused.add("an unknown one");
    else raw[key] = value_of(DEFAULTS[key as keyof Config], value);
  }
  const read = readConfig(raw);
  for (const key of read.refused) refused.add(key);
  const steps = Number(parts.get("steps") ?? 0);
  if (Number.isInteger(steps) && steps >= 0 && steps <= MOST_STEPS) state.steps = steps || null;
  else refused.add("steps");
  state.mosaic = parts.get("mosaic") === "1";
  state.config = read.config;
  const notices = [
    refused.size && `Some settings of this link make no sense here (${[...refused].join(", ")}): they have their defaults.`,
    twice.size && `In this link ${[...twice].join(", ")} stands twice: the first one counts.`,
  ];
  return { state, notice: notices.filter(Boolean).join(" ") };
}

// Numbers are read as strictly as they are written: "1e999", " 2" and "0x10" are none.
function value_of(like: unknown, text: string): unknown {
  const number = (part: string) => (/^\d+(\.\d+)?(e-\d)?$/.test(part) ? Number(part) : null);
  if (Array.isArray(like)) return text === "" ? [] : text.split(",").map(number);
  return typeof like === "number" ? number(text) : text;
}
