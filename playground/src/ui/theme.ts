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

// Blue below 0, red above it, as the lessons draw what has a sign (Matplotlib's RdBu_r); -1 ≤ v ≤ 1.
export function signed(v: number, neutral: [number, number, number] = [247, 247, 247]): [number, number, number] {
  const end = v > 0 ? [178, 24, 43] : [33, 102, 172];
  const middle = v > 0 ? [244, 165, 130] : [146, 197, 222];
  const a = Math.min(Math.abs(v), 1);
  const [from, to, share] = a < 0.4 ? [neutral, middle, a / 0.4] : [middle, end, (a - 0.4) / 0.6];
  return [0, 1, 2].map((i) => from[i] + share * (to[i] - from[i])) as [number, number, number];
}

// The same on a dark ground: what is strong is bright.
export function glow(v: number, p: Palette): [number, number, number] {
  if (!p.dark) return signed(v, p.neutral);
  const end = v > 0 ? [255, 138, 96] : [110, 190, 255];
  const a = Math.min(Math.abs(v), 1) ** 0.8;
  return [0, 1, 2].map((i) => p.neutral[i] + a * (end[i] - p.neutral[i])) as [number, number, number];
}
