// Pictures of the reader's own to train on: they come in, are seen, and become the data.

import { LEAST_OWN, MOST_OWN, type Own } from "../own";
import type { Session } from "../session";
import { el, newId, paintDigit } from "./dom";
import { drawings, photograph, pictureDoor } from "./pictures";
import { drawTitle } from "./words";

export class OwnPictures {
  readonly element: HTMLDetailsElement;
  private readonly own: Own;
  private readonly list = el("ul", { className: "aep-own-list", "aria-label": "Your pictures" });
  private readonly said = el("p", { className: "aep-note", role: "status" });
  private readonly kind = el("select", { id: newId() }, el("option", { value: "drawings" }, "drawings on paper"), el("option", { value: "photographs" }, "photographs, in grey"));
  private readonly train = el("button", { type: "button", className: "aep-next", onclick: () => this.use() });
  private readonly empty = el("button", { type: "button", onclick: () => this.change(() => this.own.clear()) }, "Remove all");

  // `drawn` is what stands on the pad, null when it is empty.
  constructor(private readonly session: Session, drawn: () => Float32Array | null) {
    this.own = session.sets.own;
    const all = el("div", { className: "aep-own-all" });
    const title = "Pictures or photographs; they stay on this page. You can also drop or paste them here.";
    const take = (files: Blob[]) => void this.take(files);
    const door = pictureDoor(all, { label: "Pictures to train on", button: "Add pictures …", title, several: true }, take);
    const camera = pictureDoor(el("div"), { label: "A photograph to train on", button: "Photograph …", title, several: false }, take);
    camera.querySelector("input")?.setAttribute("capture", "environment");
    camera.className = "aep-camera";
    const pad = el("button", {
      type: "button", title: "What you have drawn in the large square",
      onclick: () => {
        const ink = drawn();
        if (ink) this.change(() => this.own.add([ink]));
        else this.said.textContent = `The square under “${drawTitle(session.digits)}” is empty: draw in it first.`;
      },
    }, "Add my drawing");
    all.append(
      el("p", { className: "aep-note" }, "Draw ten or more things on a sheet of paper, with room between them, and photograph it; or add pictures one by one. They are cut out and made 28 × 28 small here, on this page, and sent nowhere."),
      el("div", { className: "aep-field aep-own-kind" }, el("label", { for: this.kind.id }, "What they are"), this.kind),
      el("div", { className: "aep-buttons" }, door, camera, pad), this.list, this.said,
      el("div", { className: "aep-buttons" }, this.train, this.empty));
    this.element = el("details", { className: "aep-panel aep-own" }, el("summary", {}, el("h2", {}, "Train on your own pictures")), all);
    this.draw();
  }

  open(): void {
    this.element.open = true;
    this.element.scrollIntoView({ block: "nearest" });
    this.element.querySelector("button")?.focus();
  }

  private async take(files: Blob[]): Promise<void> {
    const { side } = this.own;
    const found: Float32Array[] = [];
    const troubles = new Set<string>();
    for (const file of files) {
      try {
        if (this.kind.value === "drawings") found.push(...(await drawings(file, side)));
        else found.push(await photograph(file, side));
      } catch (error) {
        troubles.add((error as Error).message);
      }
    }
    const before = this.own.pictures.length;
    this.change(() => this.own.add(found));
    const added = this.own.pictures.length - before;
    const parts = [
      added > 0 && `${added} ${added === 1 ? "picture is" : "pictures are"} added.`,
      added < found.length && `More than ${MOST_OWN} are not taken.`,
      ...troubles,
    ];
    this.said.textContent = `${parts.filter(Boolean).join(" ")} ${this.text}`;
  }

  private change(act: () => void): void {
    act();
    this.draw();
  }

  private use(): void {
    this.session.configure({ data: "own" });
    this.session.play();
  }

  private get text(): string {
    const { honest, pictures: { length } } = this.own;
    if (length < LEAST_OWN) return length ? "Add at least one more." : "";
    return honest
      ? "One in five, drawn at random, is put aside: the network does not train on it, it only shows there what it can. Of each picture there are variants, a little turned, moved and resized."
      : "The network trains on variants of them, a little turned, moved and resized, and is judged by other variants. A small error then says little about other pictures: for that add ten or more, and one in five is put aside.";
  }

  private draw(): void {
    const { pictures, side } = this.own;
    const { length } = pictures;
    this.list.replaceChildren(...pictures.map((x, i) => {
      const canvas = el("canvas", { width: side, height: side });
      paintDigit(canvas.getContext("2d") as CanvasRenderingContext2D, x, 0, side, 0, 0);
      return el("li", {}, el("button", {
        type: "button", title: "Remove it", "aria-label": `Remove picture ${i + 1}`,
        onclick: () => {
          this.change(() => this.own.remove(i));
          const next = this.list.querySelectorAll("button");
          (next[Math.min(i, next.length - 1)] ?? this.element.querySelector("button")).focus();
        },
      }, canvas));
    }));
    this.list.hidden = this.empty.hidden = !length;
    this.train.hidden = length < LEAST_OWN;
    this.train.textContent = `Train on these ${length} pictures`;
    this.said.textContent = this.text;
  }
}
