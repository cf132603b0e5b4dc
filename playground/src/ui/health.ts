// What is wrong with the codes, in words.

import type { Session } from "../session";
import { many } from "./words";

// What is wrong with the codes of a whole set: they are no numbers, all the same, or some of their numbers say nothing.
function illness(codes: Float32Array, code: number, sampled: boolean): { kind: "nan" | "same" | "unused"; unused: number } | null {
  const n = codes.length / code;
  if (!codes.every(Number.isFinite)) return { kind: "nan", unused: code };
  let unused = 0;
  for (let j = 0; j < code; j++) {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < n; i++) {
      sum += codes[i * code + j];
      squares += codes[i * code + j] ** 2;
    }
    const mean = sum / n;
    const spread = Math.sqrt(Math.max(squares / n - mean * mean, 0));
    if (spread < (sampled ? 0.15 : 1e-4 * (1 + Math.abs(mean)))) unused++; // a VAE's noise is 1
  }
  return n > 1 && unused ? { kind: unused === code ? "same" : "unused", unused } : null;
}

export function diagnosis({ view, config, given, explorer, digits }: Session): string {
  const all = many(digits);
  if (!view || !explorer || (!view.step && !given)) return "";
  const found = illness(view.codes, explorer.code, !given && config.penalty === "kl");
  if (!found) return "";
  if (found.kind === "nan") {
    return "What the network computes is not a number any more: it ran away, and the map is empty. Choose a smaller learning rate.";
  }
  if (found.kind === "same") {
    return !given && config.penalty !== "none"
      ? `All ${all} have nearly the same code: the penalty has crushed it, and the decoder draws one picture for all. Choose a smaller weight of the penalty.`
      : `All ${all} have the same code, so the decoder draws one picture for all: the units answer nothing to any of them.${given ? "" : " Training cannot wake them: reset, and choose a smaller learning rate."}`;
  }
  const one = found.unused === 1;
  return `Of the ${explorer.code} numbers of the code ${found.unused} ${one ? "says" : "say"} nothing: ${one ? "it is" : "they are"} the same for all ${all}.`;
}
