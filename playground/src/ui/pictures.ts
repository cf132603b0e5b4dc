// The reader's own picture, chosen, photographed, dropped or pasted: made a small one here on the page, and sent nowhere.

import { el } from "./dom";

// Light ink on dark, `side` × `side`, the ink in the middle: as the digits are.
export async function shrink(file: Blob, side: number): Promise<Float32Array<ArrayBuffer>> {
  const image = await createImageBitmap(file);
  const square = Math.min(image.width, image.height);
  const canvas = el("canvas", { width: 4 * side, height: 4 * side });
  const c = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
  c.fillStyle = "white";
  c.fillRect(0, 0, 4 * side, 4 * side);
  c.imageSmoothingQuality = "high";
  c.drawImage(image, (image.width - square) / 2, (image.height - square) / 2, square, square, 0, 0, 4 * side, 4 * side);
  image.close();
  const { data } = c.getImageData(0, 0, 4 * side, 4 * side);
  const grey = new Float32Array(side * side);
  for (let row = 0; row < 4 * side; row++) {
    for (let column = 0; column < 4 * side; column++) {
      const at = 4 * (row * 4 * side + column);
      grey[(row >> 2) * side + (column >> 2)] += (0.3 * data[at] + 0.59 * data[at + 1] + 0.11 * data[at + 2]) / (255 * 16);
    }
  }
  return inked(grey, side);
}

// Paper becomes 0 and ink 1; what is paper shows at the edge.
function inked(grey: Float32Array<ArrayBuffer>, side: number): Float32Array<ArrayBuffer> {
  const edge = grey.filter((_, p) => p < side || p >= side * (side - 1) || p % side === 0 || p % side === side - 1).sort();
  const paper = edge[edge.length >> 1];
  const ink = grey.map((v) => Math.abs(v - paper));
  const most = ink.reduce((a, b) => Math.max(a, b), 0);
  if (most < 0.05) throw new Error("There is nothing on this picture that stands out from its edge.");
  return ink.map((v) => Math.min(Math.max((v / most - 0.25) / 0.6, 0), 1));
}

// A button for files, and the place on which one may drop or paste them.
export function pictureDoor(place: HTMLElement, side: number, take: (ink: Float32Array<ArrayBuffer>) => void, say: (text: string) => void): HTMLElement {
  const open = (file: Blob | null | undefined) => {
    if (!file) return;
    shrink(file, side).then(take, (error: Error) => say(error.message.startsWith("There is") ? error.message : "This file is no picture that the browser can read."));
  };
  const input = el("input", { type: "file", accept: "image/*", className: "aep-hidden", tabIndex: -1, "aria-label": "A picture of your own" });
  input.onchange = () => {
    open(input.files?.[0]);
    input.value = "";
  };
  place.addEventListener("dragover", (event) => event.preventDefault());
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    open(event.dataTransfer?.files[0]);
  });
  place.addEventListener("paste", (event) => {
    const file = [...(event.clipboardData?.files ?? [])].find((one) => one.type.startsWith("image/"));
    if (!file) return;
    event.preventDefault();
    open(file);
  });
  const button = el("button", { type: "button", title: "A picture or a photograph; it stays on this page. You can also drop or paste one here.", onclick: () => input.click() }, "Your picture …");
  return el("span", {}, button, input);
}
