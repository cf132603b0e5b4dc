export * as engine from "./engine";
