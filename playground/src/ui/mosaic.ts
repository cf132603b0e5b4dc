// What the decoder makes of each place of the map, as tiles.

import type { Session } from "../session";
import { paintDigit } from "./dom";
import type { Plane } from "./plane";

const TILES = 20; // in a row, where there is room
const FEWEST = 8;
const OFF = 1e-5; // of the reach: how far a code may leave the plane of the tiles

export class Mosaic {
  tiles: HTMLCanvasElement | null = null;
  painted = 0; // counts
  time = 0; // milliseconds that the last one took
  private base: Float32Array | null = null; // a code that the plane goes through
  private busy = false;
  private again = false;
  private next = 0;

  // `room` is how many tiles in a row can be told apart.
  constructor(private readonly session: Session, private readonly plane: Plane, private readonly h: () => Float32Array, private readonly room: () => number) {}

  // Whether the code has left the plane that is shown.
  get left(): boolean {
    const { plane, base } = this;
    const h = this.h();
    if (plane.code < 3 || !base || h.length !== base.length) return plane.code > 2;
    const back = plane.codeAt(plane.place(h), base);
    return back.some((v, j) => Math.abs(v - h[j]) > OFF * plane.reach);
  }

  // The plane decoded in a grid of places, no more often than there is time for; calls `done` where there is something to show.
  async paint(done: () => void): Promise<void> {
    const { explorer, view } = this.session;
    if (!explorer || !view) return done();
    if (this.busy) {
      this.again = true;
      return;
    }
    if (performance.now() < this.next) return done();
    this.busy = true;
    const h = (this.base = this.h());
    const began = performance.now();
    try {
      const { centre, reach, code } = this.plane;
      const count = Math.max(FEWEST, Math.min(this.room(), explorer.remote ? 12 : TILES));
      const codes = new Float32Array(count * count * code);
      for (let i = 0; i < count * count; i++) {
        const [column, row] = [i % count, Math.floor(i / count)];
        const at = (n: number) => (2 * (n + 0.5)) / count - 1;
        codes.set(this.plane.codeAt([centre[0] + reach * at(column), centre[1] - reach * at(row)], h), i * code);
      }
      const images = await explorer.decode(codes);
      const side = Math.round(Math.sqrt(explorer.pixels));
      this.tiles ??= document.createElement("canvas");
      if (this.tiles.width !== count * side) this.tiles.width = this.tiles.height = count * side;
      const c = this.tiles.getContext("2d") as CanvasRenderingContext2D;
      for (let i = 0; i < count * count; i++) {
        paintDigit(c, images, i * explorer.pixels, side, (i % count) * side, Math.floor(i / count) * side);
      }
    } catch (error) {
      this.session.say(error instanceof Error ? error.message : String(error));
    }
    this.painted++;
    this.time = performance.now() - began;
    this.next = performance.now() + (view.running ? 2 * this.time : 0);
    this.busy = false;
    done();
    if (!this.again) return;
    this.again = false;
    if (this.left) requestAnimationFrame(() => void this.paint(done));
  }
}
