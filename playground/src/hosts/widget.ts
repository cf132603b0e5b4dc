// The playground in a notebook, as anywidget wants it. One session a widget, shared by all its views.

import { readConfig } from "../engine/config";
import { unpack } from "../engine/data";
import type { Shape } from "../engine/network";
import { LocalExplorer } from "../explorer";
import { fromLink, toLink } from "../link";
import { Session } from "../session";
import { Sets } from "../sets";
import { type Steps, StepsExplorer } from "../steps";
import { makeApp } from "../ui/app";
import { Kernel, KernelExplorer, floats, type Model } from "./kernel";

const PATIENCE = 1500; // milliseconds before the page says what it waits for
const UNSEEN = 30_000; // a session without views lives so long: a notebook may take a view away and bring it back
const TELL_AFTER = 250;

class Shared {
  private readonly kernel: Kernel;
  private made: Promise<Session> | null = null;
  private session: Session | null = null;
  private views = 0;
  private closing: ReturnType<typeof setTimeout> | undefined;
  private telling: ReturnType<typeof setTimeout> | undefined;
  private told = "";

  constructor(private readonly model: Model) {
    this.kernel = new Kernel(model);
  }

  // The session, made at the first view; a try that failed is tried anew by the next.
  async open(): Promise<Session> {
    this.views++;
    clearTimeout(this.closing);
    this.made ??= this.make();
    try {
      this.session = await this.made;
    } catch (error) {
      this.made = null;
      throw error;
    }
    if (this.session.where === "none" && !this.session.given) await this.session.start();
    return this.session;
  }

  leave(): void {
    if (--this.views > 0) return;
    this.session?.pause();
    this.closing = setTimeout(() => {
      if (this.session) this.session.until = this.session.view?.step || null;
      this.session?.end();
    }, UNSEEN);
  }

  end(): void {
    clearTimeout(this.closing);
    clearTimeout(this.telling);
    this.session?.end();
    this.kernel.end();
  }

  private async make(): Promise<Session> {
    const { content, buffers } = await this.kernel.ask({ ask: "digits" });
    const digits = await unpack(floatsAsBytes(buffers[0]));
    if (this.model.get("explores")) {
      const name = `A network of the notebook${content.name ? ` (${content.name})` : ""}, with the weights it has now: move in its map, draw a digit.`;
      if (content.remote) {
        const explorer = new KernelExplorer(this.kernel, content.code as number, digits.pixels);
        const session = new Session(digits, { digits, explorer, name: `${name} The kernel runs it.` });
        await session.start();
        return session;
      }
      const weights = floats(buffers[1]);
      const explorer = content.steps
        ? await StepsExplorer.make(content.steps as Steps, weights, digits.pixels)
        : await LocalExplorer.of(content.shape as Shape, weights);
      const session = new Session(digits, { digits, explorer, name });
      await session.start();
      return session;
    }
    const clothes = async () => floatsAsBytes((await this.kernel.ask({ ask: "clothes" })).buffers[0]);
    const session = new Session(digits, null, false, new Sets(digits, clothes));
    const raw = this.model.get("settings");
    if (typeof raw === "string") {
      const { state, notice } = fromLink(raw);
      session.until = state.steps;
      session.say(notice, true);
      await session.start(state.config);
    } else {
      const { config, refused } = readConfig(raw);
      if (refused.length) session.say(`These settings make no sense here: ${refused.join(", ")}. They have their defaults.`, true);
      await session.start(config);
    }
    session.listen(() => {
      clearTimeout(this.telling);
      this.telling = setTimeout(() => this.tell(session), TELL_AFTER);
    });
    return session;
  }

  // While the training rests, the kernel learns what there is.
  private tell(session: Session): void {
    const { view, config, pins } = session;
    if (!view || session.running || view.running) return;
    const last = view.history.at(-1);
    const report = {
      settings: config,
      steps: view.step,
      loss: last?.validation ?? null,
      error: last?.error ?? null,
      runs: pins.map((pin) => ({ name: pin.name, settings: pin.config, steps: pin.steps, error: pin.history.at(-1)?.error ?? null })),
    };
    const text = JSON.stringify([report, view.run]);
    if (text === this.told) return;
    this.told = text;
    this.model.set("report", report);
    this.model.save_changes();
    this.model.send({ tell: "weights", settings: config, steps: view.step }, undefined, [view.weights.slice().buffer]);
  }
}

const floatsAsBytes = (view: DataView): Uint8Array<ArrayBuffer> =>
  new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength).slice();

export function widget() {
  let shared: Shared | null = null;
  return {
    initialize({ model }: { model: Model }) {
      const mine = new Shared(model);
      shared = mine;
      return () => mine.end();
    },

    async render({ el }: { model: Model; el: HTMLElement }) {
      const mine = shared as Shared;
      const waiting = document.createElement("p");
      el.append(waiting);
      const late = setTimeout(() => {
        waiting.textContent = "The playground waits for the notebook's kernel: it is busy with the digits, or with a cell that must end first.";
      }, PATIENCE);
      let gone = false;
      let app: ReturnType<typeof makeApp> | null = null;
      // Not awaited: the notebook must not wait for the kernel.
      void mine.open().then(
        (session) => {
          if (gone) return;
          app = makeApp(session, { actions: [{ label: "Copy settings", title: "A line of Python that opens these settings", act: () => copy(session) }] });
          el.replaceChildren(app.element);
          Object.assign(el, { playground: { session, app } }); // for the tests
        },
        (error: Error) => {
          waiting.textContent = error.message;
        },
      ).finally(() => clearTimeout(late));
      return () => {
        gone = true;
        app?.end();
        mine.leave();
      };
    },
  };
}

function copy(session: Session): void {
  const text = toLink({ config: session.config, steps: session.view?.step ?? null, mosaic: false });
  const code = `Playground(settings="${text}")`;
  const done = navigator.clipboard?.writeText(code) ?? Promise.reject(new Error("no clipboard"));
  done.then(
    () => session.say("Copied: a line of Python that opens a playground with these settings."),
    () => session.say(code, true),
  );
}
