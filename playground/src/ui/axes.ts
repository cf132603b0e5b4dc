// The lines of the map's frame and the numbers beside them.

import type { Plane } from "./plane";
import { palette } from "./theme";

export function drawAxes(c: CanvasRenderingContext2D, plane: Plane, side: number): void {
  const { centre, reach } = plane;
  const at = (v: number, axis: 0 | 1) => (side / 2) * (1 + ((axis ? -1 : 1) * (v - centre[axis])) / reach);
  c.font = "11px system-ui, sans-serif";
  c.fillStyle = palette().soft;
  c.strokeStyle = palette().line;
  c.lineWidth = 1;
  const every = [1, 2, 5, 10].map((m) => m * 10 ** Math.floor(Math.log10(reach / 2))).find((m) => m >= reach / 2) as number;
  for (const axis of [0, 1] as const) {
    if (axis === 1 && plane.code === 1) continue;
    for (let t = Math.ceil((centre[axis] - reach) / every) * every; t < centre[axis] + reach; t += every) {
      const [x, y] = axis ? [side / 2, at(t, 1)] : [at(t, 0), side / 2];
      c.beginPath();
      c.moveTo(axis ? 0 : x, axis ? y : 0);
      c.lineTo(axis ? side : x, axis ? y : side);
      c.stroke();
      c.textAlign = axis ? "left" : "center";
      c.textBaseline = axis ? "bottom" : "alphabetic";
      if (axis ? y > 14 && y < side - 20 : x > 24 && x < side - 10) c.fillText(String(Number(t.toPrecision(3))), axis ? 3 : x, axis ? y : side - 4);
    }
  }
}
