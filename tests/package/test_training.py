"""Training: what `fit` returns, how it stops, and what it leaves in a notebook."""

from __future__ import annotations

import base64
import gc
import os
import signal
import threading
import time

import keras
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from aecourse.models import Autoencoder, dense_autoencoder
from aecourse.training import DivergedError, compilation, fit

X = np.random.default_rng(0).random((20, 4, 4, 1)).astype("float32")


@pytest.fixture(autouse=True)
def ctrl_c_interrupts():
    """Ctrl-C raises KeyboardInterrupt, also where the tests were started in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def small(seed: int = 0) -> Autoencoder:
    keras.utils.set_random_seed(seed)
    return dense_autoencoder(2, hidden=(), input_shape=(4, 4, 1))


def same(a: Autoencoder, b: Autoencoder) -> bool:
    return all(np.array_equal(v, w) for v, w in zip(a.get_weights(), b.get_weights(), strict=True))


# ---------------------------------------------------------------------------------------------------- what it learns


@pytest.mark.slow
def test_returns_the_history_of_a_falling_loss() -> None:
    history = fit(small(), X, epochs=8, batch_size=5, learning_rate=0.1, seed=0)
    assert isinstance(history, keras.callbacks.History)
    losses = history.history["loss"]
    assert list(history.history) == ["loss"]
    assert len(losses) == len(history.epoch) == 8
    assert losses[-1] < 0.9 * losses[0]


@pytest.mark.slow
def test_the_seed_and_the_targets_decide() -> None:
    plain, again, other_seed, other_targets = (small() for _ in range(4))
    fit(plain, X, epochs=2, batch_size=4, seed=5)
    fit(again, X, X, epochs=2, batch_size=4, seed=5)
    fit(other_seed, X, epochs=2, batch_size=4, seed=6)
    fit(other_targets, X, np.zeros_like(X), epochs=2, batch_size=4, seed=5)
    assert same(plain, again)
    assert not same(plain, other_seed)
    assert not same(plain, other_targets)


@pytest.mark.slow
def test_without_a_seed_the_random_state_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    model, seeds = small(), []
    monkeypatch.setattr(keras.utils, "set_random_seed", seeds.append)
    fit(model, X, epochs=1)
    assert seeds == []
    fit(model, X, epochs=1, seed=3)
    assert seeds == [3]


@pytest.mark.slow
def test_targets_may_have_another_shape() -> None:
    encoder = small().encoder
    loss = fit(encoder, X, np.ones((20, 2)), epochs=10, batch_size=5, learning_rate=0.05, seed=0).history["loss"]
    assert loss[-1] < loss[0] / 2


@pytest.mark.slow
@pytest.mark.parametrize("loss", ["binary_crossentropy", keras.losses.MeanAbsoluteError()])
def test_the_loss_can_be_chosen(loss: object) -> None:
    model = small()
    first = fit(model, X, epochs=1, batch_size=20, loss=loss, learning_rate=1e-9).history["loss"][0]
    y = np.clip(keras.ops.convert_to_numpy(model(X, training=True)), 1e-7, 1 - 1e-7)
    cross_entropy = -np.mean(X * np.log(y) + (1 - X) * np.log1p(-y))
    expected = cross_entropy if loss == "binary_crossentropy" else np.mean(np.abs(X - y))
    assert first == pytest.approx(expected, rel=1e-3)


@pytest.mark.slow
def test_validation_data_as_array_and_as_pair() -> None:
    v = X[:7] / 2
    for data, targets in ((v, v), ((v, 1 - v), 1 - v)):
        model = small()
        history = fit(model, X, epochs=2, validation_data=data, seed=0).history
        assert len(history["val_loss"]) == 2
        assert history["val_loss"][-1] == pytest.approx(np.mean((model.reconstruct(v) - targets) ** 2), rel=1e-4)


# ------------------------------------------------------------------------------------------------- the learning rate


@pytest.mark.slow
def test_a_number_falls_along_half_a_cosine_to_zero() -> None:
    model = small()
    fit(model, X, epochs=3, batch_size=7, learning_rate=np.float32(0.01))
    optimizer = model.optimizer
    assert int(optimizer.iterations) == 9
    assert float(optimizer.learning_rate) == pytest.approx(0, abs=1e-8)
    schedule = optimizer._learning_rate
    assert [float(schedule(i)) for i in (0, 4.5, 9)] == pytest.approx([0.01, 0.005, 0], abs=1e-7)


@pytest.mark.slow
def test_a_schedule_is_taken_as_it_is() -> None:
    model = small()
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([1], [0.1, 0.03])
    fit(model, X, epochs=2, batch_size=10, learning_rate=schedule)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.03)


# ------------------------------------------------------------------------------------------------------ bad arguments


@pytest.fixture(scope="module")
def untouched() -> Autoencoder:
    return small()


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"model": "model"}, TypeError, "model must be a Keras model, got the text"),
        ({"x": X.tolist()}, TypeError, "x must be a NumPy array of numbers, got a list of length 20"),
        ({"x": np.array(1.0)}, ValueError, "x must be a NumPy array"),
        ({"x": X[:0]}, ValueError, "x must be a NumPy array with at least one sample"),
        ({"x": X.astype(object)}, TypeError, "x must be a NumPy array of numbers, got an array of object"),
        ({"x": np.where(X > 0.9, np.nan, X)}, ValueError, "x holds NaN or infinity"),
        ({"y": np.where(X > 0.9, np.inf, X)}, ValueError, "y holds NaN or infinity"),
        ({"y": "x"}, TypeError, "y must be a NumPy array"),
        ({"y": X[:5]}, ValueError, "x and y must hold equally many samples, got 20 and 5"),
        ({"validation_data": X[:0]}, ValueError, "validation_data must be a NumPy array with"),
        ({"validation_data": (X, X[:3])}, ValueError, "validation_data .* equally many samples, got 20 and 3"),
        ({"validation_data": (X, X, X)}, ValueError, "validation_data must be an array, or a pair"),
        ({"validation_data": "x"}, TypeError, "validation_data must be an array, or a pair"),
        ({"watch": X[0]}, ValueError, "watch must hold a few inputs"),
        ({"watch": X[:0]}, ValueError, "watch must hold a few inputs"),
        ({"watch": np.zeros((2, 5, 5, 1))}, ValueError, "watch must hold a few inputs"),
        *(({"epochs": bad}, ValueError, "epochs must be a whole number") for bad in (0, -1, 2.0, True, "2", None)),
        *(({"batch_size": bad}, ValueError, "batch_size must be a whole number") for bad in (0, 0.5, False, None)),
        *(
            ({"learning_rate": bad}, ValueError, "learning_rate must be a number above 0")
            for bad in (0, -1e-3, np.nan, np.inf, True, "fast", None)
        ),
        ({"seed": "x"}, ValueError, "seed"),
    ],
)
def test_bad_arguments_are_refused_by_name_before_anything_changes(untouched, changes, error, message) -> None:
    with pytest.raises(error, match=message):
        fit(**{"model": untouched, "x": X, "epochs": 1, **changes})
    assert not untouched.compiled


# --------------------------------------------------------------------------------------------------------- divergence


@pytest.mark.slow
def test_a_loss_that_is_no_number_stops_with_an_explanation(capsys: pytest.CaptureFixture[str]) -> None:
    model = dense_autoencoder(2, hidden=(), input_shape=(16,))
    sequential = keras.Sequential([keras.Input((16,)), keras.layers.Dense(16)])
    x = X.reshape(20, 16)
    with pytest.raises(DivergedError, match=r"after \d+ steps.*smaller learning_rate"):
        fit(sequential, x, epochs=50, batch_size=5, learning_rate=1e25)
    with pytest.raises(DivergedError, match="the loss became nan after 1 steps"):
        fit(model, x, epochs=2, loss=lambda y, z: keras.ops.log(-1.0 - keras.ops.square(y - z)))
    assert "Stopped" not in capsys.readouterr().out


def pipelines() -> list[str]:
    return [type(o).__name__ for o in gc.get_objects() if type(o).__name__.endswith("EpochIterator")]


@pytest.mark.slow
def test_a_stopped_training_leaves_no_data_pipeline_behind() -> None:
    gc.collect()
    assert pipelines() == []
    fit(Hooked(interrupt_self), X, epochs=5, batch_size=2)
    assert pipelines() == []
    with pytest.raises(DivergedError) as caught:
        fit(small(), X, epochs=1, loss=lambda y, z: keras.ops.log(-1.0 - keras.ops.square(y - z)))
    assert pipelines() == []
    # The learner's traceback ends in fit, not in the depths of Keras.
    assert caught.traceback[-1].name == "fit"


@pytest.mark.slow
def test_after_a_divergence_a_new_training_works() -> None:
    model = small()
    with pytest.raises(DivergedError):
        fit(model, X, epochs=1, loss=lambda y, z: keras.ops.log(-1.0 - keras.ops.square(y - z)))
    assert len(model.get_weights()) == len(small().get_weights())
    model.set_weights(small().get_weights())
    assert np.isfinite(fit(model, X, epochs=1).history["loss"]).all()


# ---------------------------------------------------------------------------------------------------------- interrupt


class Hooked(Autoencoder):
    """An autoencoder whose training calls `hook(number of the batch)` before each batch."""

    def __init__(self, hook) -> None:
        parts = small()
        super().__init__(parts.encoder, parts.decoder)
        self.hook = hook

    def fit(self, *args, callbacks, **options):
        before_batch = keras.callbacks.LambdaCallback(on_train_batch_begin=lambda batch, **_: self.hook(batch))
        return super().fit(*args, callbacks=[before_batch, *callbacks], **options)


def interrupt_now() -> None:
    """Press Ctrl-C and wait until `fit` has noticed: it then gives the next one back to the handler from before."""
    held = signal.getsignal(signal.SIGINT)
    os.kill(os.getpid(), signal.SIGINT)
    while signal.getsignal(signal.SIGINT) is held:
        time.sleep(0.001)


def interrupt_self(batch: int) -> None:
    if batch == 2:
        interrupt_now()


def from_another_thread(batch: int) -> None:
    if batch == 2:
        threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGINT)).start()


@pytest.mark.slow
@pytest.mark.parametrize("hook", [interrupt_self, from_another_thread])
def test_an_interrupt_ends_the_training_and_keeps_the_model(hook, capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT)
    model = Hooked(hook)
    history = fit(model, X, epochs=5000, batch_size=2, validation_data=X, learning_rate=0.01, seed=0)
    assert signal.getsignal(signal.SIGINT) is before
    done = len(history.epoch)
    assert done < 1000
    if hook is interrupt_self:
        assert done == 0
    line = f"Stopped after {done} of 5000 epochs. The model keeps what it has learned so far.\n"
    assert capsys.readouterr().out == line

    assert not same(model, small())
    assert all(np.isfinite(w).all() for w in model.get_weights())
    assert int(model.optimizer.iterations) >= 3
    assert model.reconstruct(X).shape == X.shape
    model.hook = lambda *_: None
    after = [w.copy() for w in model.get_weights()]
    assert len(fit(model, X, epochs=2, batch_size=5).epoch) == 2
    assert any(not np.array_equal(a, b) for a, b in zip(after, model.get_weights(), strict=True))


@pytest.mark.slow
def test_an_interrupted_model_keeps_exactly_the_steps_that_were_done() -> None:
    stopped, whole = Hooked(interrupt_self), small()
    constant = keras.optimizers.schedules.PiecewiseConstantDecay([10**6], [0.01, 0.01])
    fit(stopped, X, epochs=2, batch_size=7, learning_rate=constant, seed=4)
    fit(whole, X, epochs=1, batch_size=7, learning_rate=constant, seed=4)
    assert int(stopped.optimizer.iterations) == 3
    for ours, theirs in zip(stopped.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.slow
def test_a_second_interrupt_acts_at_once_and_leaves_a_usable_model(capsys: pytest.CaptureFixture[str]) -> None:
    def twice(batch: int) -> None:
        if batch == 2:
            interrupt_now()
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(10)  # the interrupt ends this

    model = Hooked(twice)
    fit(model, X, epochs=3, batch_size=2, learning_rate=0.01)
    assert "Stopped after 0 of 3 epochs" in capsys.readouterr().out
    assert int(model.optimizer.iterations) == 2
    assert np.isfinite(model.reconstruct(X)).all()


@pytest.mark.slow
def test_the_interrupt_handler_is_back_after_a_training_and_after_an_error() -> None:
    before = signal.getsignal(signal.SIGINT)
    seen = []
    model = Hooked(lambda *_: seen.append(signal.getsignal(signal.SIGINT)))
    fit(model, X, epochs=1)
    assert seen
    assert before not in seen
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(ZeroDivisionError):
        fit(Hooked(lambda batch: 1 / (batch - batch)), X, epochs=1)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.slow
def test_trains_outside_the_main_thread() -> None:
    losses: list[float] = []
    thread = threading.Thread(target=lambda: losses.extend(fit(small(), X, epochs=2).history["loss"]))
    thread.start()
    thread.join()
    assert len(losses) == 2


@pytest.mark.slow
def test_in_a_terminal_the_bar_is_wiped(capsys: pytest.CaptureFixture[str]) -> None:
    fit(small(), X, epochs=3, watch=X[:2])
    out, err = capsys.readouterr()
    assert out == ""
    assert "loss" in err or "training" in err
    assert err.split("\r")[-1].strip() == ""


# ------------------------------------------------------------------------------------------------------- in a notebook

SETUP = """
import numpy as np
from aecourse.models import dense_autoencoder
from aecourse.training import fit
x = np.random.default_rng(0).random((20, 4, 4, 1)).astype("float32")
model = dense_autoencoder(2, hidden=(8,), input_shape=(4, 4, 1))
"""

# Counts the epochs that each drawing shows, and lets drawing take all the time it wants.
COUNTING = """
from aecourse.training import progress
drawn, show = [], progress.show_training
def counted(history, x, y):
    drawn.append(len(history["loss"]))
    return show(history, x, y)
progress.show_training, progress.SHARE_OF_TIME_FOR_FIGURES = counted, float("inf")
"""


@pytest.mark.slow
def test_the_bar_leaves_no_trace_and_the_live_figure_one_image() -> None:
    cells = [
        SETUP,
        "history = fit(model, x, epochs=30, batch_size=2)",
        COUNTING + "history = fit(model, x, epochs=4, validation_data=x, watch=x[:3])",
        "print(drawn)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
    outputs = [
        [out for out in cell.outputs if out.get("data") not in ({}, {"text/plain": ""})] for cell in notebook.cells
    ]
    setup, bar, figure, last = outputs
    # TensorFlow's own log may stand under the cell that imports it.
    assert all(out.get("name") == "stderr" for out in setup)
    assert bar == []
    (image,) = figure
    assert sorted(image["data"]) == ["image/png", "text/plain"]
    assert base64.b64decode(image["data"]["image/png"]).startswith(b"\x89PNG")
    assert "after 4 epochs" in image["metadata"]["image/png"]["alt"]
    assert last[0]["text"] == "[1, 2, 3, 4, 4]\n"  # after each epoch, and at the end


@pytest.mark.slow
def test_the_stop_button_ends_the_training_and_the_next_cell_has_the_model(kernel) -> None:
    assert kernel.run(SETUP)[0] == "ok"
    for options in ("", ", watch=x[:2]"):
        status, text = kernel.run(
            f"history = fit(model, x, epochs=10**6, batch_size=2{options})",
            lambda text: "| " in text and "loss" in text,
        )
        assert status == "ok", text
        assert "of 1000000 epochs. The model keeps what it has learned so far." in text
    status, text = kernel.run("print(np.isfinite(model.reconstruct(x)).all(), len(fit(model, x, epochs=2).epoch))")
    assert (status, text.strip().splitlines()[-1]) == ("ok", "True 2"), text


def test_only_long_trainings_of_dense_networks_are_compiled(monkeypatch):
    monkeypatch.setattr(compilation.sys, "platform", "linux")
    on_tensorflow = keras.backend.backend() == "tensorflow"
    dense = dense_autoencoder(2, hidden=(4,))
    x = keras.Input((4, 4, 1))
    convolutional = keras.Model(x, keras.layers.Conv2D(1, 3)(x))
    assert compilation.worth_compiling(dense, 400) is on_tensorflow
    assert compilation.worth_compiling(dense, 399) is False
    assert compilation.worth_compiling(convolutional, 400) is False


@pytest.mark.slow
def test_inputs_are_damaged_anew_in_every_epoch_and_targets_stay() -> None:
    given, seen = X.copy(), []

    def damage(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        seen.append((x, np.clip(x + rng.normal(0, 0.1, x.shape), 0, 1).astype("float32")))
        return seen[-1][1]

    history = fit(
        dense_autoencoder(2, hidden=(4,), input_shape=(4, 4, 1)), X, epochs=2, batch_size=8, corrupt=damage, seed=1
    )
    assert len(history.epoch) == 2
    np.testing.assert_array_equal(X, given)
    per_epoch = -(-len(X) // 8)
    first, second = seen[:per_epoch], seen[per_epoch : 2 * per_epoch]
    for epoch in (first, second):
        clean = np.concatenate([x for x, _ in epoch])
        np.testing.assert_array_equal(np.sort(clean.ravel()), np.sort(X.ravel()))
    assert not np.array_equal(first[0][0], second[0][0])  # another order
    damages = [np.sort((bad - x).ravel()) for x, bad in (first[0], second[0])]
    assert not np.allclose(damages[0], damages[1])


@pytest.mark.slow
def test_the_same_seed_gives_the_same_damage() -> None:
    def train() -> list[float]:
        model = dense_autoencoder(2, hidden=(4,), input_shape=(4, 4, 1))
        return fit(model, X, epochs=2, corrupt=lambda x, rng: x * (rng.random(x.shape) > 0.5), seed=3).history["loss"]

    keras.utils.set_random_seed(0)
    first = train()
    keras.utils.set_random_seed(0)
    assert train() == first


@pytest.mark.slow
def test_callbacks_are_called() -> None:
    losses: list[float] = []
    own = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: losses.append(logs["loss"]))
    assert (
        fit(dense_autoencoder(2, hidden=(), input_shape=(4, 4, 1)), X, epochs=2, callbacks=[own]).history["loss"]
        == losses
    )


def test_damage_that_changes_the_shape_or_cannot_be_called_is_refused() -> None:
    model = dense_autoencoder(2, hidden=(), input_shape=(4, 4, 1))
    with pytest.raises(TypeError, match="corrupt must be a function"):
        fit(model, X, corrupt=0.5)
    with pytest.raises(ValueError, match="corrupt must return the shape"):
        fit(model, X, corrupt=lambda x, rng: x[..., 0])
