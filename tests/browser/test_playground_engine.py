"""The playground's engine beside Keras: the same weights give the same outputs, gradients and steps, on both paths."""

from pathlib import Path

import numpy as np
import pytest

from aecourse.backend import keras
from aecourse.playground import digits
from tools.browser import a_site

ROOT = Path(__file__).resolve().parents[2]
RNG = np.random.default_rng(0)
PATHS = ("wasm", "js")

pytestmark = pytest.mark.slow

CONFIGS = {
    "default": {},
    "mse": {"loss": "mse"},
    "tanh, code of 5": {"activation": "tanh", "code": 5, "hidden": [16, 8]},
    "sigmoid, L1": {"activation": "sigmoid", "penalty": "l1", "weight": 0.01, "code": 3},
    "linear, no hidden layer": {"activation": "linear", "hidden": [], "code": 7, "loss": "mse"},
    "VAE": {"penalty": "kl", "weight": 0.01, "code": 3, "hidden": [32]},
    "deep": {"hidden": [64, 32, 16, 8], "code": 1},
}
DEFAULTS = {"hidden": [128, 32], "code": 2, "activation": "relu", "loss": "bce", "penalty": "none", "weight": 0.001}


ASK = """async (task) => {
  const { engine } = await import("/aecourse/playground/static/playground.js");
  const { answer } = await import("/tests/browser/playground_engine.mjs");
  const packed = await fetch("/aecourse/playground/static/digits.bin");
  return answer(engine, await engine.unpack(await packed.arrayBuffer()), task);
}"""


@pytest.fixture(scope="module")
def ask(browser):
    """Asks what the engine that is shipped makes of a task, in a browser."""
    with a_site(ROOT) as address:
        page = browser.new_page()
        page.goto(f"{address}/tests/browser/playground_host.html")
        yield lambda task: page.evaluate(ASK, task)


@keras.saving.register_keras_serializable(package="tests")
class CodeStage(keras.layers.Layer):
    """The code with its penalty; a VAE's is drawn with noise that comes in."""

    def __init__(self, code, penalty, weight, **kwargs):
        super().__init__(**kwargs)
        self.code, self.penalty, self.weight = code, penalty, weight

    def call(self, inputs):
        ops, (z, noise) = keras.ops, inputs
        if self.penalty == "l1":
            self.add_loss(self.weight * ops.mean(ops.sum(ops.abs(z), axis=1)))
        if self.penalty != "kl":
            return z
        mean, spread = z[:, : self.code], z[:, self.code :]
        divergence = 0.5 * ops.sum(ops.square(mean) + ops.exp(spread) - 1 - spread, axis=1)
        self.add_loss(self.weight * ops.mean(divergence))
        return mean + noise * ops.exp(spread / 2)


def in_keras(settings, pixels=784):
    """The same network as a Keras model of x and noise, with outputs y and h."""
    layers, c = keras.layers, {**DEFAULTS, **settings}
    x, noise = keras.Input((pixels,)), keras.Input((c["code"],))
    z = x
    for width in c["hidden"]:
        z = layers.Dense(width, activation=c["activation"])(z)
    z = layers.Dense(c["code"] * (2 if c["penalty"] == "kl" else 1))(z)
    h = z = CodeStage(c["code"], c["penalty"], c["weight"])([z, noise])
    for width in reversed(c["hidden"]):
        z = layers.Dense(width, activation=c["activation"])(z)
    y = layers.Dense(pixels, activation="sigmoid")(z)
    loss = {"mse": "mse", "bce": "binary_crossentropy"}[c["loss"]]
    return keras.Model([x, noise], y), keras.Model([x, noise], h), loss


def flat(weights):
    return np.concatenate([w.ravel() for w in weights])


@pytest.mark.parametrize("name", CONFIGS)
def test_outputs_loss_and_gradients_are_those_of_keras(name, ask):
    """Tolerances: outputs 2e-6, loss 2e-6 of its value, gradients 2e-5 of the largest one."""
    keras.utils.set_random_seed(1)
    model, coder, loss = in_keras(CONFIGS[name])
    for w in model.weights:  # biases too are to count
        w.assign(w + 0.02 * RNG.standard_normal(w.shape).astype("float32"))
    before = flat(model.get_weights())
    x = (RNG.random((11, 784)) * (RNG.random((11, 784)) < 0.3)).astype("float32")
    found = ask({"kind": "step", "config": CONFIGS[name], "x": x.tolist(), "weights": before.tolist(), "seed": 3})

    noise = np.array(found["js"]["drawn"], dtype="float32")
    y = np.array(model([x, noise], training=False))
    codes = np.array(coder([x, noise], training=False))
    rate = 1.0
    model.compile(optimizer=keras.optimizers.SGD(rate), loss=loss)
    total = model.train_on_batch([x, noise], x)
    gradients = (before - flat(model.get_weights())) / rate
    weight = {**DEFAULTS, **CONFIGS[name]}["weight"]
    for path in PATHS:
        answer = found[path]
        np.testing.assert_allclose(answer["outputs"], y, atol=2e-6)
        np.testing.assert_allclose(answer["codes"], codes, atol=2e-6 * max(1, np.abs(codes).max()))
        np.testing.assert_allclose(answer["errors"], ((y - x) ** 2).mean(axis=1), rtol=1e-5)
        parts = answer["loss"]
        np.testing.assert_allclose(parts["data"] + weight * parts["penalty"], float(total), rtol=2e-6)
        np.testing.assert_allclose(answer["gradients"], gradients, atol=2e-5 * np.abs(gradients).max())


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_three_steps_of_training_are_those_of_keras(optimizer, ask):
    """Tolerance: 2 % of the learning rate, for gradients near 0, which Adam magnifies; on average 100 times less."""
    settings = {"hidden": [32], "code": 2, "optimizer": optimizer, "rate": 0.01, "batch": 64, "seed": 5}
    found = ask({"kind": "train", "config": settings, "steps": 3, "weights": True})
    images = digits.course_digits()[0] / np.float32(255)
    for path in PATHS:
        answer = found[path]
        model, _, loss = in_keras({k: settings[k] for k in ("hidden", "code")})
        shapes = [w.shape for w in model.weights]
        ends = np.cumsum([0, *(int(np.prod(s)) for s in shapes)])
        start = np.array(answer["before"], dtype="float32")
        model.set_weights([start[a:b].reshape(s) for a, b, s in zip(ends, ends[1:], shapes, strict=False)])
        kind = {"adam": keras.optimizers.Adam, "sgd": keras.optimizers.SGD}[optimizer]
        model.compile(optimizer=kind(0.01), loss=loss)
        for batch in answer["batches"]:
            x = images[batch].reshape(64, 784)
            model.train_on_batch([x, np.zeros((64, 2), "float32")], x)
        gap = np.abs(flat(model.get_weights()) - np.array(answer["after"]))
        assert gap.max() < 0.02 * 0.01
        assert gap.mean() < 0.0002 * 0.01
        assert np.abs(np.array(answer["after"]) - start).max() > 1e-5


@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"corruption": "gaussian", "level": 0.5},
        {"corruption": "salt", "level": 0.3, "loss": "mse", "activation": "tanh"},
        {"corruption": "block", "level": 0.4, "code": 9, "penalty": "l1"},
        {"penalty": "kl", "weight": 0.001},
        {"classes": [3], "batch": 400, "optimizer": "sgd", "rate": 1},
    ],
)
def test_one_seed_gives_one_curve_on_both_paths(extra, ask):
    """Tolerance: 0.1 % of the loss over 30 steps."""
    settings = {"hidden": [32], "batch": 16, **extra}
    found = ask({"kind": "train", "config": settings, "steps": 30})
    curves = [np.array([[p["step"], p["validation"], p["error"]] for p in found[path]["curve"]]) for path in PATHS]
    np.testing.assert_allclose(curves[0], curves[1], rtol=1e-3)
    assert curves[0][-1, 1] < curves[0][0, 1]
    assert [found[path]["name"] for path in PATHS] == list(PATHS)
    assert all(found[path]["restored"] for path in PATHS)


def test_another_seed_gives_another_curve(ask):
    curves = [ask({"kind": "train", "config": {"hidden": [16], "seed": s}, "steps": 5})["js"]["curve"] for s in (0, 1)]
    assert curves[0] != curves[1]
