"""The exercises on the bottleneck: between two codes, a walk, the playground, the k largest, a code to learn from."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

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
    recognise_each,
    shape_of,
    wrong,
)
from aecourse.exercises.validation import an_autoencoder, fresh_digits, train
from aecourse.exercises.values import as_array

READER_TARGET = 0.81
DRAWS = 10  # how often 100 labels are drawn anew
PLAY_TARGET, PLAY_NUMBERS, PLAY_STEPS = 0.03, 10, 300
PENALTY = {"penalty", "weight"}  # what may differ between two maps that are compared
FARTHEST = 2.5  # mean |h| under KL: of numbers with mean 0 and spread 1 it is 0.8


@exercise(
    "to return the code at share t of the way from h_a to h_b",
    hints=(
        "At t = 0 only h_a counts, at t = 1 only h_b; in between each counts with a share, and the shares add up to 1.",
        "h_b has the share t, h_a what is left of 1.",
        "return (1 - t) * h_a + t * h_b",
    ),
    drawn=Drawn(
        "to return the code at step t of {steps} on the way from h_a (t = 0) to h_b (t = {steps})",
        {"steps": range(5, 60)},
        lambda mine, steps: lambda h_a, h_b, t: mine(h_a, h_b, steps * t),
    ),
)
def between(my_between: object) -> str:
    """Compare the learner's step with the straight line between two random codes, at both ends and on the way."""
    near, far = (drawn_apart(draw, _steps) for draw in (_near, _far))
    what, shape = "my_between(h_a, h_b, t)", near[0].shape
    ways = (near, far, (*near[:2], 1.0))  # at the end, too: "whatever t is" has to hold there
    results = [an_array(call(my_between, *way, name="my_between"), what, shape=shape) for way in ways]
    recognise_each(results, [_steps(*way) for way in ways])
    shares = (0.0, 1.0, 0.25, near[2], far[2])
    for share in shares:
        way = (*near[:2], share)
        if not close(call(my_between, *way, name="my_between"), _steps(*way)[RIGHT]):
            small = np.array([1.0, -2.0]), np.array([3.0, 4.0]), share
            examples(my_between, [(a, _steps(*a)[RIGHT]) for a in (small, way)], name="my_between")
    return f"a straight line from one code to the other, tried at {len(shares)} places."


def _near(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float]:
    return rng.normal(size=16), rng.normal(size=16), float(rng.uniform(0.15, 0.4))


def _far(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float]:
    return rng.normal(size=16), rng.normal(size=16), float(rng.uniform(0.6, 0.85))


def _steps(h_a: np.ndarray, h_b: np.ndarray, t: float) -> dict[str, object]:
    return {
        RIGHT: (1 - t) * h_a + t * h_b,
        "the two ends are exchanged: t = 0 must give h_a, t = 1 must give h_b.": t * h_a + (1 - t) * h_b,
        "that is the middle whatever t is. Let t decide how much of each is taken.": (h_a + h_b) / 2,
        "at t = 1 all of h_a is still there: as the share of h_b grows, that of h_a must shrink to 0.": h_a + t * h_b,
        "that is the step alone: it starts at 0, not at h_a. Add it to h_a.": t * (h_b - h_a),
        "the step goes backwards: from h_a to h_b it is h_b - h_a.": h_a + t * (h_a - h_b),
        "that starts at h_b: add the step to h_a.": h_b + t * (h_b - h_a),
        "both have the share t: the shares must add up to 1, so h_a has 1 - t.": t * (h_a + h_b),
        "that is h_a whatever t is.": h_a,
        "that is h_b whatever t is.": h_b,
        "h_a is missing: it has the share 1 - t.": t * h_b,
        "h_b is missing: it has the share t.": (1 - t) * h_a,
    }


@exercise(
    "to return the codes of a walk along one number",
    hints=(
        "Copy the code len(values) times into a table first, then change one column of it.",
        "codes = np.repeat(h[None], len(values), axis=0) has the shape (len(values), size).",
        "codes[:, j] = values, and return codes",
    ),
)
def walk(my_walk: object) -> str:
    """Compare the learner's table with one built number by number."""
    h, j, values = drawn_apart(_a_walk, _tables)
    result = call(my_walk, h, j, values, name="my_walk")
    if shape_of(result) == (7, 5):
        wrong("my_walk has one column for each value; it must have one row for each: shape (5, 7) here.")
    if shape_of(result) == (7,):
        wrong("that is one code; my_walk must return a table with a row for each of the values: shape (5, 7) here.")
    table = an_array(result, "my_walk(h, j, values), for 5 values and a code of 7 numbers,", shape=(5, 7))
    other = drawn_apart(lambda rng: (*_a_walk(rng)[:1], 6 - j, _a_walk(rng)[2]), _tables)
    tables = [table, call(my_walk, *other, name="my_walk")]
    recognise_each(tables, [_tables(h, j, values), _tables(*other)])
    others = np.arange(7) != j
    if close(table[:, j], values) and not close(table[:, others], np.repeat(h[None, others], 5, axis=0)):
        wrong(f"number {j} takes the values, but others change too: they must stay as they are in h.")
    for place in (0, j, 6):
        right = _tables(h, place, values)[RIGHT]
        if not close(call(my_walk, h, place, values, name="my_walk"), right):
            small = np.array([5.0, 6.0, 7.0]), 1, np.array([0.0, 2.0])
            cases = [(small, _tables(*small)[RIGHT]), ((h, place, values), right)]
            examples(my_walk, cases, name="my_walk")
    return f"one number walks, the others stay: tried with numbers 0, {j} and 6 of 7."


def _a_walk(rng: np.random.Generator) -> tuple[np.ndarray, int, np.ndarray]:
    return rng.normal(size=7) + 0.5, int(rng.choice([2, 4])), rng.normal(size=5)


def _tables(h: np.ndarray, j: int, values: np.ndarray) -> dict[str, object]:
    def at(place: int, numbers: np.ndarray) -> np.ndarray:
        table = np.repeat(h[None], len(values), axis=0)
        table[:, place % len(h)] = numbers
        return table

    right = at(j, values)
    return {
        RIGHT: right,
        "the values are added to number j; it must take them instead.": at(j, h[j] + values),
        "number j is multiplied by the values; it must take them instead.": at(j, h[j] * values),
        f"number {j - 1} changes instead of number {j}: count from 0.": at(j - 1, values),
        f"number {j + 1} changes instead of number {j}: count from 0.": at(j + 1, values),
        "all rows are the code as it was: set column j of the table.": np.repeat(h[None], len(values), axis=0),
        "all rows have the last value: each row needs a copy of its own (np.repeat, or h.copy() in a loop).": at(
            j, values[-1:]
        ),
        "all rows have the first value: row i must take values[i].": at(j, values[:1]),
        "the values come in the reverse order.": right[::-1],
        "the values are sorted; they must come in the order in which they are given.": at(j, np.sort(values)),
    }


@exercise(
    "to find a code of at most 10 numbers with a mean squared error below 0.03, in the playground",
    hints=(
        "Change “Numbers in h” and let it train: the error that counts is the one on digits it does not train on.",
        "Two numbers are too few however long you wait, 16 are more than it takes. Halve what lies between.",
        "Set “Numbers in h” to 8, press Play, wait for 1,000 steps, press Pause; then my_run = playground.report",
    ),
)
def small_code(my_run: object) -> str:
    """Read the settings and the error that the playground reports."""
    run = _run(my_run, "my_run")
    error, code = run["error"], int(run["settings"]["code"])
    kinds = run["settings"].get("classes")
    if kinds != [*range(10)]:
        wrong(f"that run draws the kinds {kinds} alone, which is easier. Choose all ten kinds of digits.")
    if error >= PLAY_TARGET:
        wrong(
            f"{code} numbers and an error of {error:.4f} after {run['steps']:,} steps; below {PLAY_TARGET} is asked. "
            "Train longer, or allow another number."
        )
    if code > PLAY_NUMBERS:
        wrong(f"the error is below {PLAY_TARGET}, but with {code} numbers; at most {PLAY_NUMBERS} are allowed.")
    return (
        f"{code} numbers, an error of {error:.4f} after {run['steps']:,} steps. What is the smallest code that does it?"
    )


@exercise(
    "to compare the codes of a plain run with those of one under the penalty KL",
    hints=(
        "Train with two numbers in h, press Pause, and run np.abs(playground.weights.encode(x_test)).mean() in a cell "
        "of your own: playground.weights is the network of the last Pause. Then press “Pin this run to compare”.",
        "Choose the penalty KL, change nothing else, press Play and Pause, and run the same line again.",
        "my_report = playground.report, and my_distances = (the first number, the second number)",
    ),
)
def penalised_map(my_report: object, my_distances: object) -> str:
    """Find the pair of runs in the report, then read the two distances."""
    last = _run(my_report, "my_report")
    runs = [run for run in [*last["runs"], last] if run["steps"] >= PLAY_STEPS]
    plain = [run["settings"] for run in runs if run["settings"]["penalty"] == "none"]
    penalised = [run["settings"] for run in runs if run["settings"]["penalty"] == "kl"]
    if not plain or not penalised:
        kinds = ", ".join(sorted({run["settings"]["penalty"] for run in runs})) or "none of them"
        wrong(
            f"the report needs a run without a penalty and one with KL, each of at least {PLAY_STEPS} steps, one of "
            f"them pinned; long enough were runs with the penalty: {kinds}."
        )
    pairs = [(a, b) for a in plain for b in penalised if _others(a) == _others(b)]
    if not pairs:
        wrong("the two runs differ in more than the penalty: change nothing else, or you compare two things at once.")
    if all(int(a["code"]) != 2 for a, _ in pairs):
        wrong(f"the two runs have {pairs[0][0]['code']} numbers in h; the map is of two: set “Numbers in h” to 2.")
    array = as_array(my_distances)
    one = array is None or array.ndim == 0
    two: Any = my_distances if isinstance(my_distances, list | tuple) else [] if one else array
    if len(two) != 2:
        wrong(f"my_distances must be two numbers, without the penalty and with it, and is {describe(my_distances)}.")
    before, after = (a_number(value, "each of my_distances") for value in two)
    if min(before, after) <= 0:
        wrong(f"a mean of absolute values is above 0; my_distances are {before:g} and {after:g}.")
    if before > 0.9 * after and after > 0.9 * before:
        wrong(
            f"{before:g} and {after:g} are nearly the same. playground.weights is the network of the last Pause: "
            "measure once before you train with the penalty, and once after."
        )
    if before < after:
        wrong(f"{before:g} without the penalty and {after:g} with it: is that the right order? Without comes first.")
    if after > FARTHEST:
        wrong(
            f"KL pulls codes to about 1 from 0, and {after:g} is more than that. Take the mean of the absolute values, "
            "and measure the network that was trained with the penalty."
        )
    return (
        f"the codes lie {before:.2f} from 0 on average, with the penalty {after:.2f}: it gathers them around 0, so "
        "that hardly a place of the map stays empty. That is the first idea of a VAE."
    )


def _run(report: object, name: str) -> dict[str, Any]:
    """A report of the playground; ends the check when it is none."""
    if type(report).__name__ == "Playground":
        wrong(f"{name} is the playground itself; what it tells is playground.report.")
    if not isinstance(report, dict):
        wrong(f"{name} must be what playground.report gives, and is {describe(report)}.")
    run = cast(dict[str, Any], report)
    if not run:
        wrong(f"{name} is empty: press Play, then Pause, and take playground.report again.")
    if not {"settings", "steps", "error", "runs"} <= run.keys():
        wrong(f"{name} must be what playground.report gives, with settings, steps, error and runs.")
    if not isinstance(run["settings"], dict) or not {"code", "penalty", "classes"} <= run["settings"].keys():
        wrong(f"the settings in {name} are not those of a playground: hand over playground.report as it is.")
    if run["error"] is None:
        wrong(f"{name} holds no error yet: press Play, let it train on, then press Pause.")
    told = ((run["error"], 0), (run["steps"], -1), (run["settings"]["code"], 0))
    if not all(_above(number, least) for number, least in told):
        wrong(f"the numbers in {name} are not those of a playground: hand over playground.report as it is.")
    if run["steps"] < PLAY_STEPS:
        wrong(f"{name} is of {run['steps']} training steps; let it train for {PLAY_STEPS} at least, then press Pause.")
    return run


def _above(value: object, least: int) -> bool:
    """Whether it is a number above the least, as a playground reports them."""
    return isinstance(value, int | float) and not isinstance(value, bool) and least < value < np.inf


def _others(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name not in PENALTY}


@exercise(
    "to keep the k largest numbers of each code and set the others to 0",
    hints=(
        "np.sort(h, axis=1) sorts each row from small to large: where does its k-th largest number stand?",
        "threshold = np.sort(h, axis=1)[:, -k:][:, :1] is the smallest number that stays, one for each row.",
        "return np.where(h >= threshold, h, 0)",
    ),
)
def keep(my_k_largest: object) -> str:
    """Compare the learner's codes with ones made row by row, for random codes with negative numbers."""
    h, k = drawn_apart(lambda rng: (_codes(rng), 3), _kept)
    other = drawn_apart(lambda rng: (_codes(rng), 5), _kept)
    result = call(my_k_largest, h, k, name="my_k_largest")
    order, shape = np.argsort(h, axis=1), shape_of(result)
    if shape == (len(h), k):
        if close(np.sort(np.asarray(result), axis=1), np.sort(order[:, -k:], axis=1)):
            wrong("those are the places of the k largest numbers (argsort); the codes themselves are asked for.")
        wrong("those are k numbers of each code alone; the decoder needs the whole code, with 0 in all other places.")
    if shape == (len(h), 1) or shape == (len(h),):
        wrong("that is one number for each code, a threshold perhaps: compare h with it, and return codes like h.")
    if shape == h.shape and close(result, order):
        wrong("those are the places that argsort gives; the codes themselves are asked for.")
    if shape == h.shape and not np.isfinite(np.asarray(result, dtype=float)).all():
        wrong("NaN or infinity stands where numbers were taken out: set them to 0.")
    table = an_array(result, "my_k_largest(h, k)", shape=h.shape, truth=True)
    tables = [table, an_array(call(my_k_largest, *other, name="my_k_largest"), "it", shape=h.shape, truth=True)]
    recognise_each(tables, [_kept(h, k), _kept(*other)])
    for number in (1, k, other[1], h.shape[1]):
        right = _kept(h, number)[RIGHT]
        if not close(call(my_k_largest, h, number, name="my_k_largest"), right):
            small = np.array([[1.0, -5.0, 3.0], [-4.0, -2.0, -9.0]])
            cases = [((small, i), _kept(small, i)[RIGHT]) for i in (1, 2)]
            examples(my_k_largest, [*cases, ((h, number), right)], name="my_k_largest")
    return f"each code keeps its k largest numbers: tried with k = 1, {k}, {other[1]} and {h.shape[1]} of {h.shape[1]}."


def _codes(rng: np.random.Generator) -> np.ndarray:
    h = rng.normal(size=(6, 12)) + rng.normal(0, 2, (6, 1))  # each code around a middle of its own
    h[0] = -np.abs(h[0])  # a row in which even the largest are negative
    return h


def _kept(h: np.ndarray, k: int) -> dict[str, object]:
    order, columns = np.argsort(h, axis=1), np.argsort(h, axis=0)
    right = _only(h, order[:, -k:])
    flat, rows = np.sort(h.ravel()), len(h)
    down = np.zeros_like(h)
    np.put_along_axis(down, columns[-k:], np.take_along_axis(h, columns[-k:], axis=0), axis=0)
    return {
        RIGHT: right,
        "that keeps the numbers farthest from 0; the largest are asked for: −3 is less than 1.": _only(
            h, np.argsort(np.abs(h), axis=1)[:, -k:]
        ),
        "that keeps the smallest: np.sort puts the largest last.": _only(h, order[:, :k]),
        "that sets the k largest to 0 and keeps the others: the other way round.": h - right,
        "one too few stays in each row: the k-th largest itself stays too (>=, not >).": _only(
            h, order[:, h.shape[1] - k + 1 :]
        ),
        "one too many stays in each row: [:, -k] is the k-th largest, [:, -k - 1] the one below it.": _only(
            h, order[:, -k - 1 :]
        ),
        "that marks the places with 1; the numbers themselves must stay.": (right != 0).astype(float),
        "one threshold for all rows: each code must keep k numbers of its own (axis=1).": np.where(
            h >= flat[-k * rows], h, 0
        ),
        "that keeps k numbers of the whole table: each code must keep k of its own (axis=1).": np.where(
            h >= flat[-k], h, 0
        ),
        "that keeps the k largest of each column; a code is a row (axis=1).": down,
        "negative numbers are lost: where even the largest are below 0, they stay all the same.": np.maximum(right, 0),
        "the numbers that stay must stay where they stand: the rows are sorted.": np.sort(right, axis=1),
        "the first k numbers of each code stay; the k largest are asked for.": np.where(
            np.arange(h.shape[1]) < k, h, 0
        ),
        "the last k numbers of each code stay; the k largest are asked for.": np.where(
            np.arange(h.shape[1]) >= h.shape[1] - k, h, 0
        ),
        "nothing is set to 0: that is h as it was.": h,
        "the smaller numbers become the threshold; they must become 0.": np.maximum(
            h, np.sort(h, axis=1)[:, -k:][:, :1]
        ),
    }


def _only(h: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The codes with 0 everywhere but in these places of each row."""
    kept = np.zeros_like(h)
    np.put_along_axis(kept, places, np.take_along_axis(h, places, axis=1), axis=1)
    return kept


@exercise(
    f"to train a code of 16 numbers, without labels, that reaches {READER_TARGET:.0%} from ten labels a kind",
    hints=(
        "What else need the code not tell? Writers differ in how far they slant, and in how thick they write. Damage "
        "the encoder's input in that respect, too, and ask for the undamaged digit: fit(..., corrupt=...).",
        "A slant moves each row of the picture sideways, in proportion to its distance from the middle: one random "
        "number a digit. Shift the slanted digits as section 5 does, and train a little longer.",
        "For one picture `one` of shape (28, 28, 1) and a slant s from -0.3 to 0.3: np.stack([np.roll(line, "
        "round(s * (i - 14)), axis=0) for i, line in enumerate(one)]). Then shift(...) of all, and train_dense(x, 16, "
        "(512,), epochs=8, corrupt=that function)",
    ),
)
def reader(my_training: object) -> str:
    """Hand digits to the learner's function; judge how much a linear classifier learns from ten labels a kind."""
    model = an_autoencoder(train(my_training, name="my_training"), "what my_training returns", code=16)
    (x, labels), (x_valid, y_valid), (x_test, y_test) = fresh_digits()
    codes = model.encode(x)
    if not np.isfinite(codes).all() or (codes.std(axis=0) == 0).all():
        wrong("all digits have the same code, or codes hold NaN: was the model trained?")
    found = _accuracy(codes, labels, model.encode(x_valid), y_valid)
    if found < READER_TARGET:
        (x_own, y_own), (x_others, y_others), _ = split_digits()
        on_lesson = _accuracy(model.encode(x_own), y_own, model.encode(x_others), y_others)
        if on_lesson > found + 0.05:
            wrong(
                f"{found:.1%} are told on digits like those that my_training was handed, but {on_lesson:.1%} on the "
                "lesson's own. So it was trained on the lesson's digits: train on the argument of my_training."
            )
        wrong(
            f"{found:.1%} of the digits that were kept back are told from ten labels a kind; {READER_TARGET:.0%} are "
            "asked. The pixels reach about 75 %, section 5's code about 80 %. What else can the code learn to leave "
            "out?"
        )
    on_test = _accuracy(codes, labels, model.encode(x_test), y_test)
    return (
        f"from ten labels a kind {found:.1%} of the digits that were kept back are told, and {on_test:.1%} of the test "
        "digits."
    )


def _accuracy(codes: np.ndarray, labels: np.ndarray, others: np.ndarray, other_labels: np.ndarray) -> float:
    """The lesson's measure: the mean accuracy of linear classifiers, each from ten labels of each kind."""
    from sklearn.linear_model import LogisticRegression

    rng, scale, accuracy = np.random.default_rng(0), codes.std(), []
    for _ in range(DRAWS):
        order = rng.permutation(len(labels))
        shown = np.concatenate([order[labels[order] == digit][:10] for digit in range(10)])
        classifier = LogisticRegression(C=1.0, max_iter=1000).fit(codes[shown] / scale, labels[shown])
        accuracy.append(classifier.score(others / scale, other_labels))
    return float(np.mean(accuracy))
