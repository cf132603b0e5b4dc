// Play, step, reset; how far the training is; pin and link.

import type { Session } from "../session";
import { el } from "./dom";
import { Notice } from "./notice";
import { lossText } from "./words";

const SPOKEN_EVERY = 5000; // milliseconds between two spoken lines while the training runs

export interface Action {
  label: string;
  title: string;
  act: () => void;
}

export class Toolbar {
  readonly element: HTMLElement;
  private readonly play = el("button", { type: "button", className: "aep-play", onclick: () => this.toggle() });
  private readonly step = el("button", { type: "button", title: "Train on one batch", onclick: () => this.session.step() }, "One step");
  private readonly reset = el("button", { type: "button", title: "Back to the first weights", onclick: () => this.session.reset() }, "Reset");
  private readonly pin = el("button", { type: "button", onclick: () => this.session.pin() }, "Pin this run to compare");
  private readonly facts = el("div", { className: "aep-facts" });
  private readonly spoken = el("p", { className: "aep-hidden", "aria-live": "polite" });
  readonly notice: Notice;
  readonly begin: HTMLElement; // where to begin: the tour, examples
  readonly keep: HTMLElement; // what one does with a network that has learned
  private readonly hint = el("p", { className: "aep-hint" }, "Nothing is learned yet: press Play.");
  private lastSpoken = 0;
  private wasRunning = false;

  constructor(private readonly session: Session, actions: Action[], ...more: HTMLElement[]) {
    this.notice = new Notice(session);
    const others = actions.map(({ label, title, act }) => el("button", { type: "button", title, onclick: act }, label));
    this.element = el(
      "div", { className: "aep-toolbar" },
      el("div", { className: "aep-buttons", role: "group", "aria-label": "Training" }, this.play, this.step, this.reset),
      this.facts, this.hint, this.spoken,
    );
    this.begin = el("div", { className: "aep-begin" }, ...more);
    this.keep = el("div", { className: "aep-keep aep-buttons", role: "group", "aria-label": "Keep and share" }, this.pin, ...others);
  }

  private toggle(): void {
    if (this.session.running) this.session.pause();
    else this.session.play();
  }

  draw(): void {
    this.notice.draw();
    const { view, running, pinnable } = this.session;
    const icon = running ? "M4 3h4v14H4zM12 3h4v14h-4z" : "M5 2l13 8-13 8z";
    const name = running ? "Pause" : "Play";
    if (this.play.dataset.name !== name) {
      this.play.dataset.name = name;
      this.play.innerHTML = `<svg width="18" height="18" viewBox="0 0 20 20" aria-hidden="true"><path fill="currentColor" d="${icon}"/></svg> ${name}`;
    }
    this.pin.disabled = !pinnable;
    this.pin.title = !pinnable && view?.step ? "Four runs are pinned: remove one first" : "Keep its curves and pictures beside the next run";
    if (!view) return;
    const fresh = !view.step && !running && !view.diverged;
    this.hint.hidden = !fresh;
    this.element.classList.toggle("aep-fresh", fresh);
    const point = view.history.at(-1);
    const facts: [string, string, string, string][] = [
      ["Step", view.step.toLocaleString("en"), "step", "In each step the weights move a little, after one batch of pictures"],
      ["Epoch", view.epochs.toFixed(1), "epoch", "How often the network has gone through all pictures that it trains on"],
      ["L, training", lossText(point?.train ?? view.lastLoss), "train", "The loss on pictures that it trains on: smaller is better"],
      ["L, validation", lossText(point?.validation), "validation", "The loss on pictures that it does not train on: smaller is better"],
      ["Pictures/s", running && view.speed ? Math.round(view.speed).toLocaleString("en") : "–", "speed", "How many pictures it trains on in a second"],
    ];
    if (this.facts.children.length !== facts.length) {
      this.facts.replaceChildren(...facts.map(([label, , key, title]) => el("div", { className: `aep-has-${key}`, title }, el("span", {}, label), el("b", { className: `aep-fact-${key}` }))));
    }
    facts.forEach(([, value], i) => {
      (this.facts.children[i].lastElementChild as HTMLElement).textContent = value;
    });
    this.speak();
  }

  private speak(): void {
    const { view, running } = this.session;
    const now = performance.now();
    if (!view || (running === this.wasRunning && running && now - this.lastSpoken < SPOKEN_EVERY)) return;
    const text = `${running ? "Training" : "Paused"}: step ${view.step}, epoch ${view.epochs.toFixed(1)}, validation loss ${lossText(view.history.at(-1)?.validation)}.`;
    if (text !== this.spoken.textContent) this.spoken.textContent = text;
    this.wasRunning = running;
    this.lastSpoken = now;
  }
}
