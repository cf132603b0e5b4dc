// The state as the part of an address behind #. Whatever cannot be read gives defaults, and is said.

import { type Config, DEFAULTS, KEYS, readConfig, same } from "./engine/config";
import { MOST_PINS } from "./runs";

const VERSION = "1";
const LONGEST = 3000;
const MOST_STEPS = 1_000_000;

export interface Wanted {
  config: Config;
  steps: number;
}

export interface State {
  config: Config;
  steps: number | null; // train so far
  mosaic: boolean;
  pins?: Wanted[]; // runs to train again; those on somebody's own pictures do not travel
}

export function toLink({ config, steps, mosaic, pins = [] }: State): string {
  const parts = new URLSearchParams({ v: VERSION });
  for (const key of KEYS) if (key !== "data" || config.data !== "digits") parts.set(key, String(config[key]));
  if (steps) parts.set("steps", String(steps));
  if (mosaic) parts.set("mosaic", "1");
  for (const pin of pins) {
    if (pin.config.data === "own") continue;
    const differing = KEYS.filter((key) => !same(pin.config[key], DEFAULTS[key]));
    const own = new URLSearchParams({ steps: String(pin.steps), ...Object.fromEntries(differing.map((key) => [key, String(pin.config[key])])) });
    parts.append("pin", own.toString());
  }
  return parts.toString().replaceAll("%2C", ",").replaceAll("%252C", ",");
}

export function fromLink(text: string): { state: State; notice: string } {
  const state: State = { config: structuredClone(DEFAULTS), steps: null, mosaic: false };
  const link = text.replace(/^#/, "");
  if (!link) return { state, notice: "" };
  const parts = new URLSearchParams(link.slice(0, LONGEST));
  if (link.length > LONGEST || parts.get("v") !== VERSION) {
    return { state, notice: "This link is not one of this playground, or of an older one: these are the defaults." };
  }
  const { config, refused, twice } = settingsOf(parts, ["v", "steps", "mosaic", "pin"]);
  const steps = stepsOf(parts);
  if (steps === null) refused.add("steps");
  state.steps = steps || null;
  state.mosaic = parts.get("mosaic") === "1";
  state.config = config;
  const own = config.data === "own";
  if (own) config.data = "digits";
  let broken = 0;
  state.pins = parts.getAll("pin").slice(0, MOST_PINS).flatMap((pin) => {
    const inside = new URLSearchParams(pin);
    const read = settingsOf(inside, ["steps"]);
    const count = stepsOf(inside);
    if (read.refused.size || read.twice.size || !count || read.config.data === "own") broken++;
    else return [{ config: read.config, steps: count }];
    return [];
  });
  if (!state.pins.length) delete state.pins;
  const notices = [
    refused.size && `Some settings of this link make no sense here (${[...refused].join(", ")}): they have their defaults.`,
    own && "This link's network learned from pictures of somebody's own, which do not travel: here are the digits.",
    twice.size && `In this link ${[...twice].join(", ")} stands twice: the first one counts.`,
    broken && "A pinned run of this link makes no sense here and is left out.",
  ];
  return { state, notice: notices.filter(Boolean).join(" ") };
}

function settingsOf(parts: URLSearchParams, others: string[]): { config: Config; refused: Set<string>; twice: Set<string> } {
  const raw: Record<string, unknown> = {};
  const refused = new Set<string>();
  const twice = new Set<string>();
  for (const [key, value] of parts) {
    if (others.includes(key)) continue;
    const known = KEYS.includes(key as keyof Config);
    if (known && Object.hasOwn(raw, key)) twice.add(key);
    else if (!known) refused.add("an unknown one");
    else raw[key] = value_of(DEFAULTS[key as keyof Config], value);
  }
  const read = readConfig(raw);
  for (const key of read.refused) refused.add(key);
  return { config: read.config, refused, twice };
}

function stepsOf(parts: URLSearchParams): number | null {
  const steps = Number(parts.get("steps") ?? 0);
  return Number.isInteger(steps) && steps >= 0 && steps <= MOST_STEPS ? steps : null;
}

// Numbers are read as strictly as they are written: "1e999", " 2" and "0x10" are none.
function value_of(like: unknown, text: string): unknown {
  const number = (part: string) => (/^\d+(\.\d+)?(e-\d)?$/.test(part) ? Number(part) : null);
  if (Array.isArray(like)) return text === "" ? [] : text.split(",").map(number);
  return typeof like === "number" ? number(text) : text;
}
