"""Training: Keras's own `fit` behind one signature, with a bar, and a live figure on request."""

from __future__ import annotations

import gc
import math
import random
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from aecourse.autoencoder import Autoencoder, check_count
from aecourse.backend import keras
from aecourse.models import dense_autoencoder
from aecourse.progress import DivergedError, Progress

Corruption = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def fit(
    model: keras.Model,
    x: np.ndarray,
    y: np.ndarray | None = None,
    *,
    epochs: int = 10,
    batch_size: int = 128,
    learning_rate: float | keras.optimizers.schedules.LearningRateSchedule = 1e-3,
    loss: str | keras.losses.Loss = "mse",
    corrupt: Corruption | None = None,
    validation_data: np.ndarray | tuple[np.ndarray, np.ndarray] | None = None,
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
        raise TypeError(f"model must be a Keras model, got {type(model).__name__}")
    y = x if y is None else y
    validation = (validation_data,) * 2 if isinstance(validation_data, np.ndarray) else validation_data
    _check_samples("x", x, "y", y)
    if validation is not None:
        if not isinstance(validation, tuple | list) or len(validation) != 2:
            raise ValueError("validation_data must be an array, or a pair of inputs and targets")
        _check_samples("validation_data", validation[0], "the targets of validation_data", validation[1])
    if watch is not None and (np.ndim(watch) != x.ndim or watch.shape[1:] != x.shape[1:] or len(watch) == 0):
        raise ValueError(f"watch must hold a few inputs of shape {x.shape[1:]}, got shape {np.shape(watch)}")
    epochs, batch_size = check_count("epochs", epochs), check_count("batch_size", batch_size)
    steps = epochs * math.ceil(len(x) / batch_size)
    if not isinstance(learning_rate, keras.optimizers.schedules.LearningRateSchedule):
        if (
            isinstance(learning_rate, bool)
            or not isinstance(learning_rate, int | float | np.integer | np.floating)
            or not 0 < learning_rate < math.inf
        ):
            raise ValueError(f"learning_rate must be a number above 0 or a Keras schedule, got {learning_rate!r}")
        learning_rate = keras.optimizers.schedules.CosineDecay(float(learning_rate), steps)
    if seed is not None:
        keras.utils.set_random_seed(seed)
    if corrupt is not None and not callable(corrupt):
        raise TypeError(f"corrupt must be a function of a batch and a Generator, got {type(corrupt).__name__}")
    data = batches(x, y, batch_size, corrupt)

    # A rest of a batch would be compiled a second time.
    compiled = len(x) % batch_size == 0 and _worth_compiling(model, steps)
    optimizer = keras.optimizers.Adam(learning_rate)
    if model.built:
        optimizer.build(model.trainable_variables)  # now, or TensorFlow traces the first step twice: 2 s
    at_once = steps_at_once(steps // epochs)
    model.compile(optimizer=optimizer, loss=loss, jit_compile=True if compiled else "auto", steps_per_execution=at_once)
    history = keras.callbacks.History()
    progress = Progress(steps, history, watch)
    stopped: KeyboardInterrupt | DivergedError | None = None
    with _interrupt_at_step_end(progress):
        try:
            model.fit(
                data,
                epochs=epochs,
                steps_per_epoch=steps // epochs,
                shuffle=False,  # they come shuffled
                validation_data=validation,
                verbose=0,
                callbacks=[history, progress, *callbacks],
            )
        except (KeyboardInterrupt, DivergedError) as error:
            # Without its traceback, whose frames hold on to the data pipeline.
            stopped = error.with_traceback(None)
            _sync(model)
        finally:
            progress.bar.close()
    if isinstance(stopped, KeyboardInterrupt):
        print(f"Stopped after {len(history.epoch)} of {epochs} epochs. The model keeps what it has learned so far.")
    if stopped is not None:
        # TensorFlow needs the longer to end a half-used pipeline the longer it has lain idle, up to a minute. So end it
        # now, not when the garbage collector comes by in the middle of a later cell.
        gc.collect()
    if isinstance(stopped, DivergedError):
        raise stopped
    progress.draw()
    return history


def train_dense(
    x: np.ndarray,
    latent_dim: int,
    hidden: Sequence[int],
    epochs: int,
    **options: Any,
) -> Autoencoder:
    """Lesson 02's recipe: a dense autoencoder with batch normalisation, batches of 125, Adam from 0.008 to zero.

    Args:
        x: inputs in [0, 1], shape `(n, ...)`, at least 125 for a whole batch.
        latent_dim: how many numbers the code holds.
        hidden: widths of the encoder's hidden layers; the decoder mirrors them.
        epochs: how often the training sees every sample.
        options: what else `fit` takes, such as `corrupt` and `callbacks`; the loss is binary cross-entropy otherwise.

    Returns:
        The trained autoencoder.

    Raises:
        ValueError: as in `dense_autoencoder` and `fit`.

    Example:
        >>> train_dense(np.zeros((250, 28, 28, 1), "float32"), 2, (8,), 1).encoder.output_shape
        (None, 2)
    """
    model = dense_autoencoder(latent_dim, hidden=hidden, input_shape=x.shape[1:])
    recipe: dict[str, Any] = {"batch_size": 125, "learning_rate": 8e-3, "loss": "binary_crossentropy"}
    fit(model, x, epochs=epochs, **(recipe | options))
    return model


@contextmanager
def _interrupt_at_step_end(progress: Progress) -> Iterator[None]:
    """Hold the first Ctrl-C (or stop button) back until a training step is complete, so that no weight is half updated.

    The second one acts at once. Outside the main thread signals cannot be handled: nothing changes there.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def request(_signal: int, _frame: object) -> None:
        progress.stop_requested = True
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, request)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _worth_compiling(model: keras.Model, steps: int) -> bool:
    """Whether TensorFlow's compiler (XLA), which Keras leaves off on CPUs, pays for this training.

    Measured on two cores: a step of a dense network takes two thirds of the time, the compilation some seconds.
    Convolutions gained nothing; other systems than Linux were not tried.
    """
    dense = (keras.layers.Dense, keras.layers.BatchNormalization)
    return (
        keras.backend.backend() == "tensorflow"
        and sys.platform == "linux"
        and steps >= 400
        and all(isinstance(layer, dense) for layer in _layers(model) if layer.weights)
    )


def _layers(model: keras.Model) -> Iterator[keras.Layer]:
    for layer in model.layers:
        yield from _layers(layer) if isinstance(layer, keras.Model) else [layer]


def _sync(model: keras.Model) -> None:
    """Bring the weights back into the model: during an epoch Keras keeps them outside when it runs on JAX."""
    if keras.backend.backend() == "jax":
        model.jax_state_sync()


def _check_samples(name: str, x: np.ndarray, target_name: str, y: np.ndarray) -> None:
    for label, values in ((name, x), (target_name, y)):
        if not isinstance(values, np.ndarray) or values.ndim < 1 or len(values) == 0:
            raise ValueError(
                f"{label} must be a NumPy array with at least one sample, got {getattr(values, 'shape', values)!r}"
            )
        if values.dtype.kind not in "biuf":
            raise ValueError(f"{label} must hold numbers, got an array of {values.dtype}")
        if not np.isfinite(values).all():
            raise ValueError(f"{label} holds NaN or infinity: clean the data before training")
    if len(x) != len(y):
        raise ValueError(f"{name} and {target_name} must hold equally many samples, got {len(x)} and {len(y)}")


def batches(x: np.ndarray, y: np.ndarray, batch_size: int, corrupt: Corruption | None = None) -> Any:
    """Batches without an end for Keras's `model.fit`, in a new order (and with new damage) in every epoch.

    Keras gives arrays to a TensorFlow pipeline that tunes itself, and to end one takes as long as it ran, at times: an
    epoch may last twice as long, a training 20 s longer. So TensorFlow gets a pipeline here that does not tune.

    Args:
        x: inputs, shape `(n, ...)`.
        y: targets, `n` samples.
        batch_size: samples a batch; the last of an epoch may hold fewer.
        corrupt: as in `fit`.

    Returns:
        What `model.fit` takes, beside `steps_per_epoch`, as its first argument: pairs of inputs and targets. Python's
        `random`, which `keras.utils.set_random_seed` seeds, decides the order.

    Raises:
        ValueError: `corrupt` returned another shape.

    Example:
        >>> x, y = next(iter(batches(np.zeros((6, 4)), np.ones((6, 1)), 3)))
        >>> x.shape == (3, 4), y.shape == (3, 1)
        (True, True)
    """
    same = y is x
    x, y = (a.astype(keras.config.floatx(), copy=False) if a.dtype.kind == "f" else a for a in (x, y))
    rng, order = (np.random.default_rng(random.getrandbits(64)) for _ in range(2))
    chosen = _orders(len(x), batch_size, order)
    if keras.backend.backend() != "tensorflow":
        return ((seen, y[which]) for which in chosen for seen in [_seen(x[which], corrupt, rng)])
    import tensorflow as tf

    options = tf.data.Options()
    options.autotune.enabled = False
    if corrupt is None:  # Python says which samples, TensorFlow fetches them
        kept_x = tf.constant(x)
        kept_y = kept_x if same else tf.constant(y)
        orders = tf.data.Dataset.from_generator(lambda: chosen, output_signature=tf.TensorSpec((None,), "int64"))
        data = orders.map(lambda which: (tf.gather(kept_x, which), tf.gather(kept_y, which)))
    else:
        first = next(chosen)
        seen = _seen(x[first], corrupt, rng)  # here an error of `corrupt` is still its own

        def pairs() -> Iterator[tuple[np.ndarray, np.ndarray]]:
            yield seen, y[first]
            for which in chosen:
                yield _seen(x[which], corrupt, rng), y[which]

        signature = tuple(tf.TensorSpec((None, *a.shape[1:]), a.dtype) for a in (x, y))
        data = tf.data.Dataset.from_generator(pairs, output_signature=signature)
    return data.prefetch(2).with_options(options)


def _orders(n: int, batch_size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """The places of each batch's samples, epoch after epoch without an end."""
    while True:
        order = rng.permutation(n)
        yield from (order[first : first + batch_size] for first in range(0, n, batch_size))


def _seen(x: np.ndarray, corrupt: Corruption | None, rng: np.random.Generator) -> np.ndarray:
    """What the model sees of a batch."""
    if corrupt is None:
        return x
    seen = corrupt(x, rng)
    if np.shape(seen) != x.shape:
        raise ValueError(f"corrupt must return the shape it got, {x.shape}, not {np.shape(seen)}")
    return np.asarray(seen, dtype=x.dtype)


def steps_at_once(steps: int) -> int:
    """How many of an epoch's steps TensorFlow does in one call, up to ten: between two calls Keras needs milliseconds.

    Args:
        steps: of one epoch.

    Returns:
        What `model.compile` takes as `steps_per_execution`: a divisor of `steps`; 1 for short epochs, and where Keras
        runs on another backend.

    Example:
        >>> steps_at_once(7)
        1
    """
    if steps < 20 or keras.backend.backend() != "tensorflow":
        return 1
    return max(n for n in range(1, 11) if steps % n == 0)
