"""Weights of networks that were trained longer than a lesson can take."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aecourse.checks import described
from aecourse.datasets.embedded import arrays

TRAINED = ("lifter", "denoiser", "cleaner", "codec", "judge", "restorer", "spreader")


def load_weights(name: str) -> list[NDArray[np.float32]]:
    """Load the weights of a trained network, in the order that Keras's `model.set_weights` takes.

    They are stored with half precision. `train.py` in the lessons' folders trains them, with the lessons' own code.

    Args:
        name: "lifter", which takes white marks off photographs (watermarks), "denoiser", which takes noise out
            of speech (sound), "cleaner", for damaged digits (denoising), "codec", for photographs (compression),
            "judge", which reads digits (generating), "restorer", for pages of text (reading), or "spreader", which
            spreads the colours of clicks (colour).

    Returns:
        One float32 array for each of the network's variables.

    Raises:
        ValueError: no network has that name, or the file is damaged.

    Source: `aecourse/data/sources.toml` says how and on what it was trained.

    Example:
        >>> len(load_weights("lifter")) > 0
        True
    """
    if not isinstance(name, str) or name not in TRAINED:
        raise ValueError(f"name must be one of {', '.join(TRAINED)}, got {described(name)}")
    stored = arrays(f"{name}.npz")
    return [stored[f"{i:03}"].astype(np.float32) for i in range(len(stored))]
