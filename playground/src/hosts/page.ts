// The playground as a page of its own: its state stands in the address.

import { unpack } from "../engine/data";
import { fromLink, toLink } from "../link";
import { Session } from "../session";
import { makeApp } from "../ui/app";

export async function mountPage(root: HTMLElement, digitsAddress: string | URL): Promise<void> {
  const parameters = new URLSearchParams(location.search);
  const answer = await fetch(digitsAddress);
  if (!answer.ok) throw new Error(`The digits are missing: ${digitsAddress} answers ${answer.status}.`);
  const digits = await unpack(await answer.arrayBuffer());
  const session = new Session(digits, null, parameters.get("engine") === "js");
  const link = () => toLink({ config: session.config, steps: session.view?.step ?? null, mosaic: app.map.showsMosaic });
  const app = makeApp(session, {
    label: "Copy link",
    act() {
      const address = `${location.origin}${location.pathname}${location.search}#${link()}`;
      history.replaceState(null, "", address);
      void navigator.clipboard?.writeText(address).then(
        () => session.say("The link is copied: it holds the settings and the number of steps."),
        () => session.say("The link stands in the address line."),
      );
    },
  });
  let own = "";
  const open = () => {
    const { state, notice } = fromLink(location.hash);
    session.until = state.steps;
    app.map.setMosaic(state.mosaic);
    session.say(notice || (state.steps ? `This link was made after ${state.steps} steps: press Play, and the training stops there.` : ""));
    return state.config;
  };
  await session.start(open());
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
    session.say(notice);
  });
  window.addEventListener("pagehide", (event) => {
    if (!event.persisted) session.end();
  });
  root.replaceChildren(app.element);
  Object.assign(root, { playground: { session, app } }); // for the console, and for the tests
}
