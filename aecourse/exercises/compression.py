"""The exercises on compression: bits of symbols, rounding with a gradient, a λ for a size, and cheaper codes."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from aecourse.backend import keras
from aecourse.datasets import split_digits
from aecourse.exercises.core import (
    RIGHT,
    Drawn,
    a_number,
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
    wrong,
)
from aecourse.exercises.drawn import then

REACH = 40  # whole numbers of a code lie in -40 … 40
SAVED = 4.0  # percent of the bytes
WORTH, STEP, KEPT = 2.1, 2.0, 32  # of the check's own codec


@exercise(
    "to count the bits of a row of symbols",
    hints=(
        "p[symbols] looks up the probability of each symbol of the row, as often as it comes.",
        "Each costs -np.log2 of its probability, and the row costs the sum.",
        "return -np.log2(p[symbols]).sum()",
    ),
    drawn=Drawn(
        "to count what a row of symbols costs in a file whose signs are not 2, as bits are, but {signs} different ones",
        {"signs": [*range(3, 10), *range(11, 60)]},
        lambda mine, signs: lambda symbols, p: then(mine(symbols, p), lambda value: value * np.log2(signs)),
    ),
)
def cost(my_bits: object) -> str:
    """Compare on random rows with a skewed distribution, and recognise the usual slips."""
    rows = [drawn_apart(_row, _costs) for _ in range(2)]  # one number may be a slip's by chance
    values, answers = [], [_costs(*row) for row in rows]
    for symbols, p in rows:
        given = call(my_bits, symbols, p, name="my_bits")
        if shape_of(given) == symbols.shape:
            wrong("my_bits must return one number for the whole row, and returns one for each symbol: add them up.")
        values.append(a_number(given, "my_bits(symbols, p)"))
    if (i := first_wrong(values, answers)) is not None:
        recognise_each(values, answers, tolerance=1e-3)
        small = (np.array([0, 0, 1]), np.array([0.5, 0.25, 0.25]))
        examples(my_bits, [(small, 4.0), (rows[i], answers[i][RIGHT])], name="my_bits")
    coin = call(my_bits, np.repeat([0, 1], [90, 10]), np.array([0.9, 0.1]), name="my_bits")
    return f"100 throws of a coin that shows heads in 90 %: {a_number(coin, 'it'):.1f} bits."


def _row(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    p = rng.dirichlet(np.full(6, 0.7)) + 0.01
    p /= p.sum()
    # The row does not come as often as p says: the mean of p is no short cut.
    return rng.choice(6, size=int(rng.integers(12, 30)), p=np.roll(p, 2)), p


def _costs(symbols: np.ndarray, p: np.ndarray) -> dict[str, object]:
    q = p[symbols]
    often = np.bincount(symbols, minlength=len(p)) / len(symbols)
    present = often[often > 0]
    return {
        RIGHT: -np.log2(q).sum(),
        "that is the natural logarithm, so the unit is not the bit: np.log2.": -np.log(q).sum(),
        "that is the logarithm to base 10: np.log2 counts bits.": -np.log10(q).sum(),
        "the sign is turned: the logarithm of a probability is negative, and a cost is -np.log2(p).": np.log2(q).sum(),
        "that is the mean cost of a symbol. Asked is the cost of the whole row: the sum.": -np.log2(q).mean(),
        "that is the entropy of p, what a symbol costs on average where p is right. Asked is this row: p[symbols].": -(
            p * np.log2(p)
        ).sum(),
        "that is the entropy of p times the length. This row need not come as p says: look up p[symbols].": -len(q)
        * (p * np.log2(p)).sum(),
        "that weighs each symbol by its probability once more: a symbol that came has come.": -(q * np.log2(q)).sum(),
        "each symbol is counted once, however often it comes: look up p[symbols], not np.unique.": -np.log2(
            p[np.unique(symbols)]
        ).sum(),
        "that is the cost of all symbols that there are, each once: p[symbols] takes those of the row.": -np.log2(
            p
        ).sum(),
        "the probabilities are those counted in the row itself. The table p is what writer and reader share.": -len(q)
        * (present * np.log2(present)).sum(),
        "each symbol's bits are rounded up. One arithmetic code for the whole row need not do that.": np.ceil(
            -np.log2(q)
        ).sum(),
        "the sum is rounded: return it as it is.": np.ceil(-np.log2(q).sum()),
    }


@exercise(
    "to round and keep the gradient",
    hints=(
        "The result must be ops.round(h). What is added to h to get there?",
        "ops.round(h) - h is added, and its gradient has to be 0: ops.stop_gradient around it.",
        "return h + ops.stop_gradient(ops.round(h) - h)",
    ),
)
def through(my_round: object) -> str:
    """Compare the values, then read the gradient off one step of training."""
    h = np.random.default_rng().uniform(-3, 3, 24).astype("float32")
    h = np.where(np.abs(h % 1 - 0.5) < 0.05, h + 0.1, h).astype("float32")  # halves may be rounded either way
    h[0] = 0.3
    # One of it is a third of another: noise and constants show.
    value = call(my_round, keras.ops.convert_to_tensor(h), name="my_round")
    got = an_array(keras.ops.convert_to_numpy(value), "my_round(h)", shape=h.shape)
    if not close(got, np.round(h)):
        recognise(
            got,
            {
                "that is h as it came: nothing is rounded on the way forward.": h,
                "that rounds down. The nearest whole number is asked for: ops.round.": np.floor(h),
                "that rounds up. The nearest whole number is asked for: ops.round.": np.ceil(h),
                "that cuts off what stands behind the point. The nearest whole number is asked for.": np.trunc(h),
                "that is what rounding takes away: add it to h.": h - np.round(h),
                "that is what rounding adds: add h.": np.round(h) - h,
                "it goes the wrong way from h: add ops.round(h) - h.": 2 * h - np.round(h),
            },
        )
        if np.abs(got - h).max() <= 0.5 + 1e-6 and not close(got, h):
            wrong(
                "the values are near h and are no whole numbers: is that the noise of the training? Round on the way "
                "forward."
            )
        examples(_as_numpy(my_round), [((np.array([0.3, 1.6], "float32"),), np.array([0.0, 2.0]))], name="my_round")
    slope = _slope(my_round, h)
    if slope is None or np.abs(slope).max() < 1e-4:
        wrong("the values are right, and no gradient comes through: act on the way back as if nothing had happened.")
    if not close(slope, np.ones_like(slope), tolerance=1e-2):
        wrong(
            f"the values are right, and the gradient is {slope.mean():.3g} on average where it should be 1: h itself "
            "must be in the sum, once, outside ops.stop_gradient."
        )
    return "values of rounding, gradient 1 everywhere."


def _as_numpy(function: Any) -> Any:
    return lambda h: keras.ops.convert_to_numpy(function(keras.ops.convert_to_tensor(h)))


def _slope(function: Any, h: np.ndarray) -> np.ndarray | None:
    """What one step of gradient descent with rate 1 takes from h, where the loss is the sum of what comes out."""

    class Held(keras.layers.Layer):
        def build(self, shape: object) -> None:
            start = keras.initializers.Constant(h)
            self.h = self.add_weight(shape=h.shape, initializer=start, name="h")

        def call(self, x: Any) -> Any:
            return x * 0 + function(self.h * 1.0)[None]

        def compute_output_shape(self, shape: tuple[Any, ...]) -> tuple[Any, ...]:
            return (shape[0], len(h))

    model = keras.Sequential([keras.Input((len(h),)), Held()])
    model.compile(
        optimizer=keras.optimizers.SGD(1.0),
        loss=lambda x, y: keras.ops.sum(y) + 0 * keras.ops.sum(x),
        jit_compile=False,
    )
    one = np.zeros((1, len(h)), "float32")
    try:
        model.fit(one, one, epochs=1, verbose=0)
    except ValueError:  # Keras on TensorFlow: no gradient for any variable
        return None
    return h - np.asarray(keras.ops.convert_to_numpy(model.layers[-1].h))


@exercise(
    "to choose a λ for a size",
    hints=(
        "np.interp(x, xp, fp) reads a value off a line through points. What is known here is the size, so sizes is xp.",
        "The line is straight in logarithms: np.log(wanted), np.log(sizes), np.log(lambdas), and np.exp of the result.",
        "return np.exp(np.interp(np.log(wanted), np.log(sizes), np.log(lambdas)))",
    ),
)
def between(my_lambda: object) -> str:
    """Compare on random curves, and recognise the usual slips."""
    curves = [drawn_apart(_trainings, _lambdas) for _ in range(2)]  # one number may be a slip's by chance
    what = "my_lambda(wanted, lambdas, sizes)"
    values = [a_number(call(my_lambda, *curve, name="my_lambda"), what) for curve in curves]
    answers = [_lambdas(*curve) for curve in curves]
    if (i := first_wrong(values, answers)) is not None:
        recognise_each(values, answers, tolerance=1e-3)
        small = (4.0, np.array([1.0, 4.0]), np.array([2.0, 8.0]))
        cases = [(small, 2.0), (curves[i], answers[i][RIGHT])]
        examples(my_lambda, cases, name="my_lambda", advice="The answer lies on a line in logarithms.")
    one = call(my_lambda, 8.0, np.array([2.0, 6.0, 20.0]), np.array([4.0, 7.0, 12.0]), name="my_lambda")
    return f"sizes of 4, 7 and 12 bytes with λ = 2, 6 and 20: for 8 bytes, λ = {a_number(one, 'it'):.1f}."


def _trainings(rng: np.random.Generator) -> tuple[float, np.ndarray, np.ndarray]:
    lambdas = np.exp(np.cumsum(rng.uniform(0.7, 1.6, 5)))
    sizes = np.exp(np.cumsum(rng.uniform(0.4, 0.9, 5)))
    place = int(rng.integers(1, 3))
    return float(sizes[place] ** 0.6 * sizes[place + 1] ** 0.4), lambdas, sizes


def _lambdas(wanted: float, lambdas: np.ndarray, sizes: np.ndarray) -> dict[str, object]:
    size, worth = np.log(sizes), np.log(lambdas)
    ends = size[[0, -1]], worth[[0, -1]]
    return {
        RIGHT: np.exp(np.interp(np.log(wanted), size, worth)),
        "that is a straight line in sizes and λ themselves: take the logarithms of both first.": np.interp(
            wanted, sizes, lambdas
        ),
        "the logarithm of λ came back: np.exp of it is λ.": np.interp(np.log(wanted), size, worth),
        "only the sizes are taken as logarithms: those of λ belong into np.interp, too, np.exp around it.": np.interp(
            np.log(wanted), size, lambdas
        ),
        "only λ is taken as a logarithm: so are the sizes, and wanted.": np.exp(np.interp(wanted, sizes, worth)),
        "sizes and lambdas have changed places: np.interp(x, xp, fp) takes the known values, the sizes, first.": np.exp(
            np.interp(np.log(wanted), worth, size)
        ),
        "that is the λ of the nearest size. Between two of them lies a better one.": lambdas[
            np.abs(sizes - wanted).argmin()
        ],
        "that is the first λ whose size is large enough. Between it and the one before lies a better one.": lambdas[
            np.searchsorted(sizes, wanted)
        ],
        "that is one line through the first and the last training: go between the two neighbours.": np.exp(
            np.interp(np.log(wanted), *ends)
        ),
        "that is one line fitted to all trainings, which passes beside each: go between two neighbours.": np.exp(
            np.polyval(np.polyfit(size, worth, 1), np.log(wanted))
        ),
    }


@exercise(
    "to find cheaper numbers for a code",
    hints=(
        "Write a function that gives bits + worth · squared error of each digit for codes y; then try y with one "
        "number changed by 1.",
        "Keep a change digit by digit: better = now < best is a mask, and y[better] = other[better] keeps it.",
        "for k in range(numbers): for move in (-1, 1): change y[:, k] in a copy, take the loss, keep the better ones.",
    ),
)
def search(my_search: object) -> str:
    """Give it digits in a codec made of PCA, and measure bits and errors."""
    x, h, decode, prices = _codec()
    before = _parts(x, np.round(h).astype(int), decode, prices)
    given = call(my_search, x, h, decode, prices, WORTH, name="my_search")
    if isinstance(given, tuple):
        wrong(f"my_search must return the code alone, an array, and returns {describe(given)}.")
    y = an_array(given, "my_search(x, h, decode, prices, worth)", shape=h.shape)
    if not np.array_equal(y, np.round(y)):
        wrong("some numbers of the code are not whole: only whole numbers can be written.")
    if np.abs(y).max() > REACH:
        wrong(f"whole numbers from -{REACH} to {REACH} are asked for, and yours reach {int(np.abs(y).max())}.")
    bits, error = _parts(x, y.astype(int), decode, prices)
    saved = 100 * (1 - bits / before[0])
    told = (
        f"{before[0] / 8:.2f} bytes and an error of {before[1]:.2f} a digit became {bits / 8:.2f} bytes and {error:.2f}"
    )
    if saved < SAVED or error > before[1]:
        if not y.any():
            wrong(f"all numbers are 0: that is cheap, and no digit is left. {told}.")
        if abs(saved) < 1e-9:
            wrong(f"that costs what rounding costs: {told}. {SAVED:g} % fewer bytes are asked.")
        if error > before[1]:
            advice = "The error must not grow: a change has to lower bits + worth · error, digit by digit."
        else:
            advice = "Try each number of the code one lower and one higher, and keep what lowers bits + worth · error."
        wrong(f"{told}; {SAVED:g} % fewer bytes with no larger error are asked. {advice}")
    return f"{told}: {saved:.1f} % fewer bytes, and a smaller error."


def _parts(x: np.ndarray, y: np.ndarray, decode: Any, prices: np.ndarray) -> tuple[float, float]:
    """Mean bits and mean squared error of a digit."""
    bits = prices[np.arange(y.shape[1]), y + REACH].sum(axis=1)
    return float(bits.mean()), float(np.square(decode(y) - x).sum(axis=(1, 2, 3)).mean())


@functools.cache
def _codec() -> tuple[np.ndarray, np.ndarray, Any, np.ndarray]:
    """Digits, their codes by PCA before rounding, the decoder, and the bits of each whole number."""
    (x_fit, _), (x_valid, _), _ = split_digits()
    flat = x_fit.reshape(len(x_fit), -1)
    mean = flat.mean(axis=0)
    _, axes = np.linalg.eigh((flat - mean).T @ (flat - mean))
    axes = axes[:, ::-1][:, :KEPT] / STEP
    seen = np.clip(np.round((flat - mean) @ axes), -REACH, REACH).astype(int) + REACH
    often = np.stack([np.bincount(column, minlength=2 * REACH + 1) + 0.1 for column in seen.T])
    back = axes.T * STEP**2

    def decode(y: np.ndarray) -> np.ndarray:
        """Digits (n, 28, 28, 1) of codes (n, numbers)."""
        return np.asarray(np.clip(y.astype(np.float32) @ back + mean, 0, 1)).reshape(-1, 28, 28, 1)

    x = x_valid[:40]
    h = np.clip((x.reshape(len(x), -1) - mean) @ axes, -REACH, REACH)
    return x, h, decode, -np.log2(often / often.sum(axis=1, keepdims=True))
