"""Whether targets are what the model's outputs can be compared with: shape, labels, range."""

from __future__ import annotations

import functools
import inspect
import math
import warnings

import numpy as np

from aecourse.backend import keras
from aecourse.checks import described
from aecourse.models.shapes import samples, slip
from aecourse.models.structure import Shape, compatible, last_activation, output_range

# Keras's losses that compare whole numbers (classes) with a list of numbers, and those with rules of their own.
CLASSES = "sparse_categorical_crossentropy"
FREE = ("ctc", "circle", "categorical_generalized_cross_entropy")
RANGES = {
    "binary_crossentropy": (0.0, 1.0),
    "binary_focal_crossentropy": (0.0, 1.0),
    "categorical_crossentropy": (0.0, 1.0),
    "categorical_focal_crossentropy": (0.0, 1.0),
    "kl_divergence": (0.0, 1.0),
    "dice": (0.0, 1.0),
    "tversky": (0.0, 1.0),
    "poisson": (0.0, math.inf),
    "mean_squared_logarithmic_error": (0.0, math.inf),
}
ROUNDING = 1e-5


def keras_name(loss: object) -> str | None:
    """The name of a loss of Keras's own, however it was given; None for a function or class of one's own.

    Raises:
        ValueError: it is no loss.
    """
    try:
        found = keras.losses.get(loss) if loss is not None and not isinstance(loss, list | tuple | dict) else None
    except (ValueError, TypeError):
        found = None
    if not callable(found):
        raise ValueError(
            'loss must be Keras\'s name of one, such as "mse" or "binary_crossentropy", a Keras loss, or a function '
            f"of targets and outputs, got {described(loss)}"
        )
    if isinstance(found, keras.losses.Loss) and not type(found).__module__.startswith("keras."):
        return None
    function = inspect.unwrap(getattr(found, "fn", found))
    while isinstance(function, functools.partial):
        function = function.func
    own = not getattr(function, "__module__", "").startswith("keras.")
    return None if own else str(getattr(function, "__name__", ""))


def fitting_targets(name: str, y: np.ndarray, output: Shape | None, loss: str | None) -> np.ndarray:
    """The targets, if the loss can compare them with outputs of that shape, `(n,)` as `(n, 1)` where those are so.

    Raises:
        ValueError: shapes that would be stretched to fit (broadcast), or labels that are no classes of the output.
    """
    if output is None or loss is None or loss in FREE:
        return y
    if loss == CLASSES:
        return _classes(name, y, output)
    if y.ndim == 1 and output == (1,):
        return y[:, None]
    if compatible(output, y.shape[1:]):
        return y
    raise ValueError(
        f"the model's outputs have shape {samples(output)}, {name} has shape {y.shape}: both must be the same, or "
        f"each value would be compared with many others{_target_slip(name, y, output)}"
    )


def _classes(name: str, y: np.ndarray, output: Shape) -> np.ndarray:
    """Whole numbers from 0 to the number of outputs, one a list of outputs."""
    if not output or not (compatible(output[:-1], y.shape[1:]) or compatible((*output[:-1], 1), y.shape[1:])):
        raise ValueError(
            f"{name} must hold one class number for each list of outputs, shape {samples(output[:-1])}, for outputs of "
            f'shape {samples(output)}, got {y.shape}. For targets of the outputs\' shape use "categorical_crossentropy"'
        )
    top = math.inf if output[-1] is None else output[-1]
    if y.min() < 0 or y.max() >= top or (y != np.floor(y)).any():
        raise ValueError(
            f"{name} must hold whole numbers from 0 to {top - 1:g}, one class for each of the model's {top:g} outputs, "
            f"got values from {float(y.min()):.3g} to {float(y.max()):.3g}"
        )
    return y


def _target_slip(name: str, y: np.ndarray, output: Shape) -> str:
    whole = bool((y == np.floor(y)).all())
    if y.ndim == 1 or (y.ndim == 2 and y.shape[1] == 1 and len(output) > 1):
        if whole and len(output) == 1:
            return '. Are these class numbers? Their loss is "sparse_categorical_crossentropy"'
        return ". Are these labels? An autoencoder's targets are its inputs, which fit takes where y is left out"
    if y.ndim == 2 and y.shape[1] == 1 and whole and len(output) == 1:
        return '. Are these class numbers? Their loss is "sparse_categorical_crossentropy"'
    return slip(name, y.shape, output)


def check_range(name: str, y: np.ndarray, loss: str | None, model: keras.Model) -> None:
    """Raise where the loss is not defined for the targets, or the model's last activation cannot reach them.

    Raises:
        ValueError: it is so.
    """
    if loss is None or loss == CLASSES or loss in FREE:
        return
    low, high = RANGES.get(loss, (-math.inf, math.inf))
    reach, why = f'loss "{loss}" takes targets', "it is not defined for others"
    if _inside(y, low, high):
        low, high = output_range(model)
        reach = f'the model ends in "{last_activation(model)}", which gives numbers'
        why = "no training reaches others"
    if _inside(y, low, high):
        return
    span = f"from {low:g} to {high:g}" if high < math.inf else f"of at least {low:g}"
    raise ValueError(
        f"{reach} {span}, {name} holds values from {float(y.min()):.3g} to {float(y.max()):.3g}: {why}. "
        f"{_scale_advice(name, y)}"
    )


def _inside(y: np.ndarray, low: float, high: float) -> bool:
    return bool(y.min() >= low - ROUNDING and y.max() <= high + ROUNDING)


def _scale_advice(name: str, y: np.ndarray) -> str:
    it = name if name.isidentifier() else "y"
    if y.min() >= 0 and 15 < y.max() <= 255:
        return f'Pixels as bytes: {it}.astype("float32") / 255 scales them'
    if y.min() >= 0 and y.max() <= 1.5:
        return f"np.clip({it}, 0, 1) cuts off what is above"
    return (
        'For standardised tables and sounds use loss="mse" and a linear output, in dense_autoencoder '
        'output_activation="linear"'
    )


def warn_of_logits(model: keras.Model, loss: object, name: str | None) -> None:
    """Warn where binary cross-entropy expects probabilities and the last layer gives any number, or the reverse."""
    if name not in ("binary_crossentropy", "binary_focal_crossentropy"):
        return
    config = loss.get_config() if isinstance(loss, keras.losses.Loss) else {}
    logits, last = bool(config.get("from_logits", False)), last_activation(model)
    if logits and last == "sigmoid":
        advice = "leave from_logits out, or make the last layer linear"
    elif not logits and last == "linear":
        advice = 'end the model in activation="sigmoid", or use keras.losses.BinaryCrossentropy(from_logits=True)'
    else:
        return
    warnings.warn(
        f"the loss takes {'any numbers (logits)' if logits else 'probabilities'}, and the model ends in {last!r}: "
        f"{advice}",
        UserWarning,
        stacklevel=3,
    )
