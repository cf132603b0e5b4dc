// The network as a notebook to take along: builds, trains and plots it in Keras, with these settings and this seed.

import type { Config } from "./engine/config";

export interface Reached {
  steps: number;
  validation: number | null; // the loss here
}

export function toNotebook(config: Config, { steps, validation }: Reached): string {
  const source = cells(config, steps || 500, steps ? validation : null);
  const lines = (text: string) => text.trim().split("\n").map((line, i, all) => (i < all.length - 1 ? `${line}\n` : line));
  return JSON.stringify({
    cells: source.map(([kind, text], i) => kind === "markdown"
      ? { cell_type: kind, id: `cell-${i}`, metadata: {}, source: lines(text) }
      : { cell_type: kind, id: `cell-${i}`, metadata: {}, source: lines(text), outputs: [], execution_count: null }),
    metadata: { kernelspec: { name: "python3", display_name: "Python 3", language: "python" }, language_info: { name: "python" } },
    nbformat: 4,
    nbformat_minor: 5,
  }, null, 1);
}

function cells(config: Config, steps: number, validation: number | null): ["markdown" | "code", string][] {
  const { corruption, penalty } = config;
  const widths = [...config.hidden, config.code, ...[...config.hidden].reverse()].join(" → ");
  const settings = Object.entries(config).map(([key, value]) => `    "${key}": ${JSON.stringify(value)},`).join("\n");
  const reached = config.data !== "own" && validation !== null && Number.isFinite(validation) ? validation.toFixed(4) : null;
  const clothes = config.data === "clothes";
  const loader = clothes ? "course_clothes" : "course_digits";
  const own = config.data === "own" ? " In the playground the network learned pictures of your own, which stay there: here digits stand in for them." : "";
  return [
    ["markdown", `# An autoencoder from the playground

784 → ${widths} → 784, trained for ${steps} steps. The code is h = f(x), what comes back y = g(h).

It needs \`keras\` (with a backend such as TensorFlow), \`numpy\` and \`matplotlib\`.`],
    ["code", `import itertools

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

settings = {
${settings}
}
steps = ${steps}
keras.utils.set_random_seed(settings["seed"])
rng = np.random.default_rng(settings["seed"])`],
    ["markdown", `## The pictures\n\n1,600 to train on, 400 to validate with. Without the course's package, as many of Keras's own ${clothes ? "Fashion-MNIST" : "MNIST"}.${own}`],
    ["code", `try:
    from aecourse.playground.digits import ${loader}

    images, labels = ${loader}()
except ImportError:  # other digits of the same kind: the loss then differs a little
    (images, labels), _ = keras.datasets.${clothes ? "fashion_mnist" : "mnist"}.load_data()
    images, labels = images[:2000].reshape(2000, 784), labels[:2000]
x = images.astype("float32") / 255
kept = np.isin(labels, settings["classes"])
x_train, x_valid = x[:1600][kept[:1600]], x[1600:][kept[1600:]]
y_valid = labels[1600:][kept[1600:]]`],
    ...(corruption === "none" ? [] : [
      ["markdown", "## The damage\n\nThe network gets x̃ and has to give back x."] as ["markdown", string],
      ["code", damage(config)] as ["code", string],
    ]),
    ["markdown", `## The network${penalty === "none" ? "" : penalty === "l1" ? "\n\nThe penalty Σ|h| is added to the loss." : "\n\nA variational autoencoder: the encoder gives a mean and a spread for each number, and h is drawn from them."}`],
    ["code", model(config)],
    ["markdown", "## The training\n\nA step is one batch; the last batch of an epoch is smaller."],
    ["code", `x_seen = ${corruption === "none" ? "x_valid" : "damaged(x_valid, np.random.default_rng(1))"}


def batches():
    while True:
        order = rng.permutation(len(x_train))
        for first in range(0, len(order), settings["batch"]):
            clean = x_train[order[first : first + settings["batch"]]]
            yield ${corruption === "none" ? "clean" : "damaged(clean, rng)"}, clean


def measure():
    return float(model.evaluate(x_seen, x_valid, batch_size=400, verbose=0))


curve = [(0, measure())]
epoch = -(-len(x_train) // settings["batch"])
for step, (seen, clean) in enumerate(itertools.islice(batches(), steps), 1):
    model.train_on_batch(seen, clean)
    if step % epoch == 0 or step == steps:
        curve.append((step, measure()))
validation_loss = curve[-1][1]
print(f"validation loss after {steps} steps: {validation_loss:.4f}${reached ? ` (in the playground: ${reached})` : ""}")`],
    ["markdown", "## What it does"],
    ["code", `plt.figure(figsize=(6, 3))
plt.plot(*zip(*curve))
plt.yscale("log")
plt.xlabel("training steps")
plt.ylabel("validation loss L")
plt.show()`],
    ["code", `y = model.predict(x_seen[:8], verbose=0)
rows = {"x": x_valid[:8], ${corruption === "none" ? "" : `"x damaged": x_seen[:8], `}"y": y}
figure, axes = plt.subplots(len(rows), 8, figsize=(8, 1.1 * len(rows)), squeeze=False)
for (name, row), line in zip(rows.items(), axes):
    line[0].set_ylabel(name)
    for image, axis in zip(row, line):
        axis.imshow(image.reshape(28, 28), cmap="gray", vmin=0, vmax=1)
        axis.set(xticks=[], yticks=[])
plt.show()`],
    ["code", `h = encode(x_valid)
across, up = (h[:, 0], h[:, 1]) if h.shape[1] > 1 else (h[:, 0], y_valid)
plt.figure(figsize=(5, 5))
plt.scatter(across, up, c=y_valid, cmap="tab10", s=8)
plt.colorbar(label="digit")
plt.xlabel("first number of h")
plt.ylabel("second number of h" if h.shape[1] > 1 else "digit")
plt.show()`],
  ];
}

function damage({ corruption }: Config): string {
  if (corruption === "gaussian") {
    return `def damaged(x, rng):
    noise = settings["level"] * rng.standard_normal(x.shape)
    return np.clip(x + noise, 0, 1).astype("float32")`;
  }
  if (corruption === "salt") {
    return `def damaged(x, rng):
    draw = rng.random(x.shape)
    level = settings["level"]
    return np.where(draw < level / 2, 0, np.where(draw < level, 1, x)).astype("float32")`;
  }
  return `def damaged(x, rng):
    x = x.reshape(-1, 28, 28).copy()
    side = int(settings["level"] * 28 + 0.5)
    for image in x:
        top, left = rng.integers(0, 28 - side + 1, 2)
        image[top : top + side, left : left + side] = 0
    return x.reshape(-1, 784)`;
}

function model({ penalty, loss, optimizer }: Config): string {
  const kl = penalty === "kl";
  const stage = penalty === "none" ? "" : kl ? `class Draw(layers.Layer):
    """h from means and log-variances: drawn while it trains, else the means. Adds KL to the loss."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed = keras.random.SeedGenerator(settings["seed"])

    def call(self, z, training=False):
        mean, spread = ops.split(z, 2, axis=1)
        divergence = 0.5 * ops.sum(ops.square(mean) + ops.exp(spread) - 1 - spread, axis=1)
        self.add_loss(settings["weight"] * ops.mean(divergence))
        if training:
            mean = mean + ops.exp(spread / 2) * keras.random.normal(ops.shape(mean), seed=self.seed)
        return mean


` : `class Penalty(layers.Layer):
    """Hands h on, and adds the mean of Σ|h| to the loss."""

    def call(self, h):
        self.add_loss(settings["weight"] * ops.mean(ops.sum(ops.abs(h), axis=1)))
        return h


`;
  return `${stage}x_in = z = keras.Input((784,))
for width in settings["hidden"]:
    z = layers.Dense(width, activation=settings["activation"])(z)
h = layers.Dense(${kl ? "2 * " : ""}settings["code"])(z)
${kl ? "h = Draw()(h)\n" : penalty === "l1" ? "h = Penalty()(h)\n" : ""}z = h
for width in reversed(settings["hidden"]):
    z = layers.Dense(width, activation=settings["activation"])(z)
y_out = layers.Dense(784, activation="sigmoid")(z)
model, encoder = keras.Model(x_in, y_out), keras.Model(x_in, h)
model.compile(keras.optimizers.${optimizer === "adam" ? "Adam" : "SGD"}(float(settings["rate"])), "${loss === "mse" ? "mse" : "binary_crossentropy"}")


def encode(x):
    return encoder.predict(x, verbose=0)`;
}
