"""The exercises on sound: mixing at a ratio, SI-SDR, the ideal mask, and a siren taken out without unlearning."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable

import numpy as np

from aecourse.backend import keras
from aecourse.corruption import mix_at_snr, siren, white_noise
from aecourse.datasets import split_speech
from aecourse.exercises.core import (
    RIGHT,
    Drawn,
    an_array,
    call,
    close,
    describe,
    drawn_apart,
    examples,
    exercise,
    first_wrong,
    recognise,
    recognise_each,
    shape_of,
    uses,
    wrong,
)
from aecourse.exercises.drawn import then
from aecourse.metrics import sample_si_sdr, si_sdr
from aecourse.models import outputs

SIREN_TARGET, WHITE_TARGET = 6.0, 8.0  # decibels gained at 0 dB
SEED = 0  # the same answer trains alike each time


@exercise(
    "to mix speech and noise at a signal-to-noise ratio",
    hints=(
        "The noise has to have the power np.mean(x**2) / 10 ** (snr / 10).",
        "A factor in front of the noise multiplies its power by the square of the factor: there is a root in it.",
        "return x + np.sqrt(np.mean(x**2) / np.mean(noise**2) / 10 ** (snr / 10)) * noise",
    ),
)
def mix(my_mix: object) -> str:
    """Measure the ratio of what the function adds to sounds with an offset, quiet and loud, and recognise slips."""
    # A loud pair, which leaves [-1, 1]; one at a ratio below 0, where the noise alone leaves it.
    for level, low, high in ((0.5, 4, 8), (0.5, -8, -4)):
        draw = functools.partial(_pair, level=level, low=low, high=high)
        # Two of each: a constant factor may agree with a slip on one.
        cases = [drawn_apart(draw, _mixed, margin=0.005) for _ in range(2)]
        mixed = [
            an_array(call(my_mix, *case, name="my_mix"), "my_mix(x, noise, snr)", shape=case[0].shape) for case in cases
        ]
        answers = [_mixed(*case) for case in cases]
        if (i := first_wrong(mixed, answers)) is not None:
            if high < 0 and all(close(y, known[_TURNED]) for y, known in zip(mixed, answers, strict=True)):
                wrong(
                    "the sign of snr is lost: at a ratio below 0 dB the noise is the stronger one."
                )  # above it was right
            recognise_each(mixed, answers, tolerance=1e-4)
            _blame(mixed[i], *cases[i])
            flat, beat = np.array([1.0, -1.0, 1.0, -1.0]), np.array([2.0, 2.0, -2.0, -2.0])
            small = [((flat, beat, d), flat + beat / 2 * 10 ** (-d / 20)) for d in (0.0, 20.0)]
            examples(my_mix, [*small, (cases[i], answers[i][RIGHT])], name="my_mix")
    measured = []
    for snr in (5.0, -5.0):  # always the same sounds: a stored notebook shows what a new run shows
        x, noise, _ = _pair(np.random.default_rng(0), level=0.5, low=0, high=1)
        measured.append(f"asked for {snr:.0f} dB, the sum has {_snr(x, my_mix(x, noise, snr) - x):.2f} dB")  # type: ignore[operator]
    return f"{measured[0]}; {measured[1]}."


def _pair(rng: np.random.Generator, *, level: float, low: float, high: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Speech that swells and noise that does not, each a little off zero, and a ratio."""
    swell = np.sin(np.linspace(0, rng.uniform(6, 12), 4000)) ** 2
    x = level * (rng.uniform(0.5, 0.7) + swell * rng.normal(0, 1, 4000))
    noise = rng.uniform(0.2, 0.4) * (rng.uniform(0.05, 0.1) + rng.normal(0, 1, 4000))
    return x, noise, float(rng.uniform(low, high))


_TURNED = "the sign is turned: a higher SNR means weaker noise."


def _mixed(x: np.ndarray, noise: np.ndarray, snr: float) -> dict[str, object]:
    ratio, down = np.sqrt(np.mean(x**2) / np.mean(noise**2)), 10 ** (-snr / 20)
    right = x + ratio * down * noise
    return {
        RIGHT: right,
        "that is the noise alone: add it to x.": ratio * down * noise,
        "the noise goes in as it is: multiply it by a factor first.": x + noise,
        _TURNED: x + ratio / down * noise,
        "a root is missing: the factor works on samples, the SNR compares powers.": x + (ratio * down) ** 2 * noise,
        "the powers are equal at any SNR: divide by 10 ** (snr / 10) as well.": x + ratio * noise,
        "the noise's own power is missing: divide by np.mean(noise**2).": x + np.sqrt(np.mean(x**2)) * down * noise,
        "the speech's own power is missing: np.mean(x**2) belongs into the factor.": x
        + down / np.sqrt(np.mean(noise**2)) * noise,
        "the ratio of amplitudes takes 10 ** (snr / 20), the ratio of powers 10 ** (snr / 10).": x
        + ratio * down**2 * noise,
        "the root is taken of the powers and of the decibels apart, once too often: 10 ** (snr / 20) goes with the "
        "ratio of amplitudes.": x + ratio * np.sqrt(down) * noise,
        "a standard deviation takes the mean of the sound out first. Its power is np.mean(x**2), mean and all.": x
        + x.std() / noise.std() * down * noise,
        "a variance takes the mean of the sound out first, and its root is missing: the power is np.mean(x**2).": x
        + x.var() / noise.var() * down**2 * noise,
        "that compares the means of |x|. A power is the mean of the squares.": x
        + np.abs(x).mean() / np.abs(noise).mean() * down * noise,
        "that compares the loudest samples. A power is the mean of the squares.": x
        + np.abs(x).max() / np.abs(noise).max() * down * noise,
        "the noise is turned over: the factor should be positive.": x - ratio * down * noise,
        "that is natural: a decibel is a power of 10, not of e.": x + ratio * np.exp(-snr / 20) * noise,
    }


def _blame(mixed: np.ndarray, x: np.ndarray, noise: np.ndarray, snr: float) -> None:
    """What is wrong with a sum that is none of the known slips; returns if that cannot be said."""
    right = np.asarray(_mixed(x, noise, snr)[RIGHT])
    for low, high in ((-1, 1), (0, 1)):
        if close(mixed, np.clip(right, low, high)) and not close(right, np.clip(right, low, high)):
            wrong(
                f"the sum is clipped to [{low}, {high}], and clipped noise is no longer the noise: at this level it "
                "may leave the range."
            )
    if close(mixed, x + np.clip(right - x, -1, 1)):
        wrong("the scaled noise is clipped to [-1, 1], and clipped noise is no longer the noise: it may be louder.")
    parts = np.stack([x, noise], axis=1)
    (of_x, of_noise), *_ = np.linalg.lstsq(parts, mixed, rcond=None)
    if not close(mixed, parts @ [of_x, of_noise]):
        return
    if abs(of_x - 1) > 1e-3:
        wrong(f"x itself came out multiplied by {of_x:.3g}: leave x as it is, and scale the noise only.")
    found = _snr(x, mixed - x)
    wrong(f"asked for {snr:.2f} dB, the sum has {found:.2f} dB. Compare np.mean(x**2) with the power of what is added.")


def _snr(x: np.ndarray, added: np.ndarray) -> float:
    with np.errstate(divide="ignore"):
        return float(10 * np.log10(np.mean(x**2) / np.mean(added**2)))


@exercise(
    "to write the SI-SDR",
    hints=(
        "First take the mean out of each sound; then α for each: a sum over axis 1, keepdims=True keeps it a column.",
        "The signal is α * x, the distortion is α * x - y; compare the sums of their squares.",
        "10 * np.log10(((alpha * x) ** 2).sum(axis=1) / ((alpha * x - y) ** 2).sum(axis=1)), with "
        "alpha = (x * y).sum(axis=1, keepdims=True) / (x * x).sum(axis=1, keepdims=True)",
    ),
)
def distortion(my_si_sdr: object) -> str:
    """Compare with the course's SI-SDR on sounds with their own levels and offsets, and recognise the usual slips."""
    if uses(my_si_sdr, si_sdr, sample_si_sdr):
        wrong("that calls the course's own SI-SDR: write it yourself, with NumPy only.")
    x, y = drawn_apart(_heard, _ratios)
    given = call(my_si_sdr, x, y, name="my_si_sdr")
    if shape_of(given) in ((), (1,)):
        wrong("my_si_sdr must return one number for each sound, and returns one for all: sum along axis 1.")
    values = an_array(given, "my_si_sdr(x, y)", shape=(len(x),))
    answers = _ratios(x, y)
    if not close(values, answers[RIGHT], tolerance=1e-4):
        recognise(values, answers)
        small = np.array([[1.0, -1.0, 1.0, -1.0]])
        cases = [
            ((small, 3 * small + [[1, 1, -1, -1]]), sample_si_sdr(small, 3 * small + [[1, 1, -1, -1]])),
            ((small, np.add(small, [[3, 2, 0, -1]])), sample_si_sdr(small, np.add(small, [[3, 2, 0, -1]]))),
            ((x, y), answers[RIGHT]),
        ]
        examples(my_si_sdr, cases, name="my_si_sdr")
    same = _heard(np.random.default_rng(0))  # a stored notebook shows what a new run shows
    listed = ", ".join(f"{value:.1f}" for value in an_array(my_si_sdr(*same), "it", shape=(5,)))  # type: ignore[operator]
    return f"the SI-SDR of each sound ({listed} dB, as the course measures them): neither volume nor offset counts."


def _heard(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Sounds, and what became of them: louder or quieter, off zero, and from well above 0 dB to below it."""
    levels = rng.uniform(0.05, 0.3, (5, 1))
    levels[0] = 0.03  # so quiet that a thousandth below the line shows
    x = levels * (rng.normal(0, 1, (5, 1000)) + rng.uniform(0.3, 0.6, (5, 1)))
    sizes = np.array([[0.05], [0.2], [0.5], [1.2], [3.0]])
    distorted = x + sizes * x.std(axis=1, keepdims=True) * rng.normal(0, 1, x.shape)
    gains = rng.uniform(0.3, 3, (5, 1))
    gains[0] = 0.3
    return x, gains * distorted + rng.uniform(0.1, 0.3, (5, 1))


def _ratios(x: np.ndarray, y: np.ndarray) -> dict[str, object]:
    def decibels(signal: np.ndarray, rest: np.ndarray) -> np.ndarray:
        return 10 * np.log10((signal**2).sum(axis=1) / (rest**2).sum(axis=1))

    def alpha(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return (x * y).sum(axis=1, keepdims=True) / (x * x).sum(axis=1, keepdims=True)

    expected = sample_si_sdr(x, y)
    cx, cy = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    signal = alpha(cx, cy) * cx
    all_x, all_y = x - x.mean(), y - y.mean()
    one = (cx * cy).sum() / (cx * cx).sum() * cx
    lengths = np.linalg.norm(cy, axis=1, keepdims=True) / np.linalg.norm(cx, axis=1, keepdims=True) * cx
    return {
        RIGHT: expected,
        "the means are still in: subtract each sound's mean first.": decibels(alpha(x, y) * x, alpha(x, y) * x - y),
        "the mean of y is still in: subtract it as well.": decibels(alpha(cx, y) * cx, alpha(cx, y) * cx - y),
        "the mean of x is still in: subtract it as well.": decibels(alpha(x, cy) * x, alpha(x, cy) * x - cy),
        "one mean is taken for all sounds: each loses its own, x.mean(axis=1, keepdims=True).": decibels(
            alpha(all_x, all_y) * all_x, alpha(all_x, all_y) * all_x - all_y
        ),
        "one α is taken for all sounds: each has its own, a sum along axis 1.": decibels(one, one - cy),
        "turning the volume of y changes it: compare y with α * x, not with x.": decibels(cx, cx - cy),
        "turning the volume changes it, and so does an offset: α and the means are missing.": decibels(x, x - y),
        "the signal is α * x, not x: the volume still counts.": decibels(cx, signal - cy),
        "the signal is α * x, not y.": decibels(cy, signal - cy),
        "the distortion is α * x - y: the volume still counts, since x - y stands there.": decibels(signal, cx - cy),
        "α divides by ⟨x, x⟩, not by ⟨y, y⟩.": decibels(
            (cx * cy).sum(axis=1, keepdims=True) / (cy * cy).sum(axis=1, keepdims=True) * cx,
            (cx * cy).sum(axis=1, keepdims=True) / (cy * cy).sum(axis=1, keepdims=True) * cx - cy,
        ),
        "α is the ratio of the lengths there. It is ⟨x, y⟩ / ⟨x, x⟩, and ⟨x, y⟩ is a sum of products.": decibels(
            lengths, lengths - cy
        ),
        "the sign is turned: signal over distortion, not the other way round.": -expected,
        "the factor 10 is missing: a decibel is a tenth of a bel.": expected / 10,
        "that is the natural logarithm; decibels take np.log10.": expected * np.log(10),
        "that is twice as much as it should be: 20 · log10 is for amplitudes, 10 · log10 for powers.": 2 * expected,
        "that is half as much as it should be: the signal and the distortion are squared, without a root.": expected
        / 2,
        "values below 0 dB are missing: where distortion is the stronger one, the SI-SDR is negative.": np.maximum(
            expected, 0
        ),
        "the sign is lost: where distortion is stronger than the signal, the SI-SDR is negative.": np.abs(expected),
        "that is the ratio itself; decibels are 10 · log10 of it.": 10 ** (expected / 10),
    }


@exercise(
    "to write the ideal ratio mask",
    hints=(
        "Where there is speech only it must be 1, where there is noise only 0, where they are equal one half.",
        "It is speech_power / (speech_power + noise_power); only where both are 0 that is not defined.",
        "return speech_power / np.maximum(speech_power + noise_power, 1e-12)",
    ),
    drawn=Drawn(
        "to write the ideal ratio mask to the power of {power}",
        {"power": [round(0.01 * p, 2) for p in (*range(30, 96), *range(110, 190)) if p != 50]},
        lambda mine, power: lambda speech, noise: then(mine(speech, noise), lambda mask: mask ** (1 / power)),
    ),
)
def ratio(my_mask: object) -> str:
    """Compare on random powers, loud and quiet, and where one or both of them are 0."""
    what = "my_mask(speech_power, noise_power)"
    speech, noise = drawn_apart(lambda rng: tuple(rng.gamma(0.5, 1, (2, 3, 20, 17)) + 0.05), _masks)
    answers = _masks(speech, noise)
    mask = an_array(_asked(my_mask, speech, noise), what, shape=speech.shape, truth=True)
    if not close(mask, answers[RIGHT]):
        recognise(mask, answers)
        cases = [((a, b), a / (a + b)) for a, b in ((np.array([1.0, 3.0]), np.array([1.0, 1.0])), (speech, noise))]
        examples(my_mask, cases, name="my_mask")

    # As quiet as a pause in speech; a mask knows no loud and quiet.
    for level, tolerance in ((1e-2, 3e-3), (1e-3, 2e-2)):
        quiet = an_array(_asked(my_mask, level * speech, level * noise), what, shape=speech.shape)
        if close(quiet, answers[RIGHT], tolerance=tolerance):
            continue
        wrong(
            "where both powers are small the mask is too small: what keeps the denominator above 0 is too large. "
            "1e-12 is enough."
        )
    speech[:, :, :9], noise[:, :, 5:12] = 0, 0
    silent = (speech == 0) & (noise == 0)
    still = np.asarray(_asked(my_mask, speech, noise), dtype=float)
    if not np.isfinite(still[silent]).all():
        wrong("where both powers are 0 it is NaN or infinite: keep the denominator above 0, np.maximum(…, 1e-12).")
    if np.abs(still[silent]).max() > 1e-6:
        wrong(
            f"where both powers are 0 the mask should be 0, and is {still[silent][np.abs(still[silent]).argmax()]:.3g}."
        )
    one = speech / np.maximum(speech + noise, 1e-12)
    if not close(still, one):
        place = np.unravel_index(np.nanargmax(np.abs(still - one)), one.shape)
        wrong(
            f"for a speech power of {speech[place]:.3g} and a noise power of {noise[place]:.3g} the mask is "
            f"{one[place]:.3g}, my_mask gives {still[place]:.3g}."
        )
    return "1 where there is speech only, 0 where there is noise only or nothing; as at a hundredth of the power."


def _asked(my_mask: object, speech: np.ndarray, noise: np.ndarray) -> object:
    with np.errstate(all="ignore"), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        given = call(my_mask, speech, noise, name="my_mask")
    # Unwritten memory is 0 now and then, so its values prove nothing.
    if any("'where' used without 'out'" in str(w.message) for w in caught):
        wrong("`where` without `out` leaves the other points unwritten, whatever stood there: out=np.zeros_like(…).")
    return given


def _masks(speech: np.ndarray, noise: np.ndarray) -> dict[str, object]:
    mask = speech / (speech + noise)
    return {
        RIGHT: mask,
        "that keeps the noise and takes the speech away: the speech goes above the line.": 1 - mask,
        "that is the ratio of speech to noise, which has no upper end: divide by the sum of both.": speech / noise,
        "that is the ratio of speech to noise, cut off at 1: divide by the sum of both.": np.minimum(speech / noise, 1),
        "that is the root of the mask: speech over the sum, without a root.": np.sqrt(mask),
        "those are amplitudes: what comes in are powers already, take no root.": np.sqrt(speech)
        / (np.sqrt(speech) + np.sqrt(noise)),
        "the powers are squared once more: they come in as powers.": speech**2 / (speech**2 + noise**2),
        "that is all or nothing, the ideal *binary* mask: the ratio lets in as much as there is speech.": (
            speech > noise
        ).astype(float),
        "that subtracts the noise power, as spectral subtraction does: divide speech by the sum.": np.maximum(
            1 - noise / speech, 0
        ),
        "that divides by one sum over all points: each point has its own.": speech / (speech + noise).sum(),
        "that divides by the largest sum of all: each point has its own.": speech / (speech + noise).max(),
        "that divides by the loudest speech: each point is compared with the noise in it.": speech / speech.max(),
    }


@exercise(
    f"to write a training that takes sirens out of speech, {SIREN_TARGET:.0f} dB gained at 0 dB, and white noise as "
    f"well, {WHITE_TARGET:.0f} dB",
    hints=(
        "What a network has not heard in training for a while it unlearns: sirens and white noise belong in one pool.",
        "np.concatenate([siren(200, 16000, seed=1), white_noise(100, 16000, seed=2)]) is such a pool; "
        "train_denoiser of section 4 takes it. A few epochs are enough, fewer for a network that can do something "
        "already.",
        'Start from what is learned: denoiser(masker()) with the weights load_weights("denoiser"), and hand it to '
        "train_denoiser as model, with the pool of both, epochs=2 and learning_rate=2e-3.",
    ),
)
def wail(my_training: object) -> str:
    """Hand over speech played backwards, and sound noises of its own over other speech played backwards."""
    if isinstance(my_training, keras.Model | keras.callbacks.History):
        wrong(
            f"my_training must be a function, and is {describe(my_training)}: the check calls it with speech that it "
            "chooses, and listens to what comes back."
        )
    (x_fit, _), (x_valid, _), (x_test, speaker) = split_speech()
    # Backwards, none of the lesson's recordings is heard again: nothing is gained by training on those judged by.
    x_fit, x_valid, x_test = (x[:, ::-1].copy() for x in (x_fit, x_valid, x_test[speaker == 0]))
    keras.utils.set_random_seed(SEED)
    denoise = call(my_training, x_fit, name="my_training")
    if isinstance(denoise, keras.callbacks.History):
        wrong("my_training returns what fit returns, the history of the losses. Return the model.")
    if not callable(denoise):
        wrong(f"my_training must return a Keras model or a function of noisy sounds, and returns {describe(denoise)}.")
    sirens, white = _gain(denoise, x_valid, siren), _gain(denoise, x_valid, white_noise)
    if sirens < SIREN_TARGET or white < WHITE_TARGET:
        wrong(
            f"{sirens:.1f} dB are gained with a siren and {white:.1f} dB with white noise; {SIREN_TARGET:.0f} dB and "
            f"{WHITE_TARGET:.0f} dB are asked for. {_advice(sirens, white)}"
        )
    return (
        f"{sirens:.0f} dB gained with a siren and {white:.0f} dB with white noise; on test speech "
        f"{_gain(denoise, x_test, siren):.0f} dB and {_gain(denoise, x_test, white_noise):.0f} dB."
    )


def _advice(sirens: float, white: float) -> str:
    if white >= WHITE_TARGET:
        return "Does the training mix in sirens, and for long enough?"
    if sirens >= SIREN_TARGET:
        return "The sirens are gone, and so is the skill with white noise: keep white noise in the training as well."
    return "Train on sirens and white noise together, and a little longer."


def _gain(denoise: Callable[..., object], x: np.ndarray, noise: Callable[..., np.ndarray]) -> float:
    """How many decibels of SI-SDR it brings for speech under the noise at 0 dB."""
    noisy = mix_at_snr(x, noise(len(x), x.shape[1], seed=909), snr=0, seed=910)
    if isinstance(denoise, keras.Model):
        if tuple(denoise.input_shape[1:]) != x.shape[1:]:
            wrong(f"the model must take sounds of shape (n, 16000), and takes {denoise.input_shape}.")
        y: object = outputs(denoise, noisy)
    else:
        y = call(denoise, noisy, name="what my_training returns")
    result = an_array(y, "what comes out of it", shape=x.shape)
    if not (result - result.mean(axis=1, keepdims=True)).any(axis=1).all():
        wrong("some sounds come out silent: nothing of the speech is left.")
    return si_sdr(x, result) - si_sdr(x, noisy)
