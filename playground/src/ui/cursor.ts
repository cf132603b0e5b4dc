// The code one looks at: moved in the map or by sliders, or taken from a digit. Whoever shows it listens.

import { type Session, squaredError } from "../session";

export class Cursor {
  h: Float32Array = new Float32Array(0);
  y: Float32Array | null = null;
  x: Float32Array | null = null; // the digit that h comes from; null when h was moved by hand
  origin: "hand" | "digit" | "drawing" = "hand";
  error: number | null = null; // between x and y
  waiting = false; // the kernel has not answered yet
  private busy = false;
  private again = false;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly session: Session) {}

  listen(listener: () => void): void {
    this.listeners.add(listener);
  }

  move(h: Float32Array): void {
    this.h = h;
    this.x = null;
    this.origin = "hand";
    void this.refresh();
  }

  take(x: Float32Array, origin: "digit" | "drawing"): void {
    this.x = x;
    this.origin = origin;
    void this.refresh();
  }

  // With a new network the code of a digit is a new one; a code moved by hand stays, and means something else.
  async refresh(): Promise<void> {
    const { explorer } = this.session;
    if (!explorer) return;
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    const late = setTimeout(() => {
      this.waiting = true;
      this.tell();
    }, 700);
    try {
      do {
        this.again = false;
        if (this.h.length !== explorer.code) this.h = new Float32Array(explorer.code);
        const x = this.x;
        const h = x ? await explorer.encode(x) : this.h;
        const y = await explorer.decode(h);
        if (x === this.x && (x || h === this.h)) {
          this.h = h;
          this.y = y;
          this.error = x ? squaredError(x, y, 0, explorer.pixels) : null;
        }
      } while (this.again);
    } catch (error) {
      this.session.say(error instanceof Error ? error.message : String(error));
    }
    clearTimeout(late);
    this.waiting = false;
    this.busy = false;
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
