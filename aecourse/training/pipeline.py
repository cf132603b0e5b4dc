"""Where a training's batches come from: in a new order and with new damage in every epoch."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from aecourse.backend import keras
from aecourse.checks import described

Corruption = Callable[[np.ndarray, np.random.Generator], np.ndarray]


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
        TypeError: `corrupt` returned no array of numbers.
        ValueError: `corrupt` returned another shape or scale, or NaN.

    Example:
        >>> x, y = next(iter(batches(np.zeros((6, 4)), np.ones((6, 1)), 3)))
        >>> x.shape == (3, 4), y.shape == (3, 1)
        (True, True)
    """
    same = y is x
    x, y = (a.astype(keras.config.floatx(), copy=False) if a.dtype.kind == "f" else a for a in (x, y))
    corrupt = corrupt if corrupt is None or isinstance(corrupt, Damage) else Damage(corrupt)
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


def inputs_alone(data: Any) -> Any:
    """The inputs of `batches` without the targets, for a training step that takes none."""
    if keras.backend.backend() != "tensorflow":
        return ((x,) for x, _ in data)
    return data.map(lambda x, _: x)


def _orders(n: int, batch_size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """The places of each batch's samples, epoch after epoch without an end."""
    while True:
        order = rng.permutation(n)
        yield from (order[first : first + batch_size] for first in range(0, n, batch_size))


def _seen(x: np.ndarray, corrupt: Corruption | None, rng: np.random.Generator) -> np.ndarray:
    """What the model sees of a batch, which is a copy: what `corrupt` does to it cannot reach the training data."""
    return x if corrupt is None else corrupt(x, rng)


class Damage:
    """A learner's `corrupt` with its answers examined, its first error kept, and its time taken.

    TensorFlow calls it in a thread of its own and passes errors on in pages of its own words.
    """

    def __init__(self, corrupt: Corruption) -> None:
        self.corrupt = corrupt
        self.error: BaseException | None = None
        self.seconds = 0.0  # what the quickest batch so far took

    def __call__(self, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """The damaged batch."""
        before = time.perf_counter()
        top = x.max()
        try:
            seen = _examined(self.corrupt(x, rng), x, top)
        except BaseException as error:
            self.error = self.error or error
            raise
        took = time.perf_counter() - before
        self.seconds = min(took, self.seconds or took)
        return seen


def _examined(seen: Any, x: np.ndarray, top: float) -> np.ndarray:
    """The answer of `corrupt` as an array of the batch's type; `top` was the batch's highest value."""
    if seen is None:
        raise TypeError("corrupt must return the damaged batch, got None: does it change the batch in place? return x")
    if isinstance(seen, tuple | list | dict | str):
        first = isinstance(seen, tuple) and len(seen) > 0 and np.shape(seen[0]) == x.shape
        cure = ": its first is the damaged batch, lambda x, rng: damage(x, seed=rng)[0]" if first else ""
        cure = cure or (": np.stack(list) makes an array" if isinstance(seen, list) else "")
        raise TypeError(f"corrupt must return one array, got {described(seen)}{cure}")
    if np.ma.isMaskedArray(seen) and np.ma.count_masked(seen):
        raise ValueError("corrupt returned a masked array: fill its holes with a number, x.filled(0.0)")
    if np.shape(seen) != x.shape:
        raise ValueError(f"corrupt must return the shape it got, {x.shape}, not {np.shape(seen)}")
    values = seen if isinstance(seen, np.ndarray) else np.asarray(keras.ops.convert_to_numpy(seen))
    if values.dtype.kind not in "biuf":
        raise TypeError(f"corrupt must return numbers, got {described(values)}")
    if not np.isfinite(values).all():
        raise ValueError("corrupt returned NaN or infinity: expected finite numbers")
    if values.dtype.kind in "iu" and top <= 1 < values.max() and values.max() > 15:
        raise ValueError(
            f"corrupt must keep the scale: it got values up to {top:.3g} and returned whole numbers up to "
            f'{int(values.max())}. Divide them: .astype("float32") / 255'
        )
    return values.astype(x.dtype if x.dtype.kind == "f" else np.float32)
