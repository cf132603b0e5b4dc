// The playground on a page: puts its parts together and draws what changes.

import { DEFAULTS, type Config } from "../engine/config";
import { toNotebook } from "../notebook";
import type { Session } from "../session";
import { Brought } from "./brought";
import { Chart, legend } from "./chart";
import { CodeMap } from "./map";
import { Compare } from "./compare";
import { Cursor } from "./cursor";
import { el, panel, stillness } from "./dom";
import { DrawPad } from "./draw";
import { Grid } from "./grid";
import { Meanings } from "./meanings";
import { NetworkView } from "./network";
import { Notice } from "./notice";
import { OwnPictures } from "./own";
import { Settings } from "./settings";
import { onScheme, palette } from "./theme";
import { save } from "./take";
import { type Action, Toolbar } from "./toolbar";
import { Tour } from "./tour";
import { Walk } from "./walk";
import { EXAMPLES, EXPLAINED } from "./why";

const CALM = 450; // milliseconds

export interface App {
  element: HTMLElement;
  map: CodeMap;
  network: NetworkView;
  cursor: Cursor;
  pad: DrawPad;
  tour: Tour | null;
  walk: Walk;
  brought: Brought;
  end(): void;
}

// What the place where the playground stands can do: a page copies its link, a notebook its settings.
export interface Host {
  actions: Action[];
  linkTo?: (change: Partial<Config>) => string;
}

export function makeApp(session: Session, host: Host): App {
  const cursor = new Cursor(session);
  const map = new CodeMap(session, cursor);
  const network = new NetworkView(session, cursor);
  const grid = new Grid(session, (place) => cursor.takeDigit(place));
  const pad = new DrawPad(session, cursor);
  const trains = !session.given;
  const element = el("div", { className: `aep ${trains ? "" : "aep-explores"}`, role: "region", "aria-label": "Autoencoder playground",
    // A notebook must not take its keys for commands.
    "data-lm-suppress-shortcuts": "true" });
  const tour = trains ? new Tour(element, session, cursor, map, pad) : null;
  const along: Action = { label: "As a notebook", title: "A notebook that builds, trains and plots this network in Keras", act: () => takeAlong(session) };
  const toolbar = tour ? new Toolbar(session, [...host.actions, along], tour.button, examples(session, host)) : null;
  const notice = toolbar?.notice ?? new Notice(session);
  const walk = new Walk(session, cursor, map, () => pad.drawn);
  const own = trains ? new OwnPictures(session, () => pad.drawn) : null;
  const settings = trains ? new Settings(session, () => own?.open()) : null;
  const meanings = trains ? new Meanings(session) : null;
  const compare = trains ? new Compare(session) : null;
  const chart = new Chart("The loss L");
  const key = el("div");
  const curves = panel("The loss L", "aep-loss", chart.canvas, key,
    el("p", { className: "aep-note" }, "The loss L says how far y is from x: smaller is better. Validation is what it does not train on; where only the training loss still falls, the network learns by heart. After one epoch it has seen every training picture once."));
  const given = session.given && el("p", { className: "aep-note aep-given", role: "status" }, session.given.name);

  let busy: ReturnType<typeof setTimeout> | undefined;
  if (session.given && given) {
    const { explorer, name } = session.given;
    const show = (works: boolean) => {
      element.setAttribute("aria-busy", String(works));
      given.textContent = works ? `${name} The kernel is busy …` : name;
    };
    explorer.onBusy = (works) => {
      clearTimeout(busy);
      if (works) busy = setTimeout(() => show(true), 250);
      else show(false);
    };
  }

  const brought = new Brought(session);
  const parts = [
    toolbar?.element ?? given,
    notice.element,
    brought.element,
    toolbar?.begin,
    tour?.element,
    el("div", { className: "aep-columns" },
      settings?.element,
      el("div", { className: "aep-main" },
        network.element,
        toolbar?.keep,
        el("div", { className: "aep-side" }, map.element, walk.element, own?.element, meanings?.element),
        el("div", { className: "aep-side" }, grid.element, pad.element, trains && curves))),
    compare?.element,
  ];
  element.append(...parts.filter((part): part is HTMLElement => !!part));

  let placed = false;
  const place = () => {
    if (placed || !element.clientWidth) return;
    placed = true;
    settings?.place();
  };
  const scheme = () => {
    const { dark, runs } = palette();
    element.dataset.scheme = dark ? "dark" : "light";
    key.replaceChildren(legend([{ name: "training", colour: runs[1], dash: [5, 3] }, { name: "validation", colour: runs[0], dash: [] }]));
  };

  // In three parts, a frame each: none of them is long enough to be felt.
  const frames = [
    () => {
      place();
      toolbar?.draw();
      notice.draw();
      if (session.view) grid.draw();
    },
    () => {
      const { view } = session;
      if (!view) return;
      compare?.draw();
      meanings?.draw();
      if (trains) {
        const { runs } = palette();
        const points = (part: "train" | "validation") =>
          view.history.filter((p) => p[part] !== null).map((p): [number, number] => [p.step, p[part] as number]);
        chart.draw([
          { name: "training", colour: runs[1], dash: [5, 3], points: points("train") },
          { name: "validation", colour: runs[0], dash: [], points: points("validation") },
        ]);
      }
    },
    () => {
      map.draw();
      network.draw();
      walk.draw();
      void cursor.refresh(); // the map, the network and the pad listen
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
    frames[part]();
    if (part + 1 < frames.length) later(() => next(part + 1));
  };
  const ask = () => {
    if (asked) return;
    asked = true;
    later(() => next(0));
  };
  const deaf = session.listen((change) => {
    if (change === "config") settings?.draw();
    if (change === "notice") notice.draw();
    ask();
  });
  // The bar stays in view: how high it is, for what stays below it.
  const resized = new ResizeObserver(() => {
    element.style.setProperty("--bar", `${toolbar?.element.offsetHeight ?? 0}px`);
    ask();
  });
  resized.observe(element);
  const unscheme = onScheme(() => {
    scheme();
    ask();
  });
  scheme();
  ask();
  return {
    element, map, network, cursor, pad, tour, walk, brought,
    end() {
      ended = true;
      deaf();
      unscheme();
      resized.disconnect();
      tour?.deafen();
      clearTimeout(busy);
    },
  };
}

function takeAlong(session: Session): void {
  const { view, config } = session;
  save("autoencoder.ipynb", "application/x-ipynb+json", toNotebook(config, { steps: view?.step ?? 0, validation: view?.history.at(-1)?.validation ?? null }));
  session.say("Saved as autoencoder.ipynb: it builds, trains and plots this network in Keras.");
}

// Settings to start from, and to train at once: links on a page, buttons in a notebook.
function examples(session: Session, host: Host): HTMLElement {
  return el("nav", { className: "aep-examples", "aria-label": "Examples" }, el("span", {}, "Examples:"),
    ...EXAMPLES.map(([name, change]) => {
      const title = EXPLAINED[name];
      const go = () => {
        const had = session.view?.step;
        session.configure({ ...DEFAULTS, ...change });
        session.play();
        session.say(`“${name}” trains now${title ? `: ${title}` : ""}. Watch y; Pause stops it.${had ? " The run before stands below, under “Compare runs”." : ""}`);
      };
      if (!host.linkTo) return el("button", { type: "button", title: title ?? "", onclick: go }, name);
      const onclick = (event: MouseEvent) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a page of its own
        event.preventDefault();
        go();
      };
      return el("a", { href: host.linkTo(change), title: title ?? "", onclick }, name);
    }));
}
