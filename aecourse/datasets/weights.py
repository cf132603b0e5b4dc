"""Weights of networks that were trained longer than a lesson can take."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

from aecourse.datasets import files

TRAINED = ("lifter", "denoiser")


def load_weights(name: str) -> list[NDArray[np.float32]]:
    """Load the weights of a trained network, in the order that Keras's `model.set_weights` takes.

    They are stored with half precision. Tools train them with the lessons' own code: `tools/train_lifter.py` and
    `tools/train_denoiser.py`.

    Args:
        name: "lifter", lesson 06's network for white watermarks, or "denoiser", lesson 09's for speech.

    Returns:
        One float32 array for each of the network's variables.

    Raises:
        ValueError: no network has that name, or the file is damaged.

    Source: `aecourse/data/sources.toml` says how and on what it was trained.

    Example:
        >>> len(load_weights("lifter")) > 0
        True
    """
    if name not in TRAINED:
        raise ValueError(f"name must be one of {', '.join(TRAINED)}, got {name!r}")
    with np.load(io.BytesIO(files.embedded(f"{name}.npz")), allow_pickle=False) as archive:
        return [archive[f"{i:03}"].astype(np.float32) for i in range(len(archive.files))]
