// Driven by test_playground_engine.py: reads a JSON task from stdin, answers with JSON on stdout.
// node playground_engine.mjs path/to/playground.js

import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const built = path.resolve(process.argv[2]);
const { engine } = await import(pathToFileURL(built));
const task = JSON.parse(readFileSync(0, "utf8"));
const digits = await engine.unpack(readFileSync(path.join(path.dirname(built), "digits.bin")));
const answers = {};

for (const name of ["wasm", "js"]) {
  const host = () => (name === "wasm" ? engine.wasmEngine() : engine.plainEngine());
  answers[name] = task.kind === "step" ? await oneStep(await host()) : await train(await host());
}
process.stdout.write(JSON.stringify(answers));

function config() {
  const { config, refused } = engine.readConfig(task.config);
  if (refused.length) throw new Error(`refused: ${refused}`);
  return config;
}

// A batch of the task's own, with the task's weights: outputs, loss, gradients.
async function oneStep(host) {
  if (host.name !== "js" && host.name !== "wasm") throw new Error(host.name);
  const { x, weights } = task;
  const [rows, pixels] = [x.length, x[0].length];
  const net = new engine.Network(host, engine.shapeOf(config(), pixels), rows, true);
  net.write(Float32Array.from(weights));
  x.forEach((row, i) => {
    host.heap.numbers.set(row, net.input + i * engine.pad(pixels));
    host.heap.numbers.set(row, net.target + i * engine.pad(pixels));
  });
  const table = (at, width) =>
    x.map((_, i) => [...host.heap.numbers.subarray(at + i * engine.pad(width), at + i * engine.pad(width) + width)]);
  const noise = new engine.Random(task.seed, 3);
  const drawn = x.map(() => Array.from({ length: net.shape.code }, () => noise.normal()));
  net.encode(rows, new engine.Random(task.seed, 3));
  net.decode(rows);
  const outputs = table(net.output, pixels);
  const codes = table(net.codes, net.shape.code);
  const errors = [...net.errors(rows)];
  const loss = net.backward(rows, config());
  return { drawn, outputs, codes, errors, loss, gradients: [...net.read(net.gradients)] };
}

// A training on the playground's digits: the weights before and after, and the curve.
async function train(host) {
  const trainer = new engine.Trainer(host, digits, config());
  const before = [...trainer.network.read()];
  const batches = [];
  for (let i = 0; i < task.steps; i++) {
    trainer.train();
    batches.push([...trainer.batch]);
  }
  const after = [...trainer.network.read()];
  const curve = trainer.history;
  trainer.reset();
  const restored = [...trainer.network.read()].every((w, i) => w === before[i]);
  return { name: host.name, before: task.weights ? before : [], after: task.weights ? after : [], batches, curve, restored };
}
