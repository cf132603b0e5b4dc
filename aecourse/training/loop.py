"""Training: Keras's own `fit` behind one signature, with a bar, and a live figure on request."""

from __future__ import annotations

import gc
import math
from collections.abc import Mapping, Sequence

import numpy as np

from aecourse.backend import keras
from aecourse.checks import described, whole_number
from aecourse.training.arguments import (
    Schedule,
    Validation,
    check_corrupt,
    check_samples,
    check_watch,
    schedule,
    validation_pair,
)
from aecourse.training.compilation import steps_at_once, worth_compiling
from aecourse.training.interrupt import interrupt_at_step_end
from aecourse.training.pipeline import Corruption, batches
from aecourse.training.progress import DivergedError, Progress


def fit(
    model: keras.Model,
    x: np.ndarray,
    y: np.ndarray | None = None,
    *,
    epochs: int = 10,
    batch_size: int = 128,
    learning_rate: float | Schedule = 1e-3,
    loss: str | keras.losses.Loss = "mse",
    corrupt: Corruption | None = None,
    validation_data: Validation = None,
    watch: np.ndarray | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    seed: int | None = None,
) -> keras.callbacks.History:
    """Train a model with Adam and return Keras's `History`.

    A bar shows the loss and the time left, and leaves no trace. An interrupt (the stop button) ends the training, not
    the lesson: the model keeps what it has learned so far.

    Args:
        model: what to train, inputs as `x`, outputs as `y`.
        x: inputs, shape `(n, ...)`.
        y: targets, `n` samples; by default the inputs themselves, which makes the model an autoencoder.
        epochs: how often the training sees every sample, at least 1.
        batch_size: samples a step, at least 1.
        learning_rate: Adam's first step size, above 0. It falls to zero along half a cosine over the whole training
            (Loshchilov & Hutter, *SGDR*, 2017). A Keras schedule is taken as it is.
        loss: Keras name of the loss, or a Keras loss.
        corrupt: damages the inputs, anew in every epoch: takes a batch of `x` and a NumPy `Generator`, returns what the
            model sees, x̃; the targets stay as they are.
        validation_data: inputs, or a pair of inputs and targets, on which the loss is measured after every epoch.
        watch: a few inputs; in a notebook a live figure shows the loss and their reconstructions.
        callbacks: Keras callbacks of your own. Up to ten steps are done at once (see `steps_at_once`), and their
            `on_train_batch_end` is called once for them.
        seed: seeds the order of the batches and everything random in the model; None leaves the state as it is.

    Raises:
        TypeError: `model` is not a Keras model.
        ValueError: an argument has the wrong shape or range, or `x` or `y` holds NaN or infinity.
        DivergedError: the loss became NaN or infinite.

    Example:
        >>> from aecourse.models import dense_autoencoder
        >>> history = fit(dense_autoencoder(2, hidden=()), np.zeros((8, 28, 28, 1), "float32"), epochs=2)
        >>> len(history.history["loss"])
        2
    """
    if not isinstance(model, keras.Model):
        raise TypeError(f"model must be a Keras model, got {described(model)}")
    y = x if y is None else y
    check_samples("x", x, "y", y)
    validation = validation_pair(validation_data)
    check_watch(watch, x)
    check_corrupt(corrupt)
    epochs, batch_size = whole_number("epochs", epochs), whole_number("batch_size", batch_size)
    steps = math.ceil(len(x) / batch_size)  # of an epoch
    rate = schedule(learning_rate, epochs * steps)
    if seed is not None:
        keras.utils.set_random_seed(seed)
    data = batches(x, y, batch_size, corrupt)

    # A rest of a batch would be compiled a second time.
    compiled = len(x) % batch_size == 0 and worth_compiling(model, epochs * steps)
    _compile(model, rate, loss, compiled, steps_at_once(steps))
    history = keras.callbacks.History()
    progress = Progress(epochs * steps, history, watch)
    options = {"validation_data": validation, "callbacks": [history, progress, *callbacks]}
    _run(model, data, epochs, steps, progress, options)
    progress.draw()
    return history


def _compile(model: keras.Model, rate: Schedule, loss: object, compiled: bool, at_once: int) -> None:
    """Give the model a new Adam and the loss."""
    optimizer = keras.optimizers.Adam(rate)
    if model.built:
        optimizer.build(model.trainable_variables)  # now, or TensorFlow traces the first step twice: 2 s
    model.compile(optimizer=optimizer, loss=loss, jit_compile=True if compiled else "auto", steps_per_execution=at_once)


def _run(
    model: keras.Model, data: object, epochs: int, steps: int, progress: Progress, options: Mapping[str, object]
) -> None:
    """Train to the end, to the stop button, or to a loss that is no number."""
    stopped: KeyboardInterrupt | DivergedError | None = None
    with interrupt_at_step_end(progress):
        try:
            # Batches come shuffled.
            model.fit(data, epochs=epochs, steps_per_epoch=steps, shuffle=False, verbose=0, **options)
        except (KeyboardInterrupt, DivergedError) as error:
            # Without its traceback, whose frames hold on to the data pipeline.
            stopped = error.with_traceback(None)
            _sync(model)
        finally:
            progress.bar.close()
    if isinstance(stopped, KeyboardInterrupt):
        done = len(progress.history.epoch)
        print(f"Stopped after {done} of {epochs} epochs. The model keeps what it has learned so far.")
    if stopped is not None:
        # TensorFlow needs the longer to end a half-used pipeline the longer it has lain idle, up to a minute. So end it
        # now, not when the garbage collector comes by in the middle of a later cell.
        gc.collect()
    if isinstance(stopped, DivergedError):
        raise stopped


def _sync(model: keras.Model) -> None:
    """Bring the weights back into the model: during an epoch Keras keeps them outside when it runs on JAX."""
    if keras.backend.backend() == "jax":
        model.jax_state_sync()
