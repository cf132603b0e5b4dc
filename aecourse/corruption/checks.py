"""What all corruptions ask of a seed and of a number."""

from __future__ import annotations

import math

import numpy as np

Seed = int | np.random.Generator


def a_generator(seed: object) -> np.random.Generator:
    """The generator itself, or a new one from a whole number."""
    if isinstance(seed, np.random.Generator):
        return seed
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise TypeError(f"seed must be a whole number of at least 0 or a NumPy Generator, got {seed!r}")
    return np.random.default_rng(seed)


def in_range(name: str, value: float, *, high: float) -> float:
    """The number, if it lies between 0 and `high`; a ValueError that names it otherwise."""
    number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not number or not 0 <= value <= high or not math.isfinite(value):
        raise ValueError(f"{name} must be a number from 0 to {high:g}, got {value!r}")
    return float(value)
