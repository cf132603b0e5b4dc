"""How a training is compiled: what makes its steps quick on a CPU, and what would not pay."""

from __future__ import annotations

import math
import sys

from aecourse.backend import keras
from aecourse.models.structure import flat_parts, is_own, is_plain

layers = keras.layers

# Layers whose compilation was tried. Others may compile, or may end a training of 400 steps that runs with 390: a
# resize with cubic splines does. So may functions of one's own.
COMPILE = (
    layers.Activation,
    layers.BatchNormalization,
    layers.Dense,
    layers.Dropout,
    layers.Flatten,
    layers.GaussianNoise,
    layers.InputLayer,
    layers.ReLU,
    layers.Reshape,
)
# Layers with weights whose multiplications `seconds_a_step` can count.
COUNTED = (
    layers.BatchNormalization,
    layers.Conv1D,
    layers.Conv1DTranspose,
    layers.Conv2D,
    layers.Conv2DTranspose,
    layers.Dense,
    layers.EinsumDense,
    layers.LayerNormalization,
)
RATE = 2e10  # multiplications a second, measured on two cores
LONGEST_CALL = 0.25  # seconds; the stop button waits for its end


def worth_compiling(model: keras.Model, steps: int, loss_is_kerass: bool = True) -> bool:
    """Whether TensorFlow's compiler (XLA), which Keras leaves off on CPUs, pays for this training.

    Measured on two cores: a step of a dense network takes two thirds of the time, the compilation some seconds.
    Convolutions gained nothing; other systems than Linux were not tried.
    """
    return (
        keras.backend.backend() == "tensorflow"
        and sys.platform == "linux"
        and steps >= 400
        and loss_is_kerass
        and _is_kerass_own(model)
        and all(_compiles(part) for part in flat_parts(model))
    )


def _is_kerass_own(model: keras.Model) -> bool:
    """Whether the model and those inside it compute what their parts say, with Keras's own training step."""
    inside = [layer for layer in model.layers if isinstance(layer, keras.Model)]
    plain = is_plain(model) and not is_own(model, "train_step") and not is_own(model, "compute_loss")
    return plain and all(_is_kerass_own(part) for part in inside)


def _compiles(part: keras.Operation) -> bool:
    functions = [getattr(part, "activation", None), *(getattr(part, f"{w}_regularizer", None) for w in _REGULARIZED)]
    kerass = all(_module(f).startswith("keras.") for f in functions if f is not None)
    return type(part) in COMPILE and kerass


_REGULARIZED = ("kernel", "bias", "activity")


def _module(function: object) -> str:
    return getattr(function, "__module__", None) or type(function).__module__


def seconds_a_step(model: keras.Model, batch_size: int, sample: tuple[int, ...]) -> float:
    """How long a training step takes, from its multiplications; infinite where they cannot be counted.

    An estimate, not a measurement: the same training is compiled alike each time.
    """
    if not is_plain(model) or is_own(model, "train_step"):
        return math.inf
    work = sum(_multiplications(part, sample) for part in flat_parts(model))
    return 3 * batch_size * work / RATE  # there, and twice on the way back


def _multiplications(part: keras.Operation, sample: tuple[int, ...]) -> float:
    if not type(part).__module__.startswith("keras.") or isinstance(part, layers.Lambda):
        return math.inf
    try:
        seen, given = ([tuple(side.shape[1:])] for side in (part.input, part.output))
    except (AttributeError, ValueError):  # used twice, or never: two inputs, or none
        seen = given = []
    shapes = [[_side(shape, i, sample) for i in range(len(shape))] for shape in (*seen, *given)]
    values = max((math.prod(shape) for shape in shapes), default=math.inf if _weights(part) else 0)
    if not _weights(part):
        return 10.0 * values
    if not isinstance(part, COUNTED):
        return math.inf
    # Each weight of a kernel is used at each place: of the output, or of the input where that is the larger.
    places = max(math.prod(shape[:-1]) for shape in shapes) if shapes else math.inf
    return max(float(places) * max(math.prod(w.shape) for w in _weights(part)), 10.0 * values)


def _weights(part: keras.Operation) -> list[keras.Variable]:
    return list(getattr(part, "weights", []))


def _side(shape: tuple[int | None, ...], i: int, sample: tuple[int, ...]) -> int:
    """A side of a layer's shape; one that the model leaves open is as long as that of the inputs."""
    side = shape[i]
    return side if side is not None else sample[min(i, len(sample) - 1)] if sample else 1


def steps_at_once(steps: int, seconds: float = 0.0) -> int:
    """How many of an epoch's steps TensorFlow does in one call, up to ten: between two calls Keras needs milliseconds.

    Args:
        steps: of one epoch.
        seconds: how long a step takes, if known. The stop button waits for the end of a call: it lasts a quarter of a
            second at most, or one step.

    Returns:
        What `model.compile` takes as `steps_per_execution`: a divisor of `steps`; 1 for short epochs, and where Keras
        runs on another backend.

    Example:
        >>> steps_at_once(7)
        1
    """
    if steps < 20 or keras.backend.backend() != "tensorflow":
        return 1
    most = 10 if seconds <= LONGEST_CALL / 10 else max(1, int(LONGEST_CALL / seconds))
    return max(n for n in range(1, most + 1) if steps % n == 0)
