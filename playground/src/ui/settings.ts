// The settings: every change starts a new network.

import {
  ACTIVATIONS, BATCHES, type Config, CORRUPTIONS, DATA, LOSSES, MOST_LAYERS, MOST_NUMBERS, MOST_SEED, OPTIMIZERS, PENALTIES,
  RATES, WEIGHTS, WIDTHS,
} from "../engine/config";
import { parameters, shapeOf } from "../engine/network";
import type { Session } from "../session";
import { el, newId } from "./dom";
import { WHY } from "./why";
import { kindText, levelText, NAMES, plainNumber, VALUES } from "./words";

type Key = keyof Config;

export class Settings {
  readonly element: HTMLElement;
  private readonly fold: HTMLDetailsElement;
  private readonly updates: (() => void)[] = [];

  // `wantsOwn` is called when one's own pictures are chosen before there are any.
  constructor(private readonly session: Session, private readonly wantsOwn: () => void) {
    const size = el("p", { className: "aep-note" });
    this.updates.push(() => {
      const { hidden, code } = session.config;
      const widths = [session.digits.pixels, ...hidden, code, ...[...hidden].reverse(), session.digits.pixels];
      const count = parameters(shapeOf(session.config, session.digits.pixels));
      size.textContent = `${widths.join(" → ")}: ${count.toLocaleString("en")} weights`;
    });
    const id = newId();
    const short = el("span", { className: "aep-short" });
    this.updates.push(() => {
      const { config } = session;
      const parts = [config.hidden.length ? `layers ${config.hidden.join(" – ")}` : "no hidden layer", `${config.code} ${config.code === 1 ? "number" : "numbers"} in h`, VALUES[config.loss]];
      if (config.data !== "digits") parts.unshift(VALUES[config.data]);
      if (config.corruption !== "none") parts.push(VALUES[config.corruption]);
      if (config.penalty !== "none") parts.push(VALUES[config.penalty]);
      short.textContent = `${parts.join(", ")}, learning rate ${plainNumber(config.rate)}`;
    });
    const all = el("div", { className: "aep-settings-all" },
      this.group("The network", this.layers(), this.number("code", 1, MOST_NUMBERS), this.select("activation", ACTIVATIONS), size),
      this.group("The task", this.select("loss", LOSSES), this.select("corruption", CORRUPTIONS), this.level(),
        this.select("penalty", PENALTIES), this.only("penalty", this.select("weight", WEIGHTS))),
      this.group("The training", this.select("optimizer", OPTIMIZERS), this.select("rate", RATES),
        this.select("batch", BATCHES), this.number("seed", 0, MOST_SEED)),
      this.group("The data", this.select("data", DATA), this.classes()),
      el("p", { className: "aep-note" }, "A change starts a new network; the run before stands below, under “Compare runs”."),
    );
    this.fold = el("details", { open: true }, el("summary", {}, el("h2", { id }, "Settings"), short), all);
    this.element = el("section", { className: "aep-panel aep-settings", "aria-labelledby": id }, this.fold);
    this.draw();
  }

  // Where there is little room (the style sheet knows where) what the training makes comes first.
  place(): void {
    this.fold.open = getComputedStyle(this.element).getPropertyValue("--fold").trim() !== "1";
  }

  draw(): void {
    for (const update of this.updates) update();
  }

  private group(title: string, ...fields: HTMLElement[]): HTMLElement {
    return el("fieldset", {}, el("legend", {}, title), ...fields);
  }

  private set<K extends Key>(key: K, value: Config[K]): void {
    this.session.configure({ [key]: value });
  }

  private select(key: Key, allowed: readonly (string | number)[]): HTMLElement {
    const id = newId();
    const text = (value: string | number) => (typeof value === "number" ? plainNumber(value) : VALUES[value]);
    const input = el("select", { id, name: key }, ...allowed.map((value) => el("option", { value: String(value) }, text(value))));
    input.onchange = () => {
      const value = allowed.find((one) => String(one) === input.value) as never;
      if (value === "own" && !this.session.sets.get("own")) this.wantsOwn();
      this.set(key, value);
    };
    this.updates.push(() => {
      input.value = String(this.session.config[key]);
    });
    return this.field(key, id, input);
  }

  // A label, what can be asked about it, and the input.
  private field(key: Key, id: string, ...inputs: HTMLElement[]): HTMLElement {
    const [ask, answer] = this.why(key);
    return el("div", { className: "aep-field" }, el("span", {}, el("label", { for: id }, NAMES[key]), ask), ...inputs, answer);
  }

  private why(key: Key): [HTMLElement, HTMLElement] {
    const id = newId();
    const { text, tries } = WHY[key];
    const answer = el("div", { className: "aep-why", id, hidden: true }, el("p", {}, text),
      ...tries.map(([label, change]) => el("button", { type: "button", onclick: () => this.session.configure(change) }, label)));
    const ask = el("button", { type: "button", className: "aep-ask", title: text, "aria-expanded": "false", "aria-controls": id },
      el("span", { "aria-hidden": "true" }, "?"), el("span", { className: "aep-hidden" }, `What does this do: ${NAMES[key]}`));
    const show = (on: boolean) => {
      answer.hidden = !on;
      ask.setAttribute("aria-expanded", String(on));
    };
    ask.onclick = () => show(!!answer.hidden);
    ask.onkeydown = answer.onkeydown = (event) => {
      if (event.key !== "Escape" || answer.hidden) return;
      event.preventDefault();
      event.stopPropagation();
      show(false);
      ask.focus();
    };
    return [ask, answer];
  }

  private number(key: "code" | "seed", low: number, high: number): HTMLElement {
    const id = newId();
    const input = el("input", { id, name: key, type: "number", min: String(low), max: String(high), step: "1", required: true });
    input.onchange = () => {
      const wanted = input.value;
      const value = Math.min(Math.max(Math.round(Number(wanted) || low), low), high);
      input.value = String(value);
      this.set(key, value);
      if (Number(wanted) !== value || wanted === "") {
        this.session.say(`“${NAMES[key]}” is a whole number from ${low} to ${high}: ${value} is taken. ${this.session.notice}`.trim());
      }
    };
    this.keepKeys(input);
    this.updates.push(() => {
      input.value = String(this.session.config[key]);
    });
    return this.field(key, id, input);
  }

  private layers(): HTMLElement {
    const id = newId();
    const count = el("select", { id, name: "depth" }, ...Array.from({ length: MOST_LAYERS + 1 }, (_, n) => el("option", { value: String(n) }, String(n))));
    const widths = el("div", { className: "aep-widths" });
    count.onchange = () => {
      const hidden = [...this.session.config.hidden];
      const n = Number(count.value);
      while (hidden.length < n) hidden.push(WIDTHS[Math.max(0, WIDTHS.indexOf((hidden.at(-1) ?? 256) as never) - 1)]);
      this.set("hidden", hidden.slice(0, n));
    };
    this.updates.push(() => {
      const { hidden } = this.session.config;
      count.value = String(hidden.length);
      while (widths.children.length > hidden.length) widths.lastElementChild?.remove();
      for (let i = widths.children.length; i < hidden.length; i++) {
        const select = el("select", { name: `width ${i + 1}`, "aria-label": `Width of hidden layer ${i + 1}` }, ...WIDTHS.map((w) => el("option", { value: String(w) }, String(w))));
        select.onchange = () => this.set("hidden", this.session.config.hidden.map((w, j) => (j === i ? Number(select.value) : w)));
        widths.append(select);
      }
      hidden.forEach((w, i) => {
        (widths.children[i] as HTMLSelectElement).value = String(w);
      });
    });
    return this.field("hidden", id, count, widths);
  }

  private level(): HTMLElement {
    const id = newId();
    const value = el("output", { for: id });
    const input = el("input", { id, name: "level", type: "range", min: "0", max: "1", step: "0.05" });
    input.oninput = () => {
      value.textContent = levelText({ ...this.session.config, level: Number(input.value) });
    };
    input.onchange = () => this.set("level", Number(input.value));
    this.keepKeys(input);
    this.updates.push(() => {
      input.value = String(this.session.config.level);
      value.textContent = levelText(this.session.config);
    });
    const field = this.field("level", id, input, value);
    field.classList.add("aep-wide");
    return this.only("corruption", field);
  }

  // A field that means something only while another one is not "none".
  private only(key: "corruption" | "penalty", field: HTMLElement): HTMLElement {
    this.updates.push(() => {
      field.hidden = this.session.config[key] === "none";
    });
    return field;
  }

  private classes(): HTMLElement {
    const boxes = Array.from({ length: 10 }, (_, digit) => {
      const box = el("input", { type: "checkbox", name: `kind ${digit}` });
      box.onchange = () => {
        const classes = boxes.flatMap((b, i) => (b.checked ? [i] : []));
        if (classes.length) this.set("classes", classes);
        else {
          box.checked = true;
          this.session.say(`One kind${this.session.config.data === "digits" ? " of digit" : ""} must remain: there would be nothing to learn.`);
        }
      };
      return box;
    });
    const names = boxes.map(() => el("span"));
    this.updates.push(() => {
      const { classes, data } = this.session.config;
      group.hidden = data === "own";
      boxes.forEach((box, i) => {
        box.checked = classes.includes(i);
        names[i].textContent = kindText(data, i);
      });
    });
    const [ask, answer] = this.why("classes");
    const group = el("div", { role: "group", "aria-label": NAMES.classes, className: "aep-classes" },
      el("span", {}, NAMES.classes, ask), answer, ...boxes.map((box, i) => el("label", {}, box, names[i])));
    return group;
  }

  private keepKeys(input: HTMLElement): void {
    input.addEventListener("keydown", (event) => event.stopPropagation());
  }
}
