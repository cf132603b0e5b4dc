"""The exercises on denoising: Gaussian noise, PSNR, fresh noise of any strength, and filled holes."""

from __future__ import annotations

import numpy as np

from aecourse.corruption import add_gaussian_noise, mask_block
from aecourse.exercises.core import (
    RIGHT,
    Drawn,
    a_number,
    an_array,
    call,
    close,
    drawn_apart,
    examples,
    exercise,
    recognise,
    shape_of,
    uses,
    wrong,
)
from aecourse.exercises.draws import (
    as_measured,
    differ,
    from_rng,
    in_common,
    look_at_range,
    related,
    repeated,
    shared,
    strength_changes,
    strengths,
    tails,
)
from aecourse.exercises.validation import a_model, fresh_digits, judge, train
from aecourse.metrics import mse, psnr, sample_psnr
from aecourse.models import outputs

HOLE = 10
HOLES_TARGET = 0.5

FEW = 5.0  # standard deviations of the mean
EVEN, FAR = 2.6, 3.4  # a kurtosis below is that of evenly drawn numbers, above that of a mixture; 3 is normal
WORKED = "An error of 0.1 in every pixel is an MSE of 0.01, and 10 · log10(1 / 0.01) is 20."
LEVELS = np.array([0, 0.25, 0.5, 0.75, 1])


@exercise(
    "to add Gaussian noise and clip",
    hints=(
        "rng.normal(0, sigma, shape) draws an array of the shape you ask for; add it to x.",
        "Pixels lie between 0 and 1: np.clip(…, 0, 1) goes around the sum.",
        "return np.clip(x + rng.normal(0, sigma, x.shape), 0, 1)",
    ),
)
def noise(my_noise: object) -> str:
    """Look at where the noise comes from, at its strength, shape and freshness, and at how it is clipped."""
    if uses(my_noise, add_gaussian_noise):
        wrong("add_gaussian_noise is the course's own answer: write it yourself, with rng.normal and np.clip.")
    rng = np.random.default_rng()
    x = rng.uniform(0.45, 0.55, (60, 28, 28, 1))
    weak, sigma = 0.03, float(rng.uniform(0.055, 0.059))
    added, _, _ = (y - x for y in from_rng(my_noise, x, sigma, name="my_noise", shape=x.shape))
    fainter = an_array(call(my_noise, x, weak, rng, name="my_noise"), "what my_noise returns", shape=x.shape) - x
    _look_for_common_numbers(added)
    if all((y + x == 0).sum() == (y + x == 1).sum() in (1, len(x)) for y in (added, fainter)):
        wrong("the result is stretched to 0 … 1: leave it as it is, and cut off what lies outside (np.clip).")
    if abs((added + x).mean()) < 0.1 * x.mean():
        wrong("only the noise is there: add it to x.")
    if (added + x).max() > 20:
        look_at_range(added + x)
    same = (added == 0).mean()
    if 0.45 < same < 0.55 and added.min() >= 0:
        wrong("half of the pixels did not change, the others became brighter: clip the sum x + noise, not the noise.")
    if same > 0.02:
        wrong(f"{same:.0%} of the pixels did not change at all: every pixel gets a number of its own, from rng.normal.")
    _look_at_mean(added, sigma)
    _look_at_strength(x, added, fainter, (sigma, weak))
    kurtosis = tails(added)
    if kurtosis < EVEN:
        wrong("the noise has no long tails, as evenly drawn numbers have none: use rng.normal.")
    if kurtosis > FAR or differ(added / sigma, rng.normal(size=added.shape)):
        wrong("the noise is not normally distributed: a few pixels are hit much harder than others. Use rng.normal.")
    if related(added[:, 1:], added[:, :-1]) or related(added[:, :, 1:], added[:, :, :-1]):
        wrong("neighbouring pixels get noise that is alike: each pixel needs a number of its own, of x.shape.")
    if np.ptp(added.std(axis=(1, 2, 3))) > 0.4 * sigma:
        wrong("some images get stronger noise than others: sigma is the same for all.")
    _look_at_clipping(my_noise, rng)
    return (
        f"for sigma {sigma:.4f} your noise has a standard deviation of {added.std():.4f}; fresh in each call, normally "
        "distributed, and clipped."
    )


def _look_for_common_numbers(added: np.ndarray) -> None:
    common = in_common(added)
    if common:
        wrong(f"{common}: ask rng for an array of x.shape.")
    alike = repeated(added)
    if alike == "all":
        wrong("the noise of all images is alike: ask rng for an array of x.shape.")
    if alike:
        wrong("some images got the same noise as others: ask rng for an array of x.shape.")


def _look_at_mean(added: np.ndarray, sigma: float) -> None:
    mean = added.mean() / sigma
    # Chance moves the mean of 47,040 numbers by 0.005 standard deviations of their own.
    if abs(added.mean()) < 0.04 * added.std():
        return
    if added.min() >= -1e-9:
        lowest = "evenly between 0 and 1, as rng.random draws" if tails(added) < EVEN else "never below 0"
        wrong(f"the noise only brightens: its numbers lie {lowest}. They should lie around 0: rng.normal(0, sigma, …).")
    wrong(f"the noise has a mean of {mean:.2f} sigma, and should have 0: rng.normal(0, sigma, x.shape).")


def _look_at_strength(x: np.ndarray, added: np.ndarray, fainter: np.ndarray, sigmas: tuple[float, float]) -> None:
    found, asked = np.array([added.std(), fainter.std()]), np.array(sigmas)
    # Chance moves a standard deviation of 47,040 numbers by a third of a percent.
    if close(found, asked, tolerance=0.03):
        return
    z = np.random.default_rng().normal(size=x.shape)
    clipped = {power: [(np.clip(x + s**power * z, 0, 1) - x).std() for s in sigmas] for power in (2, 0.5)}
    if close(found, clipped[2], tolerance=0.04):
        wrong("sigma is the standard deviation, not its square: rng.normal takes it as it is.")
    if close(found, clipped[0.5], tolerance=0.04):
        wrong("sigma is the standard deviation, not the variance: rng.normal takes it as it is, without a root.")
    if added[x < 0.48].std() < 0.93 * added[x > 0.52].std():
        wrong("dark pixels get less noise than bright ones: add the noise to x, and multiply it with sigma only.")
    if found.min() > 0.3:
        wrong(
            f"for sigma {sigmas[0]:.3f} and sigma {sigmas[1]:.3f} the noise is so strong that it ends at black and "
            f"white, with a standard deviation of {found[0]:.2f} and {found[1]:.2f}: use sigma as it is passed in."
        )
    if abs(found[0] / found[1] - 1) < 0.05:
        wrong(
            f"the noise is equally strong for sigma {sigmas[0]:.3f} and sigma {sigmas[1]:.3f}, with a standard "
            f"deviation of {found[0]:.3f}: use the sigma that is passed in."
        )
    shape, more = tails(added), ""
    if shape < EVEN:
        more = " And it has no long tails, as evenly drawn numbers have none: use rng.normal."
    elif shape > FAR:
        more = " And a few pixels are hit much harder than others: use rng.normal."
    wrong(f"for sigma {sigmas[0]:.4f} the noise has a standard deviation of {found[0]:.4f}.{more}")


def _look_at_clipping(my_noise: object, rng: np.random.Generator) -> None:
    """Noise of sigma 1 on five shades."""
    x = np.broadcast_to(LEVELS[:, None, None, None], (5, 120, 120, 1)).copy()
    strong = an_array(call(my_noise, x, 1.0, rng, name="my_noise"), "what my_noise returns", shape=x.shape)
    look_at_range(strong, "at sigma 1 ")
    if strong[0].max() < 0.9:
        wrong(f"no black pixel becomes brighter than {strong[0].max():.2f}: clip the sum x + noise, not the noise.")
    expected = np.clip(x + rng.normal(0, 1, x.shape), 0, 1)
    if any(differ(a, b) for a, b in zip(strong, expected, strict=True)):
        black, white = (strong[0] == 0).mean(), (strong[-1] == 1).mean()
        wrong(
            f"at sigma 1 {black:.0%} of the black pixels stay 0 and {white:.0%} of the white ones 1, and half of each "
            "should: a sum below 0 becomes 0 and one above 1 becomes 1 (np.clip)."
        )


@exercise(
    "to write the PSNR",
    hints=(
        "First the mean squared error of each image: one number for each row of (x - y).reshape(len(x), -1).",
        "Then 10 · log10(1 / MSE), which is -10 * np.log10(MSE).",
        "return -10 * np.log10(((x - y) ** 2).reshape(len(x), -1).mean(axis=1))",
    ),
    drawn=Drawn(
        "to write the PSNR of images whose pixels go from 0 to {peak}",
        {"peak": [*range(50, 255), *range(256, 400)]},
        lambda mine, peak: lambda x, y: mine(peak * x, peak * y),
    ),
)
def decibels(my_psnr: object) -> str:
    """Compare with the PSNR of random images that never reach 1, and recognise the usual slips."""
    if uses(my_psnr, psnr, sample_psnr):
        wrong("that calls the course's own PSNR: write it yourself, from the mean squared error of each image.")
    x, y = drawn_apart(_pairs, _psnrs)
    result = call(my_psnr, x, y, name="my_psnr")
    slips, shape = _psnrs(x, y), shape_of(result)
    n, whole = len(x), x.shape
    if np.ndim(result) == 0:  # type: ignore[arg-type]
        a_number(result, "what my_psnr returns")
        wrong("my_psnr must return one number for each image, and returns one for all of them.")
    if shape in (whole[:1] + whole[2:], whole[:2] + whole[3:], whole[:3]):
        wrong(
            f"the result has shape {shape}: the mean was taken along one axis, and an image has three, "
            "axis=(1, 2, 3). It should have shape (n,), one number for each image."
        )
    if shape == whole[1:]:
        wrong(f"the result has shape {shape}: the mean was taken over the images, and should be taken in each of them.")
    if shape == whole:
        wrong(f"the result has shape {shape}: a number for each pixel. Take the mean of each image first.")
    if shape in ((n, 1), (n, 1, 1, 1)):
        wrong(f"the result has shape {shape}: one number for each image is shape ({n},). Leave out keepdims.")
    values = an_array(result, "what my_psnr returns", shape=(n,))
    recognise(values, slips)
    if not close(values, slips[RIGHT], tolerance=1e-4):
        small = np.zeros((1, 28, 28, 1)), np.full((1, 28, 28, 1), 0.1)
        examples(my_psnr, [(small, [20.0]), ((x, y), slips[RIGHT])], name="my_psnr", advice=WORKED)
    return f"the PSNR of each image, from {values.min():.1f} to {values.max():.1f} dB here."


def _pairs(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Dark images, each with an offset of its own, and damage of several strengths."""
    n = int(rng.integers(5, 9))
    x = rng.uniform(0.05, 0.15, (n, 1, 1, 1)) + rng.uniform(0.3, 0.6, (n, 1, 1, 1)) * rng.random((n, 28, 28, 1))
    damage = rng.normal(0, 1, x.shape) * rng.uniform(0.05, 0.1, (n, 1, 1, 1))
    return x, np.clip(x + damage + rng.uniform(0.1, 0.2, (n, 1, 1, 1)), 0, 0.85)


def _psnrs(x: np.ndarray, y: np.ndarray) -> dict[str, object]:
    """The PSNR, and what slips make of it."""
    difference = (x - y).reshape(len(x), -1)
    error, apart = (difference**2).mean(axis=1), np.abs(difference).mean(axis=1)
    right = -10 * np.log10(error)
    rows = x.reshape(len(x), -1)
    peak = "the peak is 1, the brightest that a pixel can be, not"
    return {
        RIGHT: right,
        "the sign is turned: the logarithm of a small error is negative, a PSNR is positive.": -right,
        "the factor 10 is missing: a decibel is a tenth of a bel.": right / 10,
        "that is the natural logarithm; decibels take np.log10.": right * np.log(10),
        "that is the logarithm to base 2; decibels take np.log10.": right * np.log2(10),
        "that is twice as much as it should be: 20 · log10 belongs to the root of the MSE, 10 · log10 to the MSE.": 2
        * right,
        "that is half as much as it should be: 10 · log10 belongs to the MSE, 20 · log10 to its root.": right / 2,
        "that is the mean squared error itself: its logarithm is missing.": error,
        f"{peak} the brightest pixel of all these images.": right + 20 * np.log10(x.max()),
        f"{peak} the brightest pixel of each image.": right + 20 * np.log10(rows.max(axis=1)),
        f"{peak} the range of each image, max − min.": right + 20 * np.log10(np.ptp(rows, axis=1)),
        f"{peak} the range of all these images, max − min.": right + 20 * np.log10(np.ptp(rows)),
        f"{peak} the brightest pixel of y.": right + 20 * np.log10(y.max()),
        "255 is the peak of bytes; these pixels go from 0 to 1.": right + 20 * np.log10(255),
        "the errors are added up: take their mean over the pixels.": right - 10 * np.log10(rows.shape[1]),
        "that takes the absolute errors: square them before the mean.": -10 * np.log10(apart),
        "that takes the absolute errors: square them, and the mean of the squares.": -20 * np.log10(apart),
        "var and std take the mean difference away first, and miss that an image is too bright as a whole.": -10
        * np.log10(difference.var(axis=1)),
        "a logarithm was taken for each pixel: take the mean first, and the logarithm of the mean.": (
            -10 * np.log10(np.maximum(difference**2, 1e-12))
        ).mean(axis=1),
        "every image gets the same number, that of all together: take the mean in each image.": np.full(
            len(x), -10 * np.log10(error.mean())
        ),
        "that is a signal-to-noise ratio: the peak of 1 belongs in the place of the picture's own strength.": right
        + 10 * np.log10((rows**2).mean(axis=1)),
    }


@exercise(
    "to write a damage with a new strength for every image",
    hints=(
        "One sigma an image is an array of shape (len(x), 1, 1, 1): rng.uniform(0, 1, (len(x), 1, 1, 1)).",
        "rng.normal(0, 1, x.shape) times that array gives each image noise of its own strength; then add and clip.",
        "return np.clip(x + rng.uniform(0, 1, (len(x), 1, 1, 1)) * rng.normal(0, 1, x.shape), 0, 1)",
    ),
)
def fresh(my_corrupt: object) -> str:
    """Measure the strength of the noise image by image and from call to call, then its kind."""
    grey = np.full((1500, 28, 28, 1), 0.5)
    results = from_rng(my_corrupt, grey, name="my_corrupt", shape=grey.shape)
    for y in results:
        look_at_range(y)
    first = results[0] - 0.5
    common = in_common(first)
    if common == "every image got the same noise":
        wrong(f"{common}: draw an array of x.shape, and a sigma for each image.")
    if common:
        wrong(f"{common}: the noise needs a number for every pixel, of x.shape; only sigma is one an image.")
    alike = repeated(first)
    if alike == "all":
        wrong("the same pattern lies on every image, stronger or weaker: draw the noise of shape x.shape.")
    if alike:
        wrong("some images got the same noise as others: draw the noise of shape x.shape.")
    if np.isin(first, (-0.5, 0, 0.5)).mean() > 0.99:
        wrong(
            "pixels are black, white, or as they were, as with salt and pepper: add rng.normal(0, 1, x.shape), scaled."
        )
    if shared(np.concatenate([results[0][:100], results[1][:100]]) - 0.5):
        wrong("each call lays the same patterns on the images, stronger or weaker: draw the noise from rng, too.")
    line = strength_changes(first)
    if line:
        wrong(f"within an image the strength changes from {line} to {line}: one sigma an image, (len(x), 1, 1, 1).")
    sigma = [strengths(y - 0.5) for y in results]
    _look_at_kind(first, sigma[0])
    _look_at_freshness(sigma)
    rng = np.random.default_rng()
    more = [np.asarray(call(my_corrupt, grey, rng, name="my_corrupt")) for _ in range(3)]
    everyone = np.concatenate([*sigma, *(strengths(y - 0.5) for y in more)])
    _look_at_spread(everyone, pixels=first[0].size)
    _look_at_ends(my_corrupt)
    tenth = [np.mean((everyone >= i / 10) & (everyone < (i + 1) / 10)) for i in (0, 5)]
    return (
        f"of {len(everyone):,} images {tenth[0]:.1%} got a sigma below 0.1, and {tenth[1]:.1%} one from 0.5 to 0.6: "
        "every strength from 0 to 1, new for each image and each call."
    )


def _look_at_kind(noise: np.ndarray, sigma: np.ndarray) -> None:
    """Where noise is so weak that nothing is clipped: is it normal, around 0, and each pixel's own?"""
    if _alike(sigma) and not differ(noise[:200], _sigma_a_pixel(noise[:200].shape)):
        wrong("sigma is drawn for every pixel: draw one an image, of shape (len(x), 1, 1, 1).")
    shift = (noise.mean(axis=(1, 2, 3)) / np.maximum(sigma, 1e-6)).mean()
    if abs(shift) > 0.03:
        wrong(
            "the noise makes images brighter or darker as a whole: its numbers should lie around 0, as those of "
            "rng.normal(0, 1, x.shape)."
        )
    weak = (sigma > 0.005) & (sigma < 0.12)
    if weak.sum() >= 40:
        z = noise[weak] / sigma[weak].reshape(-1, 1, 1, 1)
        kurtosis = tails(z)
        if kurtosis < EVEN:
            wrong("within an image the noise has no long tails, as evenly drawn numbers have none: use rng.normal.")
        if kurtosis > FAR:
            wrong("within an image some pixels get much more than others: one sigma an image, and rng.normal.")
        if related(z[:, 1:], z[:, :-1]) or related(z[:, :, 1:], z[:, :, :-1]):
            wrong("neighbouring pixels get noise that is alike: each pixel needs a number of its own, of x.shape.")


def _sigma_a_pixel(shape: tuple[int, ...]) -> np.ndarray:
    rng = np.random.default_rng()
    return np.clip(rng.random(shape) * rng.normal(size=shape), -0.5, 0.5)


def _alike(sigma: np.ndarray) -> bool:
    """Whether all images have noise of one strength; the estimate itself is off by some 4 %."""
    return bool(sigma.std() < 0.06 * sigma.mean())


def _look_at_freshness(sigma: list[np.ndarray]) -> None:
    """Is each image's strength a new one, whatever that of its neighbour, of its place and of the call before?"""
    first, second, other = sigma
    none = first < 1.1e-4  # the least that `strengths` finds
    if none.mean() > 0.05 and not none.all() and not _alike(first[~none]):
        wrong(
            f"{none.mean():.0%} of the images got no noise at all: rng.uniform(0, 1, (len(x), 1, 1, 1)) draws a sigma "
            "for each."
        )
    if all(_alike(s) for s in sigma):
        wrong("all images of a call got noise of the same strength: draw a sigma for each, shape (len(x), 1, 1, 1).")
    if related(first, np.arange(len(first))):
        wrong("the strengths grow or fall from the first image to the last: draw one for each image.")
    if related(first, second) or related(first, other):
        wrong("the strengths are the same in each call: draw them from rng, too.")
    if related(first[1:], first[:-1]):
        wrong("neighbouring images got strengths that are alike: draw one for each image.")


def _look_at_spread(found: np.ndarray, *, pixels: int) -> None:
    """Are the strengths drawn evenly from 0 to 1?"""
    rng = np.random.default_rng()
    u = rng.random(100_000)
    right = as_measured(u, rng, pixels=pixels)
    off = abs(found.mean() - right.mean()) / (found.std() / np.sqrt(len(found)))
    if not differ(found, right) and off < FEW and found.min() < 0.02:
        return
    several = "only strengths near 0 and near 1 appear: rng.integers draws whole numbers, rng.uniform all between."
    middle, half = found.mean(), 3**0.5 * found.std()
    low, high = max(middle - half, 0), middle + half
    even = f"the strengths lie evenly between {low:.2g} and {high:.2g}: they should lie between 0 and 1."
    slips = {
        # Other distributions with this mean and spread reach further down.
        **({even: low + (high - low) * u} if found.min() > 0.8 * low else {}),
        several: np.round(u),
        "weak noise comes too often, as if sigma were squared: rng.uniform(0, 1, …) draws it evenly.": u**2,
        "strong noise comes too often, as if sigma were a root: rng.uniform(0, 1, …) draws it evenly.": u**0.5,
        "sigma itself is drawn from a normal distribution: rng.uniform(0, 1, …) draws it evenly.": np.abs(
            rng.normal(size=u.size)
        ),
    }
    for message, slip in slips.items():
        # Rounded, since strengths near 0 differ by rounding errors only.
        if not differ(found.round(3), as_measured(slip, rng, pixels=pixels).round(3)):
            wrong(message)
    # The estimate itself is off by some 4 % at sigma 1.
    if np.quantile(found, 0.99) > 1.2:
        wrong(f"the strongest noise has a sigma of {found.max():.1f} or more: sigma must end at 1.")
    tenths = [np.mean(found < 0.1), np.mean((found > 0.4) & (found < 0.6)), np.mean(found > 0.9)]
    wrong(
        f"{tenths[0]:.0%} of the images have a sigma below 0.1, {tenths[1]:.0%} one from 0.4 to 0.6 and "
        f"{tenths[2]:.0%} one above 0.9. Evenly drawn it would be about 10, 20 and 10 %: rng.uniform(0, 1, …)."
    )


def _look_at_ends(my_corrupt: object) -> None:
    """Is the noise added to the picture, and clipped only then?"""
    seed = np.random.default_rng().integers(2**60)
    shades = LEVELS[np.arange(2000) % 5].reshape(-1, 1, 1, 1) * np.ones((1, 28, 28, 1))
    grey = np.full_like(shades, 0.5)
    what = "what my_corrupt returns"
    on_grey, on_shades = (
        an_array(call(my_corrupt, x, np.random.default_rng(seed), name="my_corrupt"), what, shape=x.shape)
        for x in (grey, shades)
    )
    inside = (on_grey > 0.001) & (on_grey < 0.999)
    expected = np.clip(shades + on_grey - 0.5, 0, 1)
    if np.abs(on_shades - expected)[inside].max() > 1e-3:
        wrong("the noise depends on the picture below it: it should be added to x, whatever x is.")
    reach = on_shades[shades == 0].max()
    if reach < 0.9:
        wrong(f"no black pixel becomes brighter than {reach:.2f}: clip the sum x + noise, not the noise.")


@exercise(
    "to fill holes: at most half of the error of doing nothing may be left",
    hints=(
        "train_denoiser of section 3 takes any damage: a function of a batch and a Generator that returns what the "
        "network sees.",
        "mask_block(x, size=10, seed=rng) cuts fresh holes; a lambda or a def makes a damage of it.",
        "In train_filler: return train_denoiser(x, lambda x, rng: mask_block(x, size=10, seed=rng), epochs=4, "
        "code=64, maps=32)",
    ),
)
def holes(train_filler: object) -> str:
    """Train with the learner's function, and cut holes into digits that were kept back."""
    model = a_model(train(train_filler, name="train_filler"), "what train_filler returns")
    if tuple(model.input_shape[1:]) != (28, 28, 1) or tuple(model.output_shape[1:]) != (28, 28, 1):
        wrong(
            f"the network must go from (28, 28, 1) to (28, 28, 1), and goes from {tuple(model.input_shape[1:])} to "
            f"{tuple(model.output_shape[1:])}."
        )

    def left(x: np.ndarray) -> float:
        holed = mask_block(x, size=HOLE, seed=505)
        return mse(x, outputs(model, holed)) / mse(x, holed)

    advice = "Was it trained on holes, and with clean digits as targets? Then train it longer."
    handed, kept = fresh_digits()[0][0], fresh_digits()[1][0]
    if mse(kept, outputs(model, kept)) > mse(kept, np.broadcast_to(handed.mean(axis=0), kept.shape)):
        advice = (
            "The mean of all digits would do better: is the network trained in train_filler, on x, before it is "
            "returned?"
        )
    elif left(kept) > 1:
        advice = (
            "That is more than the holes themselves make. Was it trained on holes, with clean digits as targets, and "
            "long enough?"
        )
    measured = judge(
        left,
        name="train_filler",
        target=HOLES_TARGET,
        digits=2,
        measure="a remaining share of the error",
        advice=advice,
    )
    return f"the share of the error that is left: {measured}."
