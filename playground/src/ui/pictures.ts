// The reader's own pictures, chosen, photographed, dropped or pasted: made small ones here on the page, and sent nowhere.

import { type Grey, inkOf, middle, sheetOf } from "../ink";
import { el } from "./dom";

const LONGEST = 900; // pixels: a sheet with many drawings needs some
const NO_PICTURE = "This file is no picture that the browser can read.";

// What a file shows in shades of grey, 0 black to 1 white, no larger than needed; of a square, its middle.
async function greyOf(file: Blob, square: number | null): Promise<Grey> {
  const image = await createImageBitmap(file).catch(() => {
    throw new Error(NO_PICTURE);
  });
  const shorter = Math.min(image.width, image.height);
  const [w, h] = square ? [shorter, shorter] : [image.width, image.height];
  const shrink = square ? square / shorter : Math.min(1, LONGEST / Math.max(w, h));
  const [width, height] = [w, h].map((n) => Math.max(1, Math.round(n * shrink)));
  const canvas = el("canvas", { width, height });
  const c = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
  c.fillStyle = "white";
  c.fillRect(0, 0, width, height);
  c.imageSmoothingQuality = "high";
  c.drawImage(image, (image.width - w) / 2, (image.height - h) / 2, w, h, 0, 0, width, height);
  image.close();
  const { data } = c.getImageData(0, 0, width, height);
  const values = Float32Array.from({ length: width * height }, (_, p) => (0.3 * data[4 * p] + 0.59 * data[4 * p + 1] + 0.11 * data[4 * p + 2]) / 255);
  return { width, height, values };
}

// One drawing: light ink on dark, `side` × `side`.
export const drawing = async (file: Blob, side: number) => inkOf(middle(await greyOf(file, 4 * side), side), side);

// All drawings of a sheet, one or many.
export const drawings = async (file: Blob, side: number) => sheetOf(await greyOf(file, null), side);

// A photograph in its own shades.
export const photograph = async (file: Blob, side: number) => middle(await greyOf(file, 4 * side), side);

// A button for files; one may also drop or paste them on this place.
export function pictureDoor(
  place: HTMLElement, { label, button: text, title, several }: { label: string; button: string; title: string; several: boolean }, open: (files: Blob[]) => void,
): HTMLElement {
  const take = (files: Iterable<File> | null | undefined, images = false) => {
    const found = [...(files ?? [])].filter((one) => !images || one.type.startsWith("image/")).slice(0, several ? undefined : 1);
    if (found.length) open(found);
    return found.length > 0;
  };
  const input = el("input", { type: "file", accept: "image/*", multiple: several, className: "aep-hidden", tabIndex: -1, "aria-label": label });
  input.onchange = () => {
    take(input.files);
    input.value = "";
  };
  place.addEventListener("dragover", (event) => event.preventDefault());
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    take(event.dataTransfer?.files);
  });
  place.addEventListener("paste", (event) => {
    if (take(event.clipboardData?.files, true)) event.preventDefault();
  });
  return el("span", {}, el("button", { type: "button", title, onclick: () => input.click() }, text), input);
}
