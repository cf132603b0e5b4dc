"""A challenge for a class: restore digits that were damaged in ways nobody announces.

It belongs to no lesson. Learners practise on `damaged_digits(n, seed=…)`; the teacher's test digits are made from a
seed that nobody else knows: `python -m aecourse.exercises.grade SUBMISSIONS/ --out marks.csv --challenge SEED` hands
the damaged ones to each `restore` and keeps the clean ones to itself. So a score cannot be forged.
"""

from __future__ import annotations

import secrets

import numpy as np
from numpy.typing import NDArray

from aecourse.checks import described, is_whole
from aecourse.datasets import load_digits
from aecourse.exercises.core import an_array, call, close, exercise, wrong
from aecourse.metrics import sample_psnr

Digits = NDArray[np.float32]
TARGET = 6.0  # dB gained: a median filter alone gains 2.8, with the contrast stretched before it 6.3
PRACTICE = 300  # digits of a check


def damaged_digits(n: int, *, seed: int) -> tuple[Digits, Digits]:
    """Digits that are in no data set, and what became of them.

    Each digit is turned, stretched and moved a little, so that it cannot be looked up. Then it suffers two of these:
    noise, pixels that are lost, a block that is covered, a line across, a fog.

    Args:
        n: how many, from 1 to 10,000.
        seed: a whole number of at least 0; the same seed gives the same digits.

    Returns:
        clean and damaged digits, each of shape `(n, 28, 28, 1)`, float32 in [0, 1].

    Raises:
        TypeError: an argument is no whole number.
        ValueError: it is out of range.

    Example:
        >>> clean, damaged = damaged_digits(3, seed=5)
        >>> clean.shape, damaged.dtype.name
        ((3, 28, 28, 1), 'float32')
    """
    for name, value, least, most in (("n", n, 1, 10_000), ("seed", seed, 0, 2**128)):
        if not is_whole(value):
            raise TypeError(f"{name} must be a whole number, got {described(value)}")
        if not least <= value <= most:
            raise ValueError(f"{name} must lie in {least} to {most}, got {described(value)}")
    rng = np.random.default_rng(seed)
    (_, _), (x, _) = load_digits()
    clean = np.stack([_moved(x[i, :, :, 0], rng) for i in rng.integers(len(x), size=n)])
    damaged = np.stack([_damaged(one, rng) for one in clean])
    return clean[..., None].astype(np.float32), np.clip(damaged, 0, 1)[..., None].astype(np.float32)


def _moved(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The digit turned by up to 15 degrees, stretched by up to 15 % on each side and moved by up to two pixels."""
    from scipy.ndimage import affine_transform

    angle, stretch = rng.uniform(-0.26, 0.26), rng.uniform(0.87, 1.15, 2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) / stretch
    middle = np.array([13.5, 13.5])
    start = middle - turn @ (middle + rng.uniform(-2, 2, 2))
    return np.clip(affine_transform(image, turn, offset=start, order=1), 0, 1)


def _damaged(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    damages = (_noise, _lost, _covered, _line, _fog)
    for kind in rng.choice(len(damages), size=2, replace=False):
        image = damages[kind](image, rng)
    return image


def _noise(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.clip(image + rng.normal(0, rng.uniform(0.1, 0.4), image.shape), 0, 1)


def _lost(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.where(rng.random(image.shape) < rng.uniform(0.1, 0.4), rng.integers(2, size=image.shape), image)


def _covered(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    image, (height, width) = image.copy(), rng.integers(5, 10, 2)
    top, left = rng.integers(4, 24 - height), rng.integers(4, 24 - width)
    image[top : top + height, left : left + width] = rng.uniform(0, 1)
    return image


def _line(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    image = image.copy()
    across = np.arange(28)
    along = np.clip(np.round(rng.uniform(6, 22) + rng.uniform(-0.6, 0.6) * (across - 14)), 0, 26).astype(int)
    places = (along, across) if rng.random() < 0.5 else (across, along)
    for thick in range(2):
        image[np.minimum(places[0] + thick, 27), places[1]] = rng.uniform(0.6, 1)
    return image


def _fog(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return rng.uniform(0.3, 0.6) + rng.uniform(0.3, 0.4) * image


def gained(clean: Digits, damaged: Digits, restored: Digits) -> float:
    """How many dB of PSNR restoring gains, on average over the digits; what leaves [0, 1] is cut off.

    Example:
        >>> clean, damaged = damaged_digits(5, seed=1)
        >>> gained(clean, damaged, damaged)
        0.0
    """
    return float(np.mean(_psnr(clean, restored) - _psnr(clean, damaged)))


def _psnr(clean: Digits, other: Digits) -> np.ndarray:
    # A digit that comes back whole counts as 50 dB, not as endless.
    return np.minimum(sample_psnr(clean, np.clip(other, 0, 1)), 50)


@exercise(
    f"to restore damaged digits so that {TARGET:g} dB are gained",
    hints=(
        "damaged_digits(n, seed=…) gives clean and damaged digits, as many as you like: train on them, and keep others "
        "back to choose with.",
        "The lesson on denoising has a network that takes a damaged digit and gives a clean one: train_denoiser and "
        "the like are in aecourse.recipes.denoising. Give it these damages instead of noise.",
        "Clean and damaged digits go in pairs: clean, damaged = damaged_digits(10_000, seed=1), then "
        "model.fit(damaged, clean, …), and restore = lambda x: model.predict(x).",
    ),
)
def restore(restore: object) -> str:
    """Damage digits anew, hand them to the learner's function, and measure what it gains."""
    clean, damaged = damaged_digits(PRACTICE, seed=secrets.randbits(64))
    given = an_array(call(restore, damaged, name="restore"), "restore(damaged)", shape=damaged.shape)
    if close(given, damaged):
        wrong("nothing is restored: that is what came in.")
    if given.std() < 1e-6:
        wrong("all pixels are alike: is the function still empty?")
    gain = gained(clean, damaged, given.astype(np.float32))
    if gain < 0:
        wrong(f"{gain:.1f} dB: the digits are farther from the clean ones than before.")
    if gain < TARGET:
        wrong(f"{gain:.1f} dB gained; {TARGET:g} dB are asked. What kind of damage is still in them?")
    return f"{gain:.1f} dB gained on digits that were damaged for this check."
