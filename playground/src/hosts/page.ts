// The playground as a page of its own: its state stands in the address.

import { DEFAULTS } from "../engine/config";
import { unpack } from "../engine/data";
import { fromLink, toLink } from "../link";
import { Session } from "../session";
import { Sets } from "../sets";
import { unpackStart } from "../start";
import { makeApp } from "../ui/app";

// `startAddress` is that of a trained network: the page opens with it, unless a link says something else.
export async function mountPage(root: HTMLElement, digitsAddress: string | URL, startAddress?: string | URL, clothesAddress?: string | URL): Promise<void> {
  const parameters = new URLSearchParams(location.search);
  const trained = location.hash.length < 2 && startAddress ? fetch(startAddress).then((a) => (a.ok ? a.arrayBuffer() : null), () => null) : null;
  const answer = await fetch(digitsAddress);
  if (!answer.ok) throw new Error(`The digits are missing: ${digitsAddress} answers ${answer.status}.`);
  const digits = await unpack(await answer.arrayBuffer());
  const clothes = async (address: string | URL) => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.arrayBuffer();
  };
  const sets = new Sets(digits, clothesAddress ? () => clothes(clothesAddress) : null);
  const session = new Session(digits, null, parameters.get("engine") === "js", sets);
  let own = "";
  const link = () => toLink({ config: session.config, steps: session.view?.step ?? null, mosaic: app.map.showsMosaic, pins: session.runs.pinned });
  const app = makeApp(session, {
    actions: [{
      label: "Copy link",
      title: "A link to these settings",
      act() {
        const address = `${location.origin}${location.pathname}${location.search}#${link()}`;
        const { pinned } = session.runs;
        const lost = [session.config, ...pinned.map((pin) => pin.config)].some((config) => config.data === "own");
        const without = `${pinned.length ? `, and those of the pinned ${pinned.length === 1 ? "run" : "runs"}, to be trained again` : ""}.${lost ? " What was trained on your own pictures does not travel." : ""}`;
        own = `#${link()}`;
        history.replaceState(null, "", address);
        void (navigator.clipboard?.writeText(address) ?? Promise.reject(new Error("no clipboard"))).then(
          () => session.say(`The link is copied. It holds the settings and the number of steps${without}`),
          () => session.say(`The link stands in the address line. It holds the settings and the number of steps${without}`),
        );
      },
    }],
    linkTo: (change) => `#${toLink({ config: { ...DEFAULTS, ...change }, steps: null, mosaic: false })}`,
  });
  const open = () => {
    const { state, notice } = fromLink(location.hash);
    session.until = state.steps;
    app.map.setMosaic(state.mosaic);
    app.brought.bring(state.pins ?? []);
    session.say(notice || (state.steps ? `This link was made after ${state.steps} steps: press Play, and the training stops there.` : ""), true);
    return state.config;
  };
  const packed = await trained;
  const start = packed && (await unpackStart(packed, digits.pixels).catch(() => null));
  if (start) {
    await session.start(start.config, start);
    session.say(
      `This network has already learned for ${start.steps.toLocaleString("en")} steps: choose digits, drag the numbers, draw. “Reset” starts anew, and you see it learn.`,
      true,
    );
  } else await session.start(open());
  session.listen((change) => {
    if (change !== "config") return;
    own = `#${toLink({ config: session.config, steps: null, mosaic: false })}`;
    history.replaceState(null, "", own);
  });
  window.addEventListener("hashchange", () => {
    if (location.hash === own) return;
    const config = open();
    const { until, notice } = session;
    session.configure(config);
    session.until = until;
    if (notice) session.say(notice, true);
  });
  window.addEventListener("pagehide", (event) => {
    if (!event.persisted) session.end();
  });
  root.replaceChildren(app.element);
  Object.assign(root, { playground: { session, app } }); // for the console, and for the tests
}
