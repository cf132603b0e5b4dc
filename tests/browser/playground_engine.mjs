// Imported by test_playground_engine.py into a browser: what the engine makes of a task, on both of its paths.

export async function answer(engine, digits, task) {
  const answers = {};
  for (const name of ["wasm", "js"]) {
    const host = name === "wasm" ? await engine.wasmEngine() : engine.plainEngine();
    answers[name] = task.kind === "step" ? oneStep(engine, task, host) : train(engine, task, host, digits);
  }
  return answers;
}

function config(engine, task) {
  const { config, refused } = engine.readConfig(task.config);
  if (refused.length) throw new Error(`refused: ${refused}`);
  return config;
}

// A batch of the task's own, with the task's weights: outputs, loss, gradients.
function oneStep(engine, task, host) {
  const { x, weights } = task;
  const [rows, pixels] = [x.length, x[0].length];
  const net = new engine.Network(host, engine.shapeOf(config(engine, task), pixels), rows, true);
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
  const loss = net.backward(rows, config(engine, task));
  return { drawn, outputs, codes, errors, loss, gradients: [...net.read(net.gradients)] };
}

// A training on the playground's digits: the weights before and after, and the curve.
function train(engine, task, host, digits) {
  const trainer = new engine.Trainer(host, digits, config(engine, task));
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
