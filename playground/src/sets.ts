// The data there are: the digits at once, the clothes when somebody asks for them, one's own pictures once there are enough.

import type { Config } from "./engine/config";
import { type Digits, unpack } from "./engine/data";
import { Own } from "./own";

export type Data = Config["data"];

export class Sets {
  readonly own: Own;
  private clothes: Digits | null = null;

  // `fetchClothes` gives them packed, as the digits are; without it there are none.
  constructor(private readonly digits: Digits, private readonly fetchClothes: (() => Promise<BufferSource>) | null = null) {
    this.own = new Own(Math.round(Math.sqrt(digits.pixels)));
  }

  get(data: Data): Digits | null {
    return data === "digits" ? this.digits : data === "own" ? this.own.digits : this.clothes;
  }

  // Raises what can be said on the screen.
  async load(data: Data): Promise<Digits> {
    if (data === "clothes" && !this.clothes) {
      const packed = await this.fetchClothes?.().catch(() => null);
      if (!packed) throw new Error("The pieces of clothing cannot be had here: the digits stay.");
      this.clothes = await unpack(packed, "clothes");
    }
    const set = this.get(data);
    if (!set) throw new Error("There are too few pictures of your own yet: add some under “Train on your own pictures”.");
    return set;
  }
}
