"""How a training is compiled: what makes its steps quick on a CPU, and what would not pay."""

from __future__ import annotations

import sys

from aecourse.backend import keras
from aecourse.models.autoencoder import flat_layers


def worth_compiling(model: keras.Model, steps: int) -> bool:
    """Whether TensorFlow's compiler (XLA), which Keras leaves off on CPUs, pays for this training.

    Measured on two cores: a step of a dense network takes two thirds of the time, the compilation some seconds.
    Convolutions gained nothing; other systems than Linux were not tried.
    """
    dense = (keras.layers.Dense, keras.layers.BatchNormalization)
    return (
        keras.backend.backend() == "tensorflow"
        and sys.platform == "linux"
        and steps >= 400
        and all(isinstance(layer, dense) for layer in flat_layers(model) if layer.weights)
    )


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
