"""What a learner's random function draws: whether it comes from the generator it was given, and how it is distributed.

Whatever is measured here is measured on so many numbers that chance moves it by a sixth of what is allowed, or less: no
verdict is left to luck.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import ks_2samp, norm

from aecourse.exercises.trial import call
from aecourse.exercises.values import an_array
from aecourse.exercises.verdicts import wrong

ALIKE = 0.4  # a correlation that two images' own noise never has: chance makes it 0.2 at most
GRAINS = 20  # pixels that must vary in an image for that: of two patterns with fewer, some agree by chance
BEYOND_CHANCE = 6.0  # how many standard deviations of its own a measured number may be off
TOO_FAR = 3.0  # a distance of two distributions, in units of 1/√n, that chance gives once in ten million times
MOST = 10.0  # strengths above are not told apart


def from_rng(function: object, *arguments: object, name: str, shape: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    """Call the learner's function of `arguments` and a generator, and return what it gave three times.

    Ends the check unless the same generator gives the same result, another generator another, and a second call too.
    """
    what, seeds = f"what {name} returns", np.random.default_rng().integers(0, 2**60, 2)
    # Two images first: with a wrong shape, as of numbers without axes for the pixels, many fill gigabytes.
    two = (np.asarray(arguments[0])[:2], *arguments[1:], np.random.default_rng(seeds[0]))
    an_array(call(function, *two, name=name), f"{what} for 2 images", shape=(2, *shape[1:]))

    def result(rng: np.random.Generator) -> np.ndarray:
        return an_array(call(function, *arguments, rng, name=name), what, shape=shape)

    rng = np.random.default_rng(seeds[0])
    first, second = result(rng), result(rng)
    again, other = (result(np.random.default_rng(seed)) for seed in seeds)
    if np.array_equal(first, other) and np.ptp(first - np.asarray(arguments[0])) < 1e-9:
        wrong("no noise is in the result: all pixels are as they were, or moved by one amount. Draw from the rng.")
    if np.array_equal(first, other):
        wrong(
            "two calls with different generators give the same result: nothing random comes from the rng that is "
            "passed in. Draw from it, and make no generator of your own."
        )
    if np.array_equal(first, second):
        wrong("two calls with the same rng give the same result: the second should go on where the first ended.")
    if not np.array_equal(first, again):
        wrong(
            "two generators with the same seed give different results: something is drawn from elsewhere, such as "
            "np.random or a new generator. Draw everything from the rng that is passed in."
        )
    return first, second, other


def look_at_range(y: np.ndarray, when: str = "") -> None:
    """End the check when pixels lie outside of 0 to 1."""
    if y.max() > 20:
        wrong(f"{when}the values reach {y.max():.0f}: pixels lie between 0 and 1, not between 0 and 255.")
    if y.min() < 0 or y.max() > 1:
        wrong(f"{when}the result reaches from {y.min():.1f} to {y.max():.1f}: clip it to 0 … 1.")


def differ(a: np.ndarray, b: np.ndarray, *, independent: int | None = None) -> bool:
    """Whether two samples come from different distributions; `independent` says how many numbers count as such."""
    n = min(a.size, b.size, independent or a.size)
    return bool(ks_2samp(a.ravel(), b.ravel(), method="asymp").statistic > TOO_FAR * np.sqrt(2 / n))


def related(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two samples are correlated beyond chance."""
    a, b = a.ravel() - a.mean(), b.ravel() - b.mean()
    size = np.sqrt((a**2).sum() * (b**2).sum())
    return bool(size > 0 and abs((a * b).sum()) / size > BEYOND_CHANCE / np.sqrt(a.size))


def tails(noise: np.ndarray) -> float:
    """The kurtosis: 3 for a normal distribution, 1.8 for an even one, above 3 where a few are far out."""
    noise = noise - noise.mean()
    return float((noise**4).mean() / (noise**2).mean() ** 2)


def in_common(noise: np.ndarray) -> str | None:
    """What share their numbers though each pixel should have its own; noise has shape (n, height, width, 1)."""
    moved = np.abs(noise).max()
    for axes, where in (
        ((0, 1, 2, 3), "all pixels of all images got the same number"),
        ((1, 2, 3), "all pixels of an image got the same number"),
        ((0,), "every image got the same noise"),
        ((2,), "all pixels of a row got the same number"),
        ((1,), "all pixels of a column got the same number"),
    ):
        if np.ptp(noise, axis=axes).max() < 1e-6 * moved:
            return where
    return None


def shared(noise: np.ndarray) -> bool:
    """Whether some images got the same noise as others, stronger or weaker; looks at 200 of them."""
    return bool((_alike(noise) > ALIKE).any())


def repeated(noise: np.ndarray) -> str | None:
    """Whether "all" or "some" images got the same noise, each in a strength of its own."""
    alike = _alike(noise) > ALIKE
    if alike.any():  # then fewer images differ than a pattern's chance is reckoned for
        return "all" if alike.mean() > 0.5 else "some"
    return "all" if _pattern_repeats(noise) else None


def _alike(noise: np.ndarray) -> np.ndarray:
    """The correlation, without its sign, of each two of 200 images of which enough varies: a grain or two may agree."""
    few = noise[:200].reshape(len(noise[:200]), -1)
    few = few[(np.abs(few - np.median(few, axis=1, keepdims=True)) > 1e-9).sum(axis=1) >= GRAINS]
    return np.abs(np.corrcoef(few))[np.triu_indices(len(few), 1)] if len(few) > 1 else np.zeros(0)


def strength_changes(noise: np.ndarray) -> str | None:
    """In which direction the strength changes within images: a line's mean square varies more than by chance."""
    for axis, where in ((1, "row"), (2, "column")):
        lines = np.square(noise).mean(axis=3 - axis)[..., 0]
        # By chance it is 2 / 28 in normal noise, and less where that is cut off.
        if (lines.var(axis=1) / np.maximum(lines.mean(axis=1), 1e-12) ** 2).mean() > 0.2:
            return where
    return None


def _pattern_repeats(noise: np.ndarray) -> bool:
    """Whether the patterns of images that differ are alike, each in a strength of its own."""
    means = np.sign(noise).mean(axis=0)
    return bool(np.abs(means - means.mean()).max() > BEYOND_CHANCE / np.sqrt(len(noise)))


def _moments(sigma: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean square of normal noise that is cut off at ± 0.5, and the variance of the squares."""
    t = 0.5 / sigma
    inside, outside, density = 2 * norm.cdf(t) - 1, 2 * norm.sf(t), norm.pdf(t)
    second = sigma**2 * (inside - 2 * t * density) + 0.5**2 * outside
    fourth = sigma**4 * (3 * inside - 2 * density * (t**3 + 3 * t)) + 0.5**4 * outside
    return second, fourth - second**2


GRID = np.concatenate([np.linspace(1e-4, 1.5, 3000), np.linspace(1.5, MOST, 1000)[1:]])


def strengths(noise: np.ndarray) -> np.ndarray:
    """The sigma of each image's noise, which was cut off at ± 0.5; noise has shape (n, height, width, 1)."""
    return np.interp(np.square(noise).mean(axis=(1, 2, 3)), _moments(GRID)[0], GRID)


def as_measured(sigma: np.ndarray, rng: np.random.Generator, *, pixels: int) -> np.ndarray:
    """What `strengths` finds in images with noise of these strengths."""
    second, variance = _moments(np.maximum(sigma, GRID[0]))
    return np.interp(second + rng.normal(0, 1, sigma.shape) * np.sqrt(variance / pixels), _moments(GRID)[0], GRID)
