"""What `fit` asks of its arguments."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from aecourse.backend import keras
from aecourse.checks import described, finite

# Keras has no types of its own.
Schedule: TypeAlias = Any
Validation = np.ndarray | tuple[np.ndarray, np.ndarray] | None


def check_samples(name: str, x: object, target_name: str, y: object) -> None:
    """Raise unless both are arrays of numbers without NaN, with equally many samples, at least one."""
    sizes = [_samples(label, values) for label, values in ((name, x), (target_name, y))]
    if sizes[0] != sizes[1]:
        raise ValueError(f"{name} and {target_name} must hold equally many samples, got {sizes[0]} and {sizes[1]}")


def _samples(label: str, values: object) -> int:
    if not isinstance(values, np.ndarray) or values.ndim < 1 or len(values) == 0:
        raise ValueError(f"{label} must be a NumPy array with at least one sample, got {described(values)}")
    if values.dtype.kind not in "biuf":
        raise ValueError(f"{label} must hold numbers, got an array of {values.dtype}")
    finite(label, values)
    return len(values)


def validation_pair(validation_data: Validation) -> tuple[np.ndarray, np.ndarray] | None:
    """Inputs and targets to validate with; an array alone is both."""
    if validation_data is None:
        return None
    pair = (validation_data, validation_data) if isinstance(validation_data, np.ndarray) else validation_data
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise ValueError(
            f"validation_data must be an array, or a pair of inputs and targets, got {described(validation_data)}"
        )
    check_samples("validation_data", pair[0], "the targets of validation_data", pair[1])
    return pair[0], pair[1]


def check_watch(watch: object, x: np.ndarray) -> None:
    """Raise unless `watch` is None or holds a few inputs like those of `x`."""
    if watch is None:
        return
    if not isinstance(watch, np.ndarray) or watch.shape[1:] != x.shape[1:] or watch.ndim != x.ndim or len(watch) == 0:
        raise ValueError(f"watch must hold a few inputs of shape {x.shape[1:]}, got {described(watch)}")


def check_corrupt(corrupt: Callable[..., object] | None) -> None:
    """Raise unless `corrupt` is None or can be called."""
    if corrupt is not None and not callable(corrupt):
        raise TypeError(f"corrupt must be a function of a batch and a Generator, got {described(corrupt)}")


def schedule(learning_rate: object, steps: int) -> Schedule:
    """A number as half a cosine that falls to zero over the steps; a Keras schedule as it is."""
    if isinstance(learning_rate, keras.optimizers.schedules.LearningRateSchedule):
        return learning_rate
    number = isinstance(learning_rate, int | float | np.integer | np.floating) and not isinstance(learning_rate, bool)
    if not number or not 0 < learning_rate < math.inf:  # type: ignore[operator]
        raise ValueError(f"learning_rate must be a number above 0 or a Keras schedule, got {described(learning_rate)}")
    return keras.optimizers.schedules.CosineDecay(float(learning_rate), steps)  # type: ignore[arg-type]
