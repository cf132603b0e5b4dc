// A tour of six steps. Each does something real to the playground, and says where to look.

import { type Config, DEFAULTS } from "../engine/config";
import { Random } from "../engine/random";
import type { Session } from "../session";
import type { Cursor } from "./cursor";
import { el, newId, stillness } from "./dom";
import type { DrawPad } from "./draw";
import type { CodeMap } from "./map";

interface Stop {
  title: string;
  text: string;
  look: string; // the part of the page to look at
  act: () => void;
  then?: [() => void, number]; // once so many steps are trained
}

// An A, in the pad's pixels: a path for each stroke.
const LETTER: [number, number][][] = [[[6, 23], [14, 5], [22, 23]], [[9, 16], [19, 16]]];

export class Tour {
  readonly element: HTMLElement;
  readonly button = el("button", { type: "button", onclick: () => this.go(0) }, "Take the tour");
  at = -1;
  private readonly head = el("h2", { tabIndex: -1 });
  private readonly said = el("p", { role: "status" });
  private readonly back = el("button", { type: "button", onclick: () => this.go(this.at - 1) }, "Back");
  private readonly next = el("button", { type: "button", className: "aep-next", onclick: () => this.go(this.at + 1) }, "Next");
  private readonly stops: Stop[];
  private waiting: [() => void, number] | null = null;

  constructor(private readonly root: HTMLElement, session: Session, cursor: Cursor, map: CodeMap, pad: DrawPad) {
    const skip = el("button", { type: "button", onclick: () => this.end() }, "Leave the tour");
    const id = newId();
    this.head.id = id;
    this.element = el("section", { className: "aep-tour", "aria-labelledby": id, hidden: true }, this.head, this.said,
      el("div", { className: "aep-buttons" }, this.back, this.next, skip));
    this.element.onkeydown = (event) => {
      if (event.key === "Escape") this.end();
    };
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
        title: "squeeze a digit to one number", look: ".aep-network",
        text: "The network in the middle trains now with a code of one number. It is the bottleneck: whatever y shows has to go through it. Digits that get the same number get the same picture, so y blurs to a mixture of them. Drag the number and see which pictures lie on the line.",
        act: () => train({ code: 1 }, 500),
      },
      {
        title: "much room: it copies what it gets", look: ".aep-network",
        text: "Now the code has 64 numbers and a wide layer before it. y is sharp, but nothing forces the network to know what a digit is. After the training it gets a digit with noise on it, and part of the noise comes back in y.",
        act: () => train({ hidden: [256], code: 64 }, 600), then: [() => cursor.take(noisy(), "digit", null, "a noisy digit"), 600],
      },
      {
        title: "damage: it repairs", look: ".aep-grid",
        text: "With the same room the network now gets damaged pictures, x̃, and has to give back the clean x. Copying does not help any more. In the row y the noise is gone: to take it away, the network had to learn what digits look like.",
        act: () => train({ hidden: [256], code: 64, corruption: "gaussian", level: 0.4 }, 600), then: [() => cursor.takeDigit((session.view?.grid.places ?? [0])[3] ?? 0), 1],
      },
      {
        title: "KL: draw new digits from the map", look: ".aep-map-panel",
        text: "Two numbers again, so each digit is a point of the map, and digits that look alike lie close together. The penalty KL gathers the codes around 0 without gaps, so a code drawn at random gives a digit, too: press “Draw a code at random” below the map. The mosaic shows what the decoder makes of each place.",
        act: () => {
          train({ penalty: "kl", weight: 0.001 }, 900);
          map.setMosaic(true);
        },
      },
      {
        title: "a letter: its error gives it away", look: ".aep-draw",
        text: "This network has only ever seen digits. A letter is drawn in the square: y turns it into something like a digit, so the difference is large. In the histogram its error stands beside those of real digits. Draw a digit over it and compare: this is how autoencoders find what is odd.",
        act: () => {
          map.setMosaic(false);
          train({ code: 16 }, 600);
          pad.put(LETTER);
        },
      },
      {
        title: "two runs compared", look: ".aep-compare",
        text: "Is more always better? A run with 2 numbers was pinned, and one with 16 trains now. Below, under “Compare runs”, stand both curves, both rows of pictures, and the one setting in which they differ. Now change what you like.",
        act: () => train({ code: 2 }, 400),
        then: [() => {
          if (!session.runs.full) session.pin();
          session.configure({ code: 16 });
          session.playFor(400);
        }, 400],
      },
    ];
    session.listen(() => {
      const { view } = session;
      if (!this.waiting || !view || session.running || view.step < this.waiting[1]) return;
      const [act] = this.waiting;
      this.waiting = null;
      act();
    });
  }

  go(at: number): void {
    if (at >= this.stops.length) return this.end();
    this.at = Math.max(at, 0);
    const { title, text, look, act, then } = this.stops[this.at];
    this.head.textContent = `${this.at + 1} of ${this.stops.length}: ${title}`;
    this.said.textContent = text;
    this.back.disabled = this.at === 0;
    this.next.textContent = this.at === this.stops.length - 1 ? "Finish" : "Next";
    this.element.hidden = false;
    this.button.disabled = true;
    this.mark(look);
    this.waiting = null;
    act();
    this.waiting = then ?? null;
    this.head.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "nearest", behavior: stillness() ? "auto" : "smooth" });
  }

  end(): void {
    this.at = -1;
    this.waiting = null;
    this.mark(null);
    this.element.hidden = true;
    this.button.disabled = false;
    this.button.focus();
  }

  private mark(look: string | null): void {
    for (const part of this.root.querySelectorAll(".aep-shown")) part.classList.remove("aep-shown");
    if (look) this.root.querySelector(look)?.classList.add("aep-shown");
  }
}
