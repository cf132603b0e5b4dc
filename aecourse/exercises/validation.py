"""What exercises with a training share: the check hands over the digits, and judges on digits that no lesson holds.

A network that was trained on the digits it is judged by looks better than it is. So the check calls the learner's
function with 7,000 digits of its own, mirrored, and measures on 1,000 others, mirrored too. Whoever trains on the
lesson's digits instead, or returns a network of the lesson, is found out: it knows the digits the right way round only.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from aecourse.backend import keras
from aecourse.datasets import split_digits
from aecourse.exercises.trial import call
from aecourse.exercises.values import describe, kind
from aecourse.exercises.verdicts import wrong
from aecourse.models import Autoencoder

SEED = 0  # the same answer trains alike each time


@functools.cache
def fresh_digits() -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """`split_digits` with each digit mirrored: to hand over, to judge by, to confirm on; with their labels.

    Those to hand over come in another order than the lesson's, so that the lesson's labels do not fit them.
    """
    (x_fit, y_fit), valid, test = split_digits()
    order = np.random.default_rng(SEED).permutation(len(x_fit))
    return tuple((np.ascontiguousarray(x[:, :, ::-1]), y) for x, y in ((x_fit[order], y_fit[order]), valid, test))


def train(function: object, *others: object, name: str, flat: bool = False) -> Any:
    """What the learner's function makes of the 7,000 digits that it is handed.

    Args:
        function: the learner's; takes digits, shape `(7000, 28, 28, 1)`, and `others`.
        others: what else it takes.
        name: what messages call it.
        flat: hand the digits over as `(7000, 784)`.
    """
    if isinstance(function, keras.Model | keras.callbacks.History | list | tuple):
        wrong(f"{name} must be a function, and is {describe(function)}. The check trains with it, on its own digits.")
    x = fresh_digits()[0][0]
    keras.utils.set_random_seed(SEED)
    return call(function, x.reshape(len(x), -1) if flat else x, *others, name=name)


def judge(
    error: Callable[[np.ndarray], float],
    *,
    name: str,
    target: float,
    advice: str,
    measure: str = "an error",
    digits: int = 4,
) -> str:
    """End the check unless the error on the digits that were kept back is below the target.

    Args:
        error: from digits, shape `(n, 28, 28, 1)`, to the error on them.
        name: the learner's function, which `train` called.
        target: what the error has to stay below.
        advice: what to try when it is not below.
        measure: what the error is called, with its article.
        digits: how many digits of it are shown.

    Returns:
        What was measured, for the word of praise.
    """
    (_, _), (x_valid, _), (x_test, _) = fresh_digits()
    found = error(x_valid)
    lesson = error(split_digits()[1][0])
    # A network that gives NaN is below no target.
    missed = not found < target
    if missed and lesson < 0.8 * found:
        wrong(
            f"{measure} of {found:.{digits}f} on digits like those that {name} was handed, but of {lesson:.{digits}f} "
            f"on the lesson's own. So it was trained on the lesson's digits: train on the argument of {name}."
        )
    if missed:
        wrong(f"{measure} of {found:.{digits}f} on the digits that were kept back; below {target:g} is asked. {advice}")
    return f"{found:.{digits}f} on the digits that were kept back, {error(x_test):.{digits}f} on the test digits"


def a_model(value: object, name: str) -> keras.Model:
    """The learner's value as a Keras model that knows its shapes; ends the check when it is none."""
    if isinstance(value, keras.callbacks.History):
        to_do = "return the model" if "return" in name else f"{name} = model"
        wrong(f"{name} is what fit returns, the history of the losses. The model is what was trained: {to_do}.")
    if value is None:
        wrong(f"{name} is None: `compile`, `summary` and `save` return nothing. The model itself is asked for.")
    if isinstance(value, keras.KerasTensor):
        wrong(f"{name} is a KerasTensor, a stage on the way: keras.Model(input, output) makes a model of two of them.")
    if isinstance(value, list | tuple) and value and all(isinstance(part, keras.Model) for part in value):
        wrong(f"{name} is a {type(value).__name__} of {len(value)} Keras models: a single one is asked for.")
    if isinstance(value, list | tuple) and value and all(isinstance(part, keras.Layer) for part in value):
        wrong(f"{name} is a {type(value).__name__} of layers: keras.Sequential(…) makes a model of them.")
    if not isinstance(value, keras.Model):
        wrong(f"{name} must be a Keras model, and is {describe(value)}.")
    if not value.built or not isinstance(getattr(value, "input_shape", None), tuple):
        wrong(f"{name} does not know its input shape: start it with keras.Input(...).")
    return value


def an_autoencoder(value: object, name: str, *, code: int, takes: tuple[int, ...] | None = (28, 28, 1)) -> Autoencoder:
    """The learner's value as an `Autoencoder` with a code of so many numbers; ends the check when it is none.

    Args:
        value: what the learner gave.
        name: what messages call it.
        code: how many numbers the code must hold.
        takes: the shape of one input, or None for any.
    """
    if isinstance(value, list | tuple) and [isinstance(part, keras.Model) for part in value] == [True, True]:
        wrong(
            f"{name} is two Keras models: from aecourse.models import Autoencoder, then Autoencoder(encoder, decoder) "
            "makes one of them."
        )
    model = a_model(value, name)
    if not isinstance(model, Autoencoder):
        wrong(
            f"{name} is {kind(model)}, one Keras model. The check needs encoder and decoder apart: "
            "from aecourse.models import Autoencoder, then Autoencoder(encoder, decoder) makes one of two Keras models "
            f"that meet in the {code} numbers."
        )
    shape = tuple(model.encoder.output_shape[1:])
    if shape != (code,):
        wrong(f"the code must hold {code} numbers, shape ({code},), and has shape {shape}.")
    if takes is not None and tuple(model.input_shape) != (None, *takes):
        wrong(f"the network must take inputs of shape {takes}, and takes {tuple(model.input_shape)[1:]}.")
    return model
