"""Training: Keras's own `fit` behind one signature, with a bar, and a live figure on request."""

from __future__ import annotations

import gc
import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from aecourse.backend import keras
from aecourse.checks import whole_number
from aecourse.models.autoencoder import warn_of_bytes
from aecourse.models.structure import Shape, is_own, sample_shape, whole_inputs
from aecourse.training.arguments import (
    Schedule,
    Validation,
    check_corrupt,
    check_model,
    check_pair,
    check_seed,
    check_watch,
    own_callbacks,
    samples_of,
    schedule,
    validation_pair,
)
from aecourse.training.compilation import seconds_a_step, steps_at_once, worth_compiling
from aecourse.training.errors import in_our_words
from aecourse.training.interrupt import interrupt_at_step_end
from aecourse.training.pipeline import Corruption, Damage, batches, inputs_alone
from aecourse.training.progress import DivergedError, Progress
from aecourse.training.targets import CLASSES, check_range, fitting_targets, keras_name, warn_of_logits


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
    callbacks: Sequence[keras.callbacks.Callback] | keras.callbacks.Callback = (),
    seed: int | None = None,
) -> keras.callbacks.History:
    """Train a model with Adam and return Keras's `History`.

    A bar shows the loss and the time left, and leaves no trace. An interrupt (the stop button) ends the training, not
    the lesson: the model keeps what it has learned so far.

    Args:
        model: what to train, inputs as `x`, outputs as `y`. One with a `train_step` or a `compute_loss` of its own (a
            variational autoencoder) decides itself what it compares; its step gets pairs of inputs and targets, or
            the inputs alone where it takes no pairs and no `y` is given.
        x: inputs, shape `(n, ...)`.
        y: targets, `n` samples; by default the inputs themselves, which makes the model an autoencoder. Keras's losses
            want the shape of the model's outputs; whole numbers of classes go with "sparse_categorical_crossentropy".
        epochs: how often the training sees every sample, at least 1.
        batch_size: samples a step, at least 1.
        learning_rate: Adam's first step size, above 0. It falls to zero along half a cosine over the whole training
            (Loshchilov & Hutter, *SGDR*, 2017). A Keras schedule is taken as it is.
        loss: Keras name of the loss, a Keras loss, or a function of targets and outputs, which may have other shapes.
        corrupt: damages the inputs, anew in every epoch: takes a batch of `x` and a NumPy `Generator`, returns what the
            model sees, x̃; the targets stay as they are.
        validation_data: inputs, or a pair of inputs and targets, on which the loss is measured after every epoch.
        watch: a few inputs; in a notebook a live figure shows the loss and their reconstructions.
        callbacks: Keras callbacks of your own. Up to ten steps are done at once (see `steps_at_once`), and their
            `on_train_batch_end` is called once for them.
        seed: seeds the order of the batches and everything random in the model; None leaves the state as it is.

    Raises:
        TypeError: `model` is not a Keras model, or data are no NumPy arrays of numbers (the message names the way from
            a DataFrame, a list or a tensor to one).
        ValueError: an argument has the wrong shape or range; data hold NaN, infinity or masked values; inputs are not
            of the model's shape, targets not of its outputs'; the loss, or the last activation, is not made for the
            targets' range; `corrupt` returned something else than a damaged batch.
        DivergedError: the loss became NaN or infinite.

    Warns:
        UserWarning: the inputs are pixels from 0 to 255; binary cross-entropy gets no probabilities.

    Example:
        >>> from aecourse.models import dense_autoencoder
        >>> history = fit(dense_autoencoder(2, hidden=()), np.zeros((8, 28, 28, 1), "float32"), epochs=2)
        >>> len(history.history["loss"])
        2
    """
    check_model(model)
    own_step = is_own(model, "train_step")
    kerass = None if own_step or is_own(model, "compute_loss") else keras_name(loss)
    alone = own_step and y is None and corrupt is None
    target = "x" if y is None else "y"
    x, y = _pair("x", x, target, y, model)
    validation = validation_pair(validation_data, model)
    watch = check_watch(watch, x, model)
    check_corrupt(corrupt)
    own = own_callbacks(callbacks)
    check_seed(seed)
    epochs, batch_size = whole_number("epochs", epochs), whole_number("batch_size", batch_size)
    steps = math.ceil(len(x) / batch_size)  # of an epoch
    rate = schedule(learning_rate, epochs * steps)
    output = sample_shape(model, "output")
    x, y = _ready(target, x, y, model, output, kerass)
    if validation is not None:
        validation = _ready("the targets of validation_data", *validation, model, output, kerass)
    warn_of_logits(model, loss, kerass)

    if seed is not None:
        keras.utils.set_random_seed(seed)
    damage = None if corrupt is None else Damage(corrupt)
    data = batches(x, y, batch_size, damage)
    if output is None and kerass is not None:
        fitting_targets(target, y, _built_output(model, x), kerass)

    # A rest of a batch would be compiled a second time.
    compiled = len(x) % batch_size == 0 and worth_compiling(model, epochs * steps, kerass is not None)
    seconds = seconds_a_step(model, batch_size, x.shape[1:]) + (damage.seconds if damage else 0)
    _compile(model, rate, loss, compiled, steps_at_once(steps, seconds))
    history = keras.callbacks.History()
    progress = Progress(epochs * steps, history, watch)
    options: dict[str, Any] = {"epochs": epochs, "steps_per_epoch": steps, "validation_data": validation}
    options["callbacks"] = [history, progress, *own]
    forms = [data, inputs_alone(data)] if alone else [data]
    failed = _run(model, forms, progress, damage, options)
    if failed is not None:
        raise failed
    progress.draw()
    return history


def _pair(
    name: str, x: np.ndarray, target: str, y: np.ndarray | None, model: keras.Model
) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets, examined; the same array where the inputs are the targets."""
    same = y is None or y is x
    x = samples_of(name, x, model)
    y = x if same else samples_of(target, y)
    check_pair(name, x, target, y)
    return x, y


def _ready(
    target: str, x: np.ndarray, y: np.ndarray, model: keras.Model, output: Shape | None, loss: str | None
) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets in the form that the model and the loss (Keras's, by name) compute with."""
    same = y is x
    wanted = fitting_targets(target, y, output, loss)
    check_range(target, wanted, loss, model)
    if target in ("x", "y"):
        warn_of_bytes("x", x, model, stacklevel=4)
    floats = keras.config.floatx()
    if x.dtype.kind in "biu" and not whole_inputs(model):
        x = x.astype(floats)
    if wanted.dtype.kind in "biu" and loss not in (None, CLASSES):
        wanted = x if same and x.dtype.kind == "f" and wanted is y else wanted.astype(floats)
    elif same and wanted is y:
        wanted = x
    return x, wanted


def _built_output(model: keras.Model, x: np.ndarray) -> Shape | None:
    """The shape of the outputs of a model that does not know it yet; builds it as `model.fit` would."""
    try:
        shape = model(keras.KerasTensor((None, *x.shape[1:]), dtype=keras.config.floatx())).shape
    except Exception as error:
        if isinstance(model, keras.Sequential):  # half built, it would say something else the next time
            raise in_our_words(error) from None
        return None  # some models run and cannot be asked; what is wrong the training itself will say
    return tuple(shape[1:])


def _compile(model: keras.Model, rate: Schedule, loss: object, compiled: bool, at_once: int) -> None:
    """Give the model a new Adam and the loss."""
    optimizer = keras.optimizers.Adam(rate)
    if keras.backend.backend() == "jax" and is_own(model, "train_step") and not is_own(model, "call"):
        # Keras on JAX would call the model, to build it and to see what the loss gets, and it cannot be called.
        loss, model.built = None, model.built or all(layer.built for layer in model.layers)
    if model.built:
        optimizer.build(model.trainable_variables)  # now, or TensorFlow traces the first step twice: 2 s
    model.compile(optimizer=optimizer, loss=loss, jit_compile=True if compiled else "auto", steps_per_execution=at_once)


def _run(
    model: keras.Model,
    forms: Sequence[object],
    progress: Progress,
    damage: Damage | None,
    options: Mapping[str, Any],
) -> BaseException | None:
    """Train to the end, to the stop button, or to an error, such as a loss that is no number, which is returned.

    `forms` are the data: as pairs, and for a training step of the model's own that takes none, as inputs alone.
    """
    stopped: BaseException | None = None
    with interrupt_at_step_end(progress):
        try:
            _train(model, forms, progress, options)
            if progress.stop_requested:  # after the last step and before the end
                stopped = KeyboardInterrupt()
        except (KeyboardInterrupt, DivergedError) as error:
            # Without its traceback, whose frames hold on to the data pipeline.
            stopped = error.with_traceback(None)
            _sync(model)
        except Exception as error:
            stopped = damage.error if damage and damage.error else in_our_words(error)
            if stopped is error:
                raise
        finally:
            progress.bar.close()
    if isinstance(stopped, KeyboardInterrupt):
        done = len(progress.history.epoch)
        print(f"Stopped after {done} of {options['epochs']} epochs. The model keeps what it has learned so far.")
    if stopped is not None:
        # TensorFlow needs the longer to end a half-used pipeline the longer it has lain idle, up to a minute. So end it
        # now, not when the garbage collector comes by in the middle of a later cell.
        gc.collect()
    return None if isinstance(stopped, KeyboardInterrupt) else stopped


def _train(model: keras.Model, forms: Sequence[object], progress: Progress, options: Mapping[str, Any]) -> None:
    """Train with the first form of the data that the model's training step takes."""
    kept = _kept(model)
    for form in forms:
        try:
            # Batches come shuffled.
            model.fit(form, shuffle=False, verbose=0, **options)
        except Exception:
            _sync(model, kept)
            if form is forms[-1] or progress.bar.n or progress.stop_requested:
                raise
            model.train_function = None  # traced for the other form
        else:
            return


Kept: TypeAlias = Sequence[tuple[Any, np.ndarray]]


def _kept(model: keras.Model) -> Kept:
    """The state before a training on JAX: when its first step fails, Keras has taken the state out of the model."""
    if keras.backend.backend() != "jax":
        return []
    unique = {id(v): v for v in (*model.variables, *model.optimizer.variables, *model.metrics_variables)}
    return [(v, np.array(keras.ops.convert_to_numpy(v))) for v in unique.values()]


def _sync(model: keras.Model, kept: Kept = ()) -> None:
    """Bring the weights back into the model: during an epoch Keras keeps them outside when it runs on JAX."""
    if keras.backend.backend() == "jax":
        model.jax_state_sync()
    for variable, value in kept:
        if variable._value is None:
            variable._value = keras.ops.convert_to_tensor(value)
