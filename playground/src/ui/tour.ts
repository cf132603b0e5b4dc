// A tour of six steps. Each does something real to the playground, stands beside what it speaks of, and says what there
// is to see, and from which step on.

import { type Config, DEFAULTS } from "../engine/config";
import { Random } from "../engine/random";
import { BEFORE_NAME } from "../runs";
import type { Session } from "../session";
import type { Cursor } from "./cursor";
import { el, newId, stillness } from "./dom";
import type { DrawPad } from "./draw";
import type { CodeMap } from "./map";

interface Stop {
  title: string;
  text: string; // what it does
  after: string; // what there is to see when it is trained
  look: string; // the part of the page to look at
  see?: string; // the piece of it that `after` speaks of: on a phone the part is higher than the screen
  stages: [() => void, number][]; // one after the other, each until so many steps are trained
  done?: () => void;
}

// An A, in the pad's pixels: a path for each stroke.
const LETTER: [number, number][][] = [[[6, 23], [14, 5], [22, 23]], [[9, 16], [19, 16]]];

export class Tour {
  readonly element: HTMLElement;
  readonly button = el("button", { type: "button", onclick: () => this.go(0) }, "Take the tour");
  at = -1;
  private readonly head = el("h2", { tabIndex: -1 });
  private readonly does = el("p", { className: "aep-does" });
  private readonly said = el("p", { role: "status" });
  private readonly back = el("button", { type: "button", onclick: () => this.go(this.at - 1) }, "Back");
  private readonly next = el("button", { type: "button", onclick: () => this.go(this.at + 1) }, "Next");
  private readonly stops: Stop[];
  private readonly progress = el("span", { className: "aep-progress" });
  private stage = 0;
  private ready = false; // what it speaks of can be seen
  private found = false; // it has been scrolled to
  private acting = false;
  private pinned: string | null = null; // the run that the tour has pinned

  constructor(private readonly root: HTMLElement, private readonly session: Session, cursor: Cursor, map: CodeMap, pad: DrawPad) {
    const skip = el("button", { type: "button", onclick: () => this.end() }, "Leave the tour");
    const id = newId();
    this.head.id = id;
    this.element = el("section", { className: "aep-tour", "aria-labelledby": id, hidden: true }, this.head, this.does, this.said,
      el("div", { className: "aep-buttons" }, this.back, this.next, skip, this.progress));
    const train = (change: Partial<Config>, steps: number) => {
      session.configure({ ...DEFAULTS, ...change });
      session.playFor(steps);
    };
    const noisy = () => {
      const random = new Random(7, 9);
      const { digits, view } = session;
      const place = (view?.grid.places ?? [0])[3] ?? 0;
      const x = Float32Array.from(digits.images.subarray(place * digits.pixels, (place + 1) * digits.pixels), (byte) => byte / 255);
      return x.map((v) => Math.min(Math.max(v + 0.4 * random.normal(), 0), 1));
    };
    this.stops = [
      {
        title: "squeeze a digit to one number", look: ".aep-network", see: ".aep-at-y",
        text: "The network trains now with a code of one number: the bottleneck. Whatever y shows has to go through it.",
        after: "Digits that get the same number get the same picture, so y blurs to a mixture of them. Change the number h₁ and see which pictures lie on the line.",
        stages: [[() => train({ code: 1 }, 500), 500]],
      },
      {
        title: "much room: it only copies", look: ".aep-network", see: ".aep-at-y",
        text: "Now the code has 64 numbers. Digits come back sharp. Then it gets a digit with noise on it.",
        after: "x is a digit with noise, as the network has never seen one, and hardly a shadow of the digit comes back. With so much room it learned to copy clean digits; nothing forced it to know what a digit is.",
        stages: [[() => train({ hidden: [], code: 64 }, 600), 600]],
        done: () => cursor.take(noisy(), "digit", null, "a noisy digit"),
      },
      {
        title: "damage: it repairs", look: ".aep-grid",
        text: "With the same room the network now gets damaged pictures, x̃, and has to give back the clean x. Copying does not help any more.",
        after: "Compare the rows x̃ and y: most of the noise is gone. To take it away, the network had to learn what digits look like.",
        stages: [[() => train({ hidden: [], code: 64, corruption: "gaussian", level: 0.4 }, 600), 600]],
        done: () => cursor.takeDigit((session.view?.grid.places ?? [0])[3] ?? 0),
      },
      {
        title: "KL: draw new digits from the map", look: ".aep-map-panel",
        text: "Two numbers again, so each digit is a point of the map. The penalty KL gathers the codes around 0, without gaps.",
        after: "Digits that look alike lie close together, and the mosaic shows what the decoder makes of each place. A code drawn at random gives a digit, too: press “Draw a code at random” below the map, and see its picture y at the map.",
        stages: [[() => {
          train({ penalty: "kl", weight: 0.001 }, 900);
          map.setMosaic(true);
        }, 900]],
      },
      {
        title: "a letter: its error gives it away", look: ".aep-draw",
        text: "This network has only ever seen digits. In the square now stands a letter.",
        after: "y turns the letter into something like a digit, so the difference is large: in the histogram its error stands beside those of real digits. Press Clear, draw a digit and compare. This is how autoencoders find what is odd.",
        stages: [[() => {
          map.setMosaic(false);
          train({ code: 16 }, 600);
          pad.put(LETTER);
        }, 600]],
      },
      {
        title: "two runs compared", look: ".aep-compare",
        text: "Is more always better? First a network with 2 numbers trains and is pinned, then one with 16, for 400 steps each.",
        after: "Here stand both curves, both rows of pictures, and the one setting in which they differ: the pinned run has 2 numbers, Now has 16. Now change what you like.",
        stages: [[() => {
          if (this.pinned) session.unpin(this.pinned);
          train({ code: 2 }, 400);
          session.unpin(BEFORE_NAME); // what the tour trained before is not compared
          session.say("");
        }, 400], [() => {
          if (!session.runs.full) {
            session.pin();
            this.pinned = session.runs.pinned.at(-1)?.name ?? null;
          }
          train({ code: 16 }, 400);
        }, 400]],
      },
    ];
    session.listen(() => this.watch());
  }

  // Goes on to the next stage when one is trained, and says what there is to see after the last.
  private watch(): void {
    const { view, running, settled } = this.session;
    const stop = this.stops[this.at];
    if (!stop || this.ready || this.acting || !view || !settled) return;
    const { stages, done, after, see } = stop;
    const steps = stages[this.stage][1];
    if (!this.found) requestAnimationFrame(() => this.at >= 0 && this.scroll()); // the page has moved with the new network
    this.found = true;
    if (running || view.step < steps) {
      const which = stages.length > 1 ? `Network ${this.stage + 1} of ${stages.length}: step` : "Step";
      this.progress.textContent = `${which} ${Math.min(view.step, steps)} of ${steps}`;
      return;
    }
    if (this.stage + 1 < stages.length) return this.begin(this.stage + 1);
    this.ready = true;
    done?.();
    this.progress.textContent = `Trained: ${steps} steps`;
    this.said.textContent = after;
    this.next.classList.add("aep-next");
    if (!this.element.contains(document.activeElement)) return;
    this.scroll();
    if (see) this.root.querySelector(see)?.scrollIntoView({ block: "nearest" });
  }

  private begin(stage: number): void {
    this.stage = stage;
    this.acting = true;
    this.stops[this.at].stages[stage][0]();
    this.acting = false;
  }

  go(at: number): void {
    if (at >= this.stops.length) return this.end();
    this.at = Math.max(at, 0);
    const { title, text, after, look, stages } = this.stops[this.at];
    this.head.textContent = `${this.at + 1} of ${this.stops.length}: ${title}`;
    this.does.textContent = text;
    this.said.textContent = `At step ${stages[stages.length - 1][1]}: ${after}`;
    this.progress.textContent = "";
    this.back.disabled = this.at === 0;
    this.next.textContent = this.at === this.stops.length - 1 ? "Finish" : "Next";
    this.next.classList.remove("aep-next");
    this.ready = this.found = false;
    this.button.disabled = true;
    this.mark(look);
    this.element.hidden = false;
    document.addEventListener("keydown", this.leaves);
    this.begin(0);
    this.head.focus({ preventScroll: true });
    this.scroll();
  }

  end(): void {
    this.deafen();
    this.at = -1;
    this.mark(null);
    this.element.hidden = true;
    this.button.disabled = false;
    this.button.focus();
  }

  deafen(): void {
    document.removeEventListener("keydown", this.leaves);
  }

  // Escape leaves the tour wherever one is in the playground, unless something there has a use for it: what is folded
  // out is folded in first.
  private readonly leaves = (event: KeyboardEvent) => {
    const { target } = event;
    const ours = target === document.body || (target instanceof Node && this.root.contains(target));
    if (event.key !== "Escape" || !ours || event.defaultPrevented) return;
    const open = target instanceof Element && target.closest<HTMLDetailsElement>("details[open]");
    if (!open) return this.end();
    open.open = false;
    open.querySelector("summary")?.focus();
  };

  private scroll(): void {
    const { root, element } = this;
    root.style.setProperty("--card", `${element.offsetHeight}px`);
    // Not the card itself: while it sticks, it is in view already.
    root.querySelector(".aep-shown")?.scrollIntoView({ block: "start", behavior: stillness() ? "auto" : "smooth" });
  }

  // The card stands right before what it speaks of: there the eye finds it, and so does the Tab key.
  private mark(look: string | null): void {
    for (const part of this.root.querySelectorAll(".aep-shown")) part.classList.remove("aep-shown");
    const part = look && this.root.querySelector(look);
    if (!part) return;
    part.classList.add("aep-shown");
    if (part.previousElementSibling !== this.element) part.before(this.element);
  }
}
