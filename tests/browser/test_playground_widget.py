"""The widget: its Python side, and its browser side on an imitated notebook that loses what Colab loses."""

import base64
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect as eventually

from aecourse.backend import keras
from aecourse.datasets import load_digits
from aecourse.datasets.embedded import embedded
from aecourse.models import Autoencoder, conv_autoencoder, dense_autoencoder
from aecourse.playground import Playground
from aecourse.playground.layers import autoencoder_from, dense_layers
from aecourse.playground.steps import model_steps
from tools.browser import a_site, at_rest

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"hidden": [16], "code": 2, "batch": 16}
(_, (X, Y)) = load_digits()
X, Y = X[:60], Y[:60]


# --- the Python side ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("model",), TypeError, "model must be an aecourse Autoencoder, got the text 'model'"),
        ((None, X, Y), ValueError, "give the model, too"),
        ((dense_autoencoder(2, hidden=()), X), ValueError, "needs x and y"),
        ((dense_autoencoder(2, hidden=()), X[..., 0], Y), ValueError, r"x must be .* give x\[..., None\]"),
        ((dense_autoencoder(2, hidden=()), 2 * X, Y), ValueError, r"x must lie in \[0, 1\], got values from 0 to 2"),
        ((dense_autoencoder(2, hidden=()), X, Y[:5]), ValueError, "y must hold a whole number 0 to 9 for each of 60"),
        ((dense_autoencoder(65, hidden=()), X, Y), ValueError, "a row of 1 to 64 numbers"),
        ((dense_autoencoder(2, hidden=(), input_shape=(6,)), X, Y), ValueError, "square images of one channel"),
    ],
)
def test_bad_arguments_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        Playground(*arguments)


def test_bad_settings_are_refused():
    with pytest.raises(TypeError, match="settings must be a dict or a text, got a list"):
        Playground(settings=[1])


def test_weights_before_any_training_say_what_to_do():
    with pytest.raises(ValueError, match="press Play"):
        _ = Playground().weights


def test_a_text_that_is_no_settings_is_refused():
    with pytest.raises(ValueError, match=r"settings must be a text that “Copy settings” gives.*got the text 'rubbish'"):
        Playground(settings="rubbish")


def test_weights_that_learned_nothing_are_not_handed_out():
    playground = Playground()
    settings = {**SMALL, "activation": "relu", "penalty": "none"}
    count = 784 * 16 + 16 + 16 * 2 + 2 + 2 * 16 + 16 + 16 * 784 + 784
    numbers = np.zeros(count, "<f4").tobytes()
    playground._answer(playground, {"tell": "weights", "settings": settings, "steps": 0}, [numbers])
    with pytest.raises(ValueError, match=r"not learned anything yet.*press Play"):
        _ = playground.weights
    playground._answer(playground, {"tell": "weights", "settings": settings, "steps": 1}, [numbers])
    assert playground.weights.decode(np.zeros((1, 2))).shape == (1, 28, 28, 1)


def test_a_picture_stands_where_the_notebook_is_only_read():
    from IPython.core.formatters import format_display_data

    data, metadata = format_display_data(Playground())
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["image/png"].startswith(b"\x89PNG")
    assert len(data["image/png"]) < 200_000
    assert "map of codes" in metadata["image/png"]["alt"]


def ask(playground, content, *buffers):
    """What a handler sends back, without a front end."""
    sent = []
    playground.send = lambda reply, out=None: sent.append((reply, out))
    playground._answer(playground, content, list(buffers))
    return sent


def test_unknown_questions_get_an_error_and_noise_gets_nothing():
    playground = Playground()
    assert ask(playground, "noise") == ask(playground, {}) == []
    ((reply, _),) = ask(playground, {"id": "1", "ask": "secrets"})
    assert reply["error"].startswith("ValueError: ask must be")
    ((reply, _),) = ask(playground, {"id": "2", "ask": "decode"}, b"\0\0\0\0")
    assert "no model" in reply["error"]


def test_clothing_is_handed_out_when_it_is_asked_for():
    ((reply, (packed,)),) = ask(Playground(), {"id": "1", "ask": "clothes"})
    assert reply == {"id": "1"}
    assert packed == embedded("clothes.bin")


def trained_looking(model):
    """The model with weights and statistics as a training leaves them."""
    rng = np.random.default_rng(0)
    for v in model.variables:
        noise = rng.normal(scale=0.05, size=v.shape).astype("float32")
        v.assign(np.abs(v + noise) + 0.1 if "variance" in v.path else v + noise)
    return model


@pytest.mark.parametrize(
    "model",
    [
        dense_autoencoder(2),
        dense_autoencoder(5, hidden=(30,), batch_norm=False),
        dense_autoencoder(64, hidden=()),
    ],
    ids=["with normalisation", "without", "no hidden layer"],
)
def test_dense_models_become_rows_of_layers(model):
    shape, weights = dense_layers(trained_looking(model), X[:5])
    widths = [layer["outputs"] for side in ("encoder", "decoder") for layer in shape[side]]
    assert widths[-1] == 784
    assert shape["code"] in widths
    assert weights.size == sum((a["inputs"] + 1) * a["outputs"] for s in ("encoder", "decoder") for a in shape[s])


def test_unusual_models_stay_in_the_kernel():
    assert dense_layers(conv_autoencoder(2, filters=4, dense=8), X[:5]) is None
    unusual = dense_autoencoder(2, hidden=(8,), batch_norm=False)
    unusual.encoder.layers[2].activation = keras.activations.elu
    assert dense_layers(unusual, X[:5]) is None
    assert model_steps(unusual, X[:5]) is None
    assert model_steps(for_the_kernel(), X[:5]) is None
    assert model_steps(classic(skip=True), X[:5]) is None  # its layers are known, but no chain


def for_the_kernel():
    """A convolutional model with an activation that the browser does not know."""
    model = conv_autoencoder(3, filters=4, dense=16)
    (convolution,) = (layer for layer in model.encoder.layers if isinstance(layer, keras.layers.Conv2D))
    convolution.activation = keras.activations.elu
    return model


def classic(*, skip=False):
    """Strides, padding of both kinds, pooling, repeated pixels, and a normalisation over channels."""
    layers = keras.layers
    x = keras.Input((28, 28, 1))
    z = layers.Conv2D(3, 3, strides=2, padding="same", use_bias=False)(x)
    z = layers.ReLU()(layers.BatchNormalization()(z))
    z = layers.Conv2D(4, (3, 2), activation="tanh")(z)
    if skip:
        layers.MaxPooling2D(2)(z)
        z = layers.Add()([z, layers.Conv2D(4, 1)(z)])
    z = layers.Flatten()(layers.MaxPooling2D(2)(z))
    encoder = keras.Model(x, layers.Dense(3)(z))
    h = keras.Input((3,))
    z = layers.Reshape((7, 7, 2))(layers.Dense(98, activation="relu")(h))
    z = layers.Conv2D(3, 5, padding="same", activation="silu")(layers.UpSampling2D(2)(z))
    y = layers.Conv2D(1, 4, padding="same", activation="sigmoid")(layers.UpSampling2D(2)(z))
    return Autoencoder(encoder, keras.Model(h, y))


@pytest.mark.parametrize(
    "make", [lambda: conv_autoencoder(3, filters=4, dense=16), classic], ids=["course's", "classic"]
)
def test_convolutional_models_become_steps(make):
    model = trained_looking(make())
    steps, weights = model_steps(model, X[:5])
    assert steps["code"] == 3
    assert {step["kind"] for step in steps["encoder"]} > {"conv", "dense"}
    assert weights.dtype == np.float32


def test_weights_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"weights must hold \d+ numbers"):
        autoencoder_from({**SMALL, "activation": "relu", "penalty": "none"}, np.zeros(7, "float32"))


# --- the browser side -----------------------------------------------------------------------------


class Host:
    """An imitated notebook page: widgets by name, each with a real `Playground` behind it."""

    def __init__(self, page, address):
        self.page, self.kernels, self.asked = page, {}, []
        page.expose_function("toKernel", self.answer)
        page.expose_function("saved", lambda name, report: setattr(self.kernels[name], "report", report))
        page.goto(f"{address}/tests/browser/playground_host.html")
        page.wait_for_function("() => window.ready")

    def answer(self, name, content, buffers):
        playground, sent = self.kernels[name], []
        self.asked.append(content.get("ask") or content.get("tell"))
        playground.send = lambda reply, out: sent.append([reply, [base64.b64encode(b).decode() for b in out]])
        playground._answer(playground, content, [base64.b64decode(b) for b in buffers])
        # Something unasked, as from a thread: the host loses it, and nothing may depend on it.
        return [[{"id": "unasked"}, []], *sent]

    def make(self, name, playground):
        self.kernels[name] = playground
        state = {"settings": playground.settings, "report": {}, "explores": playground.explores}
        self.page.evaluate("([name, state]) => make(name, state)", [name, state])

    def do(self, name, what, *arguments):
        self.page.evaluate("([name, what, a]) => widgets[name][what](...a)", [name, what, list(arguments)])

    def view(self, place):
        return self.page.locator(f"#{place}")

    def session(self, place, expression):
        return self.page.evaluate(f"() => document.getElementById('{place}').playground.session.{expression}")

    def until(self, place, expression):
        self.page.wait_for_function(f"() => document.getElementById('{place}')?.playground?.session.{expression}")


@pytest.fixture(scope="module")
def address():
    with a_site(ROOT) as address:
        yield address


@pytest.fixture
def host(browser, address):
    context = browser.new_context(viewport={"width": 1100, "height": 900})
    page = context.new_page()
    page.set_default_timeout(20_000)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield Host(page, address)
    context.close()
    assert not errors


def train(host, place, steps=10):
    host.view(place).locator(".aep-play").click()
    host.until(place, f"view.step >= {steps}")
    host.view(place).locator(".aep-play").click()
    at_rest(host.page, place)


def workers(host):
    return len(host.page.workers)


def eventually_workers(host, count):
    for _ in range(100):
        if workers(host) == count:
            return
        host.page.wait_for_timeout(50)
    assert workers(host) == count


@pytest.mark.slow
@pytest.mark.parametrize("extra", [{}, {"penalty": "kl", "code": 5, "activation": "tanh"}])
def test_a_network_trained_in_the_browser_comes_back_as_a_keras_autoencoder(host, extra):
    """Tolerance: 2e-5 on outputs in [0, 1]."""
    playground = Playground(settings={**SMALL, **extra})
    host.make("one", playground)
    host.do("one", "show", "view")
    host.until("view", "view")
    train(host, "view")
    for _ in range(100):
        if playground.report and playground.report["steps"] == host.session("view", "view.step"):
            break
        host.page.wait_for_timeout(50)
    assert playground.report["settings"]["code"] == extra.get("code", 2)
    model = playground.weights
    shown = host.page.evaluate(
        """async () => {
          const { session } = document.getElementById("view").playground;
          const { places } = session.view.grid, { images, pixels } = session.digits;
          const x = places.flatMap(p => Array.from(images.subarray(p * pixels, (p + 1) * pixels), b => b / 255));
          const h = await session.explorer.encode(Float32Array.from(x));
          return [x, Array.from(h), Array.from(await session.explorer.decode(h))];
        }"""
    )
    x, h, y = (np.array(values, dtype="float32") for values in shown)
    codes = model.encode(x.reshape(-1, 28, 28, 1))
    np.testing.assert_allclose(codes.ravel(), h, atol=2e-5 * max(1, np.abs(h).max()))
    np.testing.assert_allclose(model.reconstruct(x.reshape(-1, 28, 28, 1)).ravel(), y, atol=2e-5)


@pytest.mark.slow
def test_two_views_of_one_widget_show_the_same_training(host):
    host.make("one", Playground(settings=SMALL))
    host.do("one", "show", "left")
    host.do("one", "show", "right")
    host.until("left", "view")
    host.until("right", "view")
    train(host, "left")
    text = host.view("left").locator(".aep-fact-step").text_content()
    eventually(host.view("right").locator(".aep-fact-step")).to_have_text(text)
    host.view("right").get_by_role("button", name="Reset").click()
    eventually(host.view("left").locator(".aep-fact-step")).to_have_text("0")
    host.do("one", "hide", "left")
    host.view("right").get_by_role("button", name="One step").click()
    eventually(host.view("right").locator(".aep-fact-step")).to_have_text("1")
    assert workers(host) == 1
    assert host.asked.count("digits") == 1


@pytest.mark.slow
def test_the_worker_ends_when_the_widget_is_closed(host):
    host.make("one", Playground(settings=SMALL))
    host.do("one", "show", "view")
    host.until("view", "view")
    eventually_workers(host, 1)
    host.view("view").locator(".aep-play").click()
    host.do("one", "close")
    eventually_workers(host, 0)


@pytest.mark.slow
def test_a_cell_that_is_run_again_pauses_the_old_training_and_makes_a_new_one(host):
    host.make("old", Playground(settings=SMALL))
    host.do("old", "show", "first")
    host.until("first", "view")
    host.view("first").locator(".aep-play").click()
    host.until("first", "view.step > 3")
    host.page.evaluate("() => (window.old = document.getElementById('first').playground.session)")
    host.do("old", "hide", "first")
    host.make("new", Playground(settings=SMALL))
    host.do("new", "show", "second")
    host.until("second", "view")
    train(host, "second", 3)
    assert host.page.evaluate("() => old.running") is False


@pytest.mark.slow
def test_a_view_that_comes_back_finds_its_training(host):
    host.make("one", Playground(settings=SMALL))
    host.do("one", "show", "view")
    host.until("view", "view")
    train(host, "view")
    steps = host.session("view", "view.step")
    host.do("one", "hide", "view")
    host.do("one", "show", "again")
    host.until("again", "view")
    assert host.session("again", "view.step") == steps


@pytest.mark.slow
def test_while_a_cell_runs_the_widget_waits_and_says_so(host):
    host.make("one", Playground(settings=SMALL))
    host.do("one", "cell", True)
    host.do("one", "show", "view")
    eventually(host.view("view")).to_contain_text("waits for the notebook's kernel")
    host.do("one", "cell", False)
    host.until("view", "view")
    # A playground that has its digits trains on while the kernel is busy with a cell, or gone.
    host.do("one", "cell", True)
    train(host, "view")
    host.do("one", "lose")
    steps = host.session("view", "view.step")
    train(host, "view", steps + 5)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["dense", "convolutional", "classic", "unusual"])
def test_a_trained_model_is_explored(host, kind):
    keras.utils.set_random_seed(0)
    makers = {
        "dense": lambda: dense_autoencoder(3, hidden=(20,)),
        "convolutional": lambda: conv_autoencoder(3, filters=4, dense=16),
        "classic": classic,
        "unusual": for_the_kernel,
    }
    model = trained_looking(makers[kind]())
    host.make("one", Playground(model, X, Y))
    host.do("one", "show", "view")
    host.until("view", "view")
    view = host.view("view")
    assert view.locator(".aep-play").count() == 0
    codes = np.array(
        host.page.evaluate("() => Array.from(document.getElementById('view').playground.session.view.codes)")
    )
    expected = model.encode(X)
    np.testing.assert_allclose(codes.reshape(-1, 3), expected, atol=1e-4 * max(1, np.abs(expected).max()))
    outputs = host.page.evaluate(
        "() => Array.from(document.getElementById('view').playground.session.view.grid.outputs)"
    )
    places = host.page.evaluate("() => document.getElementById('view').playground.session.view.grid.places")
    np.testing.assert_allclose(outputs, model.decode(expected)[places].ravel(), atol=1e-4)
    before = view.locator(".aep-large").evaluate("canvas => canvas.toDataURL()")
    view.locator(".aep-map").focus()
    for _ in range(3):
        host.page.keyboard.press("Shift+ArrowRight")
    host.page.wait_for_function(
        "(before) => document.querySelector('#view .aep-large').toDataURL() !== before", arg=before
    )
    assert ("decode" in host.asked) == (kind == "unusual")
    if kind in ("convolutional", "classic"):
        eventually(view.locator(".aep-unit")).to_contain_text("has convolutions and runs here, in the browser")
    if kind == "unusual":
        host.do("one", "cell", True)
        host.page.keyboard.press("ArrowUp")
        eventually(view.locator(".aep-decoded")).to_contain_text("The kernel is busy")
        eventually(view.locator(".aep-given")).to_contain_text("The kernel is busy")
        assert view.locator(".aep").get_attribute("aria-busy") == "true"
        host.do("one", "cell", False)
        eventually(view.locator(".aep-decoded")).not_to_contain_text("The kernel is busy")
        eventually(view.locator(".aep")).to_have_attribute("aria-busy", "false")


@pytest.mark.slow
def test_what_the_model_raises_is_shown(host):
    playground = Playground(for_the_kernel(), X, Y)
    playground._apply = lambda *_: (_ for _ in ()).throw(RuntimeError("the model is out of order"))
    host.make("one", playground)
    host.do("one", "show", "view")
    eventually(host.view("view")).to_contain_text("the model is out of order")


@pytest.mark.slow
def test_settings_that_make_no_sense_give_defaults_and_a_notice(host):
    host.make("one", Playground(settings={"code": 1000, "hidden": [16], "batch": 16}))
    host.do("one", "show", "view")
    eventually(host.view("view").locator(".aep-notice")).to_contain_text("make no sense here: code")
    assert host.session("view", "config")["code"] == 2
    assert host.session("view", "config")["hidden"] == [16]


@pytest.mark.slow
def test_pinned_runs_are_reported(host):
    playground = Playground(settings="v=1&hidden=16&code=3&batch=16")
    host.make("one", playground)
    host.do("one", "show", "view")
    host.until("view", "view")
    train(host, "view")
    host.view("view").get_by_role("button", name=re.compile("Pin this run")).click()
    for _ in range(100):
        if playground.report.get("runs"):
            break
        host.page.wait_for_timeout(50)
    (run,) = playground.report["runs"]
    assert run["name"] == "A"
    assert run["settings"]["code"] == 3
    assert 0 < run["error"] < 1


def test_its_text_is_the_same_in_every_build():
    assert repr(Playground()) == "Playground()"
    assert repr(Playground(dense_autoencoder(2, hidden=()), X[:3], Y[:3])) == "Playground of dense_2"
