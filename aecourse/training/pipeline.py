"""Where a training's batches come from: in a new order and with new damage in every epoch."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from aecourse.backend import keras

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
