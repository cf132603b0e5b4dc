// Light or dark: as the notebook's theme is, or on a page as the reader's system asks. Canvases paint in these colours.

export interface Palette {
  dark: boolean;
  ground: string;
  ink: string;
  soft: string;
  line: string;
  neutral: [number, number, number]; // a number that is 0
  now: string;
  classes: string[];
  runs: string[]; // by slot; the last is the run before
}

// Okabe & Ito's palette (2008) with a wine red and a grey, as in the course's figures; on white the light ones are a
// little darker, so that a numeral in them can be read, on black the dark ones lighter.
const LIGHT: Palette = {
  dark: false, ground: "#ffffff", ink: "#1b1b1b", soft: "#555555", line: "#dddddd", neutral: [233, 235, 238], now: "#000000",
  classes: ["#0072b2", "#b87900", "#009e73", "#b0588a", "#2b8cc4", "#d55e00", "#000000", "#8f8500", "#882255", "#6f6f6f"],
  runs: ["#0072b2", "#d55e00", "#007a5a", "#882255", "#6f6f6f"],
};
export const DARK: Palette = {
  dark: true, ground: "#1c2026", ink: "#eceff3", soft: "#b3bac4", line: "#3a414b", neutral: [46, 52, 60], now: "#ffffff",
  classes: ["#4fa8e0", "#e8a93a", "#37c79c", "#dd8fbd", "#86cdf5", "#ff8a4c", "#ffffff", "#e2d94a", "#d986ac", "#a9b0ba"],
  runs: ["#4fa8e0", "#ff8a4c", "#37c79c", "#d986ac", "#a9b0ba"],
};

export const RUN_DASHES = [[7, 3], [2, 3], [9, 3, 2, 3], [4, 2], [1, 3]];

const asked = () => window.matchMedia("(prefers-color-scheme: dark)");

function isDark(): boolean {
  const { body, documentElement: root } = document;
  const notebook = body.dataset.jpThemeLight;
  if (notebook) return notebook === "false";
  if (body.dataset.vscodeThemeKind) return body.dataset.vscodeThemeKind.includes("dark");
  if (root.hasAttribute("theme")) return root.getAttribute("theme") === "dark";
  return asked().matches;
}

let current: Palette | undefined;
export const palette = (): Palette => (current ??= isDark() ? DARK : LIGHT);

// Tells when the scheme changes; the answer ends that.
export function onScheme(changed: () => void): () => void {
  const look = () => {
    current = undefined;
    changed();
  };
  const media = asked();
  media.addEventListener("change", look);
  const observer = new MutationObserver(look);
  for (const node of [document.body, document.documentElement]) {
    observer.observe(node, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-vscode-theme-kind", "theme"] });
  }
  return () => {
    media.removeEventListener("change", look);
    observer.disconnect();
  };
}

// A colour for each of 511 steps from -1 to 1, three bytes each.
type Scale = Uint8ClampedArray;
const STEPS = 255;

function scaleOf(colour: (v: number) => number[]): Scale {
  const scale = new Uint8ClampedArray(3 * (2 * STEPS + 1));
  for (let i = -STEPS; i <= STEPS; i++) scale.set(colour(i / STEPS), 3 * (i + STEPS));
  return scale;
}

const mixed = (from: number[], to: number[], share: number) => from.map((f, i) => f + share * (to[i] - f));

// Blue below 0, red above it, as the lessons draw what has a sign (Matplotlib's RdBu_r).
const redBlue = (neutral: number[]) => scaleOf((v) => {
  const [middle, end] = v > 0 ? [[244, 165, 130], [178, 24, 43]] : [[146, 197, 222], [33, 102, 172]];
  const a = Math.abs(v);
  return a < 0.4 ? mixed(neutral, middle, a / 0.4) : mixed(middle, end, (a - 0.4) / 0.6);
});

const SIGNED = redBlue([247, 247, 247]);
const LIT = redBlue(LIGHT.neutral);
// On a dark ground what is strong is bright.
const GLOWING = scaleOf((v) => mixed(DARK.neutral, v > 0 ? [255, 138, 96] : [110, 190, 255], Math.abs(v) ** 0.8));

// Puts the colour of v, -1 to 1, into an image's bytes at `to`: of a difference, or of a unit in this palette.
export function putSigned(data: Uint8ClampedArray, to: number, v: number, of: Palette | null = null): void {
  const scale = of ? (of.dark ? GLOWING : LIT) : SIGNED;
  const at = 3 * (STEPS + Math.round(STEPS * (v > 1 ? 1 : v < -1 ? -1 : v || 0)));
  data[to] = scale[at];
  data[to + 1] = scale[at + 1];
  data[to + 2] = scale[at + 2];
}

export const edgeColour = (positive: boolean, p: Palette): string =>
  p.dark ? (positive ? "255, 138, 96" : "110, 190, 255") : positive ? "178, 24, 43" : "33, 102, 172";
