// What the playground has to say: a line below the toolbar, with a cross, gone after a while. A hidden line beside it
// tells it once to those who listen.

import type { Session } from "../session";
import { el } from "./dom";

const WHILE = 12_000; // milliseconds

export class Notice {
  readonly element: HTMLElement;
  private readonly text = el("span");
  private readonly line: HTMLElement;
  private readonly spoken = el("p", { className: "aep-hidden", role: "status" });
  private shown = "";
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly session: Session) {
    const close = el("button", { type: "button", "aria-label": "Close this notice", onclick: () => session.say("") }, "×");
    this.line = el("div", { className: "aep-notice", hidden: true }, this.text, close);
    this.element = el("div", {}, this.line, this.spoken);
  }

  draw(): void {
    const { notice, lasting } = this.session;
    if (notice === this.shown) return;
    this.shown = notice;
    clearTimeout(this.timer);
    this.line.hidden = !notice;
    this.text.textContent = notice;
    this.spoken.textContent = notice;
    if (notice && !lasting) this.timer = setTimeout(() => this.leave(notice), WHILE);
  }

  // Not while somebody reads it closely.
  private leave(notice: string): void {
    if (this.session.notice !== notice) return;
    if (this.line.matches(":hover, :focus-within")) this.timer = setTimeout(() => this.leave(notice), WHILE / 4);
    else this.session.say("");
  }
}
