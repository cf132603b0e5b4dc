// One module, three ways in: a page, a notebook's widget (the default export), the engine by itself.

export * as engine from "./engine";
export { fromLink, toLink } from "./link";
export { toNotebook } from "./notebook";
export { mountPage } from "./hosts/page";
export { widget as default } from "./hosts/widget";
