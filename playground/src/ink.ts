// From a picture in shades of grey to small drawings: light ink on dark, as the digits are.

export interface Grey {
  width: number;
  height: number;
  values: Float32Array; // 0 black to 1 white
}

interface Box {
  left: number;
  top: number;
  right: number; // the first column and row outside
  bottom: number;
}

export const NOTHING = "There is nothing on this picture that stands out from its edge.";
const FAINT = 0.05; // less contrast than this is none
const FILLS = 20 / 28; // of the side: as MNIST's digits
const MOST = 200; // drawings on a sheet

// A square of grey, averaged down to `side` × `side`.
export function middle({ width, values }: Grey, side: number): Float32Array<ArrayBuffer> {
  const times = width / side;
  const small = new Float32Array(side * side);
  values.forEach((v, p) => {
    small[Math.floor(Math.floor(p / width) / times) * side + Math.floor((p % width) / times)] += v / times ** 2;
  });
  return small;
}

// Paper becomes 0 and ink 1; what is paper shows at the edge.
export function inkOf(grey: Float32Array<ArrayBuffer>, side: number): Float32Array<ArrayBuffer> {
  const edge = grey.filter((_, p) => p < side || p >= side * (side - 1) || p % side === 0 || p % side === side - 1).sort();
  const paper = edge[edge.length >> 1];
  return sharpened(grey.map((v) => Math.abs(v - paper)));
}

function sharpened(ink: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const most = ink.reduce((a, b) => Math.max(a, b), 0);
  if (most < FAINT) throw new Error(NOTHING);
  return ink.map((v) => Math.min(Math.max((v / most - 0.25) / 0.6, 0), 1));
}

// The drawings on a sheet, row by row: what lies apart by some paper is another drawing.
export function sheetOf(grey: Grey, side: number): Float32Array<ArrayBuffer>[] {
  const { width, height } = grey;
  const ink = inkOnPaper(grey);
  const sorted = ink.slice().sort();
  const most = sorted[Math.floor(0.998 * (sorted.length - 1))];
  if (most < FAINT) throw new Error(NOTHING);
  const boxes = inRows(joined(patches(ink.map((v) => (v > 0.4 * most ? 1 : 0)), width, height), Math.max(width, height)));
  if (!boxes.length) throw new Error(NOTHING);
  return boxes.slice(0, MOST).map((box) => sharpened(fitted(ink, width, height, box, side)));
}

// How much each pixel differs from the paper, in the direction in which the ink does. Light falls unevenly on a
// photographed sheet: the paper is a plane through the pixels that look like it.
function inkOnPaper({ width, height, values }: Grey): Float32Array<ArrayBuffer> {
  const every = Math.max(1, Math.floor(Math.sqrt((width * height) / 4000)));
  let points: [number, number, number][] = [];
  for (let y = 0; y < height; y += every) for (let x = 0; x < width; x += every) points.push([x / width - 0.5, y / height - 0.5, values[y * width + x]]);
  const shades = points.map((p) => p[2]).sort((a, b) => a - b);
  const usual = shades[shades.length >> 1];
  let plane: [number, number, number] = [usual, 0, 0];
  for (const near of [0.25, 0.15, 0.1]) {
    const paper = points.filter(([x, y, v]) => Math.abs(v - plane[0] - plane[1] * x - plane[2] * y) < near);
    if (paper.length > points.length / 4) plane = planeThrough(paper);
  }
  const away = Float32Array.from(values, (v, p) => v - plane[0] - plane[1] * ((p % width) / width - 0.5) - plane[2] * (Math.floor(p / width) / height - 0.5));
  const sorted = away.slice().sort();
  const end = (share: number) => sorted[Math.floor(share * (sorted.length - 1))];
  const sign = end(0.998) > -end(0.002) ? 1 : -1;
  return away.map((v) => Math.max(sign * v, 0));
}

// v ≈ a + b x + c y, by least squares.
function planeThrough(points: [number, number, number][]): [number, number, number] {
  const rows = [0, 1, 2].map(() => [0, 0, 0, 0]);
  for (const [x, y, v] of points) {
    const one = [1, x, y];
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) rows[i][j] += one[i] * one[j];
      rows[i][3] += one[i] * v;
    }
  }
  for (let i = 0; i < 3; i++) {
    for (let k = 0; k < 3; k++) {
      if (k === i) continue;
      const share = rows[k][i] / (rows[i][i] || 1);
      for (let j = i; j < 4; j++) rows[k][j] -= share * rows[i][j];
    }
  }
  return rows.map((row, i) => row[3] / (row[i] || 1)) as [number, number, number];
}

// The boxes around what hangs together.
function patches(mask: Float32Array, width: number, height: number): Box[] {
  const boxes: Box[] = [];
  const stack: number[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (!mask[start]) continue;
    const box = { left: width, top: height, right: 0, bottom: 0 };
    stack.push(start);
    mask[start] = 0;
    while (stack.length) {
      const p = stack.pop() as number;
      const [x, y] = [p % width, Math.floor(p / width)];
      box.left = Math.min(box.left, x);
      box.top = Math.min(box.top, y);
      box.right = Math.max(box.right, x + 1);
      box.bottom = Math.max(box.bottom, y + 1);
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const [u, v] = [x + dx, y + dy];
          if (u < 0 || v < 0 || u >= width || v >= height || !mask[v * width + u]) continue;
          mask[v * width + u] = 0;
          stack.push(v * width + u);
        }
      }
    }
    boxes.push(box);
  }
  return boxes;
}

const size = (b: Box): number => Math.max(b.right - b.left, b.bottom - b.top);

// Parts of one drawing put together, specks left out.
function joined(boxes: Box[], longest: number): Box[] {
  let kept = boxes.filter((b) => size(b) > 0.008 * longest);
  const sizes = kept.map(size).sort((a, b) => b - a);
  const usual = sizes[Math.floor(sizes.length / 4)] ?? 0;
  const gap = 0.15 * usual;
  for (let again = true; again;) {
    again = false;
    for (let i = 0; i < kept.length && !again; i++) {
      const a = kept[i];
      const at = kept.findIndex((b, j) => j > i && a.left - gap < b.right && b.left - gap < a.right && a.top - gap < b.bottom && b.top - gap < a.bottom);
      if (at < 0) continue;
      const b = kept[at];
      kept = kept.filter((_, j) => j !== at && j !== i);
      kept.push({ left: Math.min(a.left, b.left), top: Math.min(a.top, b.top), right: Math.max(a.right, b.right), bottom: Math.max(a.bottom, b.bottom) });
      again = true;
    }
  }
  return kept.filter((b) => size(b) > 0.3 * usual);
}

// From the top to the bottom, each row from the left.
function inRows(boxes: Box[]): Box[] {
  const waiting = [...boxes].sort((a, b) => a.top - b.top);
  const rows: Box[][] = [];
  for (const box of waiting) {
    const row = rows.at(-1);
    if (row && (box.top + box.bottom) / 2 < row[0].bottom) row.push(box);
    else rows.push([box]);
  }
  return rows.flatMap((row) => row.sort((a, b) => a.left - b.left));
}

// What is in the box, averaged down, in the middle of a square.
function fitted(ink: Float32Array, width: number, height: number, box: Box, side: number): Float32Array<ArrayBuffer> {
  const scale = size(box) / (side * FILLS);
  const [x0, y0] = [(box.left + box.right) / 2 - (side / 2) * scale, (box.top + box.bottom) / 2 - (side / 2) * scale];
  const parts = Math.max(2, Math.ceil(scale));
  return Float32Array.from({ length: side * side }, (_, p) => {
    let sum = 0;
    for (let n = 0; n < parts * parts; n++) {
      const x = Math.floor(x0 + ((p % side) + ((n % parts) + 0.5) / parts) * scale);
      const y = Math.floor(y0 + (Math.floor(p / side) + (Math.floor(n / parts) + 0.5) / parts) * scale);
      if (x >= box.left && y >= box.top && x < box.right && y < box.bottom && x < width && y < height) sum += ink[y * width + x];
    }
    return sum / parts ** 2;
  });
}
