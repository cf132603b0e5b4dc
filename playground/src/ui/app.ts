// The playground on a page: puts its parts together and draws what changes.

import type { Session } from "../session";
import { Chart, legend } from "./chart";
import { CodeMap } from "./map";
import { Compare } from "./compare";
import { Cursor } from "./cursor";
import { Decoded } from "./decoded";
import { el, panel, stillness } from "./dom";
import { DrawPad } from "./draw";
import { Grid } from "./grid";
import { Settings } from "./settings";
import { Toolbar } from "./toolbar";

const CURVES = { train: { name: "training", colour: "#d55e00", dash: [5, 3] }, validation: { name: "validation", colour: "#0072b2", dash: [] } };

const NARROW = 720; // as in the style sheet
const CALM = 450; // milliseconds

export interface App {
  element: HTMLElement;
  map: CodeMap;
  cursor: Cursor;
  end(): void;
}

// `share` is what the button at the end of the toolbar does: a page copies its link, a notebook its settings.
export function makeApp(session: Session, share: { label: string; act: () => void }): App {
  const cursor = new Cursor(session);
  const map = new CodeMap(session, cursor);
  const decoded = new Decoded(session, cursor);
  const grid = new Grid(session, (place) => {
    const { images, pixels } = session.digits;
    cursor.take(Float32Array.from(images.subarray(place * pixels, (place + 1) * pixels), (byte) => byte / 255), "digit");
  });
  const pad = new DrawPad(session, cursor);
  const trains = !session.given;
  const toolbar = trains ? new Toolbar(session, share) : null;
  const settings = trains ? new Settings(session) : null;
  const compare = trains ? new Compare(session) : null;
  const chart = new Chart("The loss L");
  const curves = panel("The loss L", "aep-loss", chart.canvas, legend(Object.values(CURVES)));
  const given = session.given && el("p", { className: "aep-note aep-given", role: "status" }, session.given.name);

  const element = el("div", { className: `aep ${trains ? "" : "aep-explores"}`, role: "region", "aria-label": "Autoencoder playground",
    // A notebook must not take its keys for commands.
    "data-lm-suppress-shortcuts": "true" },
    toolbar?.element ?? given,
    el("div", { className: "aep-columns" },
      settings?.element,
      el("div", { className: "aep-middle" }, grid.element, trains && curves, pad.element),
      el("div", { className: "aep-right" }, map.element, decoded.element)),
    compare?.element,
  );

  let placed = false;
  const place = () => {
    if (placed || !element.clientWidth) return;
    placed = true;
    if (element.clientWidth < NARROW) settings?.close();
  };

  // In three parts, a frame each: none of them is long enough to be felt.
  const parts = [
    () => {
      place();
      toolbar?.draw();
      if (session.view) grid.draw();
    },
    () => {
      const { view } = session;
      if (!view) return;
      compare?.draw();
      if (trains) {
        const points = (key: "train" | "validation") =>
          view.history.filter((p) => p[key] !== null).map((p): [number, number] => [p.step, p[key] as number]);
        chart.draw((["train", "validation"] as const).map((key) => ({ ...CURVES[key], points: points(key) })));
      }
    },
    () => {
      map.draw();
      decoded.draw();
      void cursor.refresh(); // the map, the decoded digit and the pad listen
      // Whoever asked for little motion sees two pictures a second.
      const { view } = session;
      if (stillness() && session.running) setTimeout(() => session.view === view && session.seen(), CALM);
      else session.seen();
    },
  ];

  // Many changes between two frames are drawn once. A hidden page gets no frames; its training goes on.
  let asked = false;
  let ended = false;
  const later = (act: () => void) => {
    if (document.hidden) setTimeout(act, 100);
    else requestAnimationFrame(act);
  };
  const next = (part: number) => {
    if (ended) return;
    if (part === 0) asked = false;
    parts[part]();
    if (part + 1 < parts.length) later(() => next(part + 1));
  };
  const ask = () => {
    if (asked) return;
    asked = true;
    later(() => next(0));
  };
  const deaf = session.listen((change) => {
    if (change === "config") settings?.draw();
    ask();
  });
  const resized = new ResizeObserver(ask);
  resized.observe(element);
  ask();
  return {
    element, map, cursor,
    end() {
      ended = true;
      deaf();
      resized.disconnect();
    },
  };
}
