// The engine by itself, for the tests: no page, no worker.

export { DEFAULTS, differing, readConfig } from "./config";
export { corrupt } from "./corrupt";
export { chosen, shownDigits, unpack } from "./data";
export { bestEngine, wasmEngine } from "./fast";
export { pad } from "./kernels";
export { Network, parameters, shapeOf } from "./network";
export { plainEngine } from "./plain";
export { Random } from "./random";
export { Trainer } from "./trainer";
