// What the words on the page mean, in one place: no pointer is needed to read it, and no course.

import { meanPictureError, median } from "../anchor";
import type { Session } from "../session";
import { el } from "./dom";
import { many } from "./words";

const WORDS: [string, string][] = [
  ["Code h, the bottleneck", "The few numbers between encoder and decoder. All that y shows has to go through them."],
  ["Error", ""],
  ["Loss L", "The number that training makes small: the difference of y and x, and a penalty where one is chosen. Different losses count differently, so compare runs by their errors."],
  ["Cross-entropy", "A loss that reads each pixel of y as the chance of ink there. A pixel that is sure and wrong costs most. Grey pixels are never sure, so this loss stays above 0 even for a perfect copy."],
  ["Training and validation", "The network learns from the training pictures only. The validation pictures are kept apart and show what it does with new ones."],
  ["Step, batch, epoch", "In one step all weights move a little, after a look at one batch of pictures. After one epoch every training picture has been in a batch once."],
  ["Learning rate", "How far the weights move in one step."],
  ["KL", "Short for Kullback–Leibler divergence. With this penalty each code is drawn at random around a mean, and KL says how far that cloud is from one bell curve around 0. It gathers all codes there."],
  ["PCA", "Short for principal component analysis: a picture is the mean picture plus a few fixed patterns, each times a number. With weighted sums alone nothing has a smaller squared error on the pictures it learned from."],
];

export class Meanings {
  private readonly error = el("dd");
  readonly element = el("details", { className: "aep-panel aep-meanings" }, el("summary", {}, el("h2", {}, "What the words mean")),
    el("dl", {}, ...WORDS.flatMap(([word, text]) => [el("dt", {}, word), text ? el("dd", {}, text) : this.error])));

  constructor(private readonly session: Session) {}

  draw(): void {
    const { view, viewed, digits, errors } = this.session;
    if (!view || !viewed || !errors.length) return;
    const usual = median(errors);
    const mean = meanPictureError(digits, viewed.classes, view.places, false);
    const now = Number.isFinite(usual) ? ` Now half of these ${view.places.length} ${many(digits)} have an error below ${usual.toFixed(4)}.` : "";
    const text = `The squared difference of y and x, averaged over all pixels, with 0 for paper and 1 for ink. A perfect copy has 0.${now} Whoever knows nothing and draws the mean of all pictures each time gets about ${mean.toFixed(4)}.`;
    if (this.error.textContent !== text) this.error.textContent = text;
  }
}
