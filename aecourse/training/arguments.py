"""What `fit` asks of its arguments."""

from __future__ import annotations

import inspect
import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from aecourse.backend import keras
from aecourse.checks import array, described, finite
from aecourse.models.shapes import check_inputs
from aecourse.models.structure import is_own

# Keras has no types of its own.
Schedule: TypeAlias = Any
Validation = np.ndarray | tuple[np.ndarray, np.ndarray] | None


def check_model(model: object) -> None:
    """Raise unless `model` is a Keras model that a single array goes into."""
    if isinstance(model, type) and issubclass(model, keras.Model):
        raise TypeError(f"model must be a Keras model, got the class {model.__name__}: call it first")
    if not isinstance(model, keras.Model):
        raise TypeError(f"model must be a Keras model, got {described(model)}")
    if is_own(model, "train_step"):
        return
    for side in ("input", "output") if not is_own(model, "compute_loss") else ("input",):
        try:
            shape = getattr(model, f"{side}_shape", None)
        except (AttributeError, ValueError):
            shape = None
        if isinstance(shape, list | dict) or (isinstance(shape, tuple) and any(isinstance(s, tuple) for s in shape)):
            raise ValueError(f"model must have one {side}, got one with {len(shape)} {side}s: model.fit trains it")


def samples_of(name: str, x: object, model: keras.Model | None = None) -> np.ndarray:
    """The array itself, if it holds finite numbers, at least one sample, and inputs of the model where one is given."""
    x = array(name, x)
    if x.ndim < 1 or x.size == 0:
        raise ValueError(f"{name} must be a NumPy array with at least one sample, got {described(x)}")
    return finite(name, x if model is None else check_inputs(name, x, model))


def check_pair(name: str, x: np.ndarray, target_name: str, y: np.ndarray) -> None:
    """Raise unless both hold equally many samples."""
    if len(x) != len(y):
        raise ValueError(f"{name} and {target_name} must hold equally many samples, got {len(x)} and {len(y)}")


def validation_pair(validation_data: Validation, model: keras.Model) -> tuple[np.ndarray, np.ndarray] | None:
    """Inputs and targets to validate with; an array alone is both."""
    if validation_data is None:
        return None
    if isinstance(validation_data, tuple | list):
        if len(validation_data) != 2:
            raise ValueError(
                f"validation_data must be an array, or a pair of inputs and targets, got {described(validation_data)}"
            )
        x, y = validation_data
    elif isinstance(validation_data, np.ndarray):
        x = y = validation_data
    else:
        try:
            array("validation_data", validation_data)
        except TypeError as error:
            said = str(error).replace("a NumPy array of numbers", "an array, or a pair of inputs and targets")
            raise TypeError(said) from None
    same = y is x
    x = samples_of("validation_data", x, model)
    y = x if same else samples_of("the targets of validation_data", y)
    check_pair("validation_data", x, "the targets of validation_data", y)
    return x, y


def check_watch(watch: object, x: np.ndarray, model: keras.Model) -> np.ndarray | None:
    """A few inputs like those of `x`, or None."""
    if watch is None:
        return None
    watch = array("watch", watch)
    if watch.shape[1:] != x.shape[1:] or watch.ndim != x.ndim or len(watch) == 0:
        raise ValueError(f"watch must hold a few inputs of shape {x.shape[1:]}, got {described(watch)}")
    if type(model).call is keras.Model.call:
        raise ValueError(f"watch needs a model that can be called, and {type(model).__name__[:60]} has no call method")
    return watch


def check_corrupt(corrupt: object) -> None:
    """Raise unless `corrupt` is None or can be called with a batch and a Generator."""
    if corrupt is None:
        return
    if not callable(corrupt):
        raise TypeError(f"corrupt must be a function of a batch and a Generator, got {described(corrupt)}")
    try:
        signature = inspect.signature(corrupt)
    except (ValueError, TypeError):  # some built-in functions keep theirs to themselves
        return
    try:
        signature.bind(None, None)
    except TypeError:
        raise TypeError(
            "corrupt must be a function of a batch and a Generator; this one cannot be called with two arguments. "
            "A function with other arguments fits inside one: lambda x, rng: damage(x, seed=rng)"
        ) from None


def own_callbacks(callbacks: object) -> list[keras.callbacks.Callback]:
    """The callbacks as a list; one alone is a list of one."""
    if isinstance(callbacks, keras.callbacks.Callback):
        return [callbacks]
    if callbacks is None:
        return []
    if not isinstance(callbacks, Sequence) or isinstance(callbacks, str):
        raise TypeError(f"callbacks must be a list of Keras callbacks, got {described(callbacks)}")
    for i, one in enumerate(callbacks):
        if not isinstance(one, keras.callbacks.Callback):
            called = isinstance(one, type) and issubclass(one, keras.callbacks.Callback)
            cure = f": call it, {one.__name__[:60]}()" if called else ""
            raise TypeError(f"callbacks[{i}] must be a Keras callback, got {described(one)}{cure}")
    return list(callbacks)


def check_seed(seed: object) -> None:
    """Raise unless `seed` is None or a whole number that NumPy takes."""
    whole = isinstance(seed, int | np.integer) and not isinstance(seed, bool)
    if seed is not None and not (whole and 0 <= seed < 2**32):  # type: ignore[operator]
        raise ValueError(f"seed must be a whole number from 0 to 4294967295 or None, got {described(seed)}")


def schedule(learning_rate: object, steps: int) -> Schedule:
    """A number as half a cosine that falls to zero over the steps; a Keras schedule as it is."""
    if isinstance(learning_rate, keras.optimizers.schedules.LearningRateSchedule):
        return learning_rate
    number = isinstance(learning_rate, int | float | np.integer | np.floating) and not isinstance(learning_rate, bool)
    if not number or not 0 < learning_rate < math.inf or learning_rate > 1e30:  # type: ignore[operator]
        raise ValueError(f"learning_rate must be a number above 0 or a Keras schedule, got {described(learning_rate)}")
    return keras.optimizers.schedules.CosineDecay(float(learning_rate), steps)  # type: ignore[arg-type]
