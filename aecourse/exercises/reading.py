"""The exercises on reading: the character error rate, the shade divided out, a choice by reading, a straight page."""

from __future__ import annotations

import numpy as np
from rapidfuzz.distance import Levenshtein
from scipy.ndimage import rotate

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
    wrong,
)
from aecourse.exercises.drawn import then

WORDS = (
    "paper",
    "lamp",
    "of",
    "the",
    "window",
    "in",
    "autumn",
    "seven",
    "horses",
    "a",
    "river",
    "cold",
    "and",
    "bread",
)


@exercise(
    "to divide the edit distance by the number of characters that are there",
    hints=(
        "How many characters are really there? That is the length of truth, whatever was read.",
        "Levenshtein.distance(read, truth) is the least number of steps from one text to the other.",
        "return Levenshtein.distance(read, truth) / len(truth)",
    ),
    drawn=Drawn(
        "to say how many wrong characters there are in {per} characters that are there",
        {"per": [*range(12, 99)]},
        lambda mine, per: lambda read, truth: then(mine(read, truth), lambda rate: rate / per),
    ),
)
def error_rate(my_error_rate: object) -> str:
    """Compare on texts with characters replaced, dropped and added, and recognise the usual slips."""
    several = [drawn_apart(_a_reading, _rates) for _ in range(2)]  # one number may be another slip's by chance
    what = "my_error_rate(read, truth)"
    given = [a_number(call(my_error_rate, *texts, name="my_error_rate"), what) for texts in several]
    answers = [_rates(*texts) for texts in several]
    if (i := first_wrong(given, answers)) is not None:
        recognise_each(given, answers, tolerance=1e-3)
        small = [("a form", "form"), ("from", "form"), ("fm", "form")]
        cases = [(case, _rates(*case)[RIGHT]) for case in small]
        examples(my_error_rate, [*cases, (several[i], answers[i][RIGHT])], name="my_error_rate")
    texts = several[0]
    nothing = a_number(call(my_error_rate, "", texts[1], name="my_error_rate"), 'my_error_rate("", truth)')
    if not close(nothing, 1):
        wrong(f"where nothing was read, every character is missing: the rate is 1, and {nothing:g} came back.")
    return f"“a form” for “form” gives {2 / 4:g}, and a text with steps of all three kinds {given[0]:.3f}."


def _a_reading(rng: np.random.Generator) -> tuple[str, str]:
    """What was read, and what is there: characters replaced, dropped and added, more of the last."""
    truth = " ".join(rng.choice(WORDS, 9))
    read = list(truth)
    for place in sorted(rng.choice(len(read), 6, replace=False), reverse=True):
        read[place : place + 1] = rng.choice(["", "i", "rn"])
    return "~ " + "".join(read) + " ..", truth


def _rates(read: str, truth: str) -> dict[str, object]:
    steps, most = Levenshtein.distance(read, truth), len(read)  # which is the longer one
    unlike = sum(a != b for a, b in zip(read, truth, strict=False)) + abs(len(read) - len(truth))
    words, right = read.split(), truth.split()
    return {
        RIGHT: steps / len(truth),
        "that is the number of steps: divide it by the number of characters of truth.": steps,
        "divided by what was read, or by the longer text: how many characters are there says truth.": steps / most,
        "that compares letter by letter: one letter too many and all behind it count as wrong.": unlike / len(truth),
        "that is the share of the characters that are right: the wrong ones are asked for.": 1 - steps / len(truth),
        "that counts words: count characters.": Levenshtein.distance(words, right) / len(right),
        "that is in percent: divide by the number of characters, and by nothing else.": 100 * steps / len(truth),
    }


@exercise(
    "to divide a page by the light on it",
    hints=(
        "Paper that gets half of the light shows 0.5 where it should show 1: what brings it back?",
        "Divide the page by the light. np.maximum keeps the light from being too small, np.minimum the result from "
        "being too bright.",
        "return np.minimum(page / np.maximum(light, 0.1), 1)",
    ),
)
def shade(my_flat: object) -> str:
    """Compare on random pages and lights, and recognise the usual slips."""
    pair = drawn_apart(_a_page, _flats)
    given = an_array(call(my_flat, *pair, name="my_flat"), "my_flat(page, light)", shape=pair[0].shape)
    answers = _flats(*pair)
    if not close(given, answers[RIGHT]):
        recognise(given, answers)
        small = tuple(np.array(v).reshape(1, 1, 3, 1) for v in ([0.4, 0.2, 0.03], [0.5, 0.1, 0.05]))
        examples(my_flat, [(small, _flats(*small)[RIGHT]), (pair, answers[RIGHT])], name="my_flat")
    return "paper in half of the light is white again, and where there is next to no light nothing explodes."


def _a_page(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    light = rng.uniform(0.12, 0.95, (2, 6, 8, 1))
    light[rng.random(light.shape) < 0.2] = 0.04
    ink = rng.choice([0.3, 0.8, 1.3], light.shape)
    page = np.clip(light * ink, 0, 1)
    light[:, 0, 0], page[:, 0, 0], light[:, 0, 1], page[:, 0, 1] = 0.05, 0.06, 0.5, 0.6
    return page, light


def _flats(page: np.ndarray, light: np.ndarray) -> dict[str, object]:
    safe = np.maximum(light, 0.1)
    return {
        RIGHT: np.minimum(page / safe, 1),
        "some pixels are brighter than 1: np.minimum(…, 1) ends that.": page / safe,
        "where the light is below 0.1, divide by 0.1: np.maximum(light, 0.1).": np.minimum(page / light, 1),
        "where the light is below 0.1, divide by 0.1, and let nothing be brighter than 1.": page / light,
        "the light is taken away: shade weakens what is there, so divide by it.": page - light,
        "the light is taken away and the rest lifted: shade weakens what is there, so divide by it.": np.clip(
            page + 1 - light, 0, 1
        ),
        "that is the light divided by the page: the page is what should become brighter.": np.minimum(
            light / np.maximum(page, 0.1), 1
        ),
        "that multiplies by the light: dark places would be darker still.": page * light,
        "nothing has changed: that is the page as it came.": page,
        "0.1 is added to the light: only light below 0.1 is to be replaced.": np.minimum(page / (light + 0.1), 1),
    }


@exercise(
    "to pick the version that is read with the fewest wrong characters",
    hints=(
        "Go through the names. For each one you need a number that says how badly it is read.",
        "wrong_characters(readings[name], truth) is that number, and the lowest is wanted. The decibels are no help.",
        "return min(readings, key=lambda name: wrong_characters(readings[name], truth))",
    ),
)
def pick(my_pick: object) -> str:
    """Draw readings of which the best in pixels, on one page, and by words are different versions."""
    for _ in range(3):
        readings, truth, decibels = case = _versions(np.random.default_rng())
        given = call(my_pick, readings, truth, decibels, name="my_pick")
        if isinstance(given, int | float | np.number):
            wrong(f"my_pick must return the name of a version, and returns {describe(given)}: the key, not its score.")
        if isinstance(given, list | tuple) and [*given] in [*readings.values()]:
            wrong("those are the texts of a version: its name is asked for, the key of the dict.")
        if not isinstance(given, str) or given not in readings:
            wrong(f"my_pick must return one of the names {', '.join(readings)}, and returns {describe(given)}.")
        names = _picked(*case)
        if given != names[RIGHT]:
            for message, name in names.items():
                if given == name:
                    wrong(message)
            wrong(f"{given} is not the version with the lowest character error rate, which is {names[RIGHT]}.")
    return "the version that is read best, though another has more decibels."


def _versions(rng: np.random.Generator) -> tuple[dict[str, list[str]], list[str], dict[str, float]]:
    """Six versions of two pages, a short and a long one; each slip picks a version of its own."""
    short, long = " ".join(rng.choice(WORDS, 5)), " ".join(rng.choice(WORDS, 40))

    def spoiled(text: str, share: float, letter: str) -> str:
        """So many characters replaced, evenly."""
        every = max(1, round(1 / share))
        return "".join(letter if i % every == every // 2 else c for i, c in enumerate(text))

    names = [f"version {letter}" for letter in rng.permutation(list("ABCDEF"))]
    best, pixels, first, worst, mean, longest = names
    readings = {
        best: [spoiled(short, 0.34, "#"), spoiled(long, 0.04, "#")],
        pixels: [spoiled(short, 0.25, "#"), spoiled(long, 0.2, "#")],
        first: [short, spoiled(long, 0.34, "#")],
        worst: [spoiled(short, 0.5, "#"), spoiled(long, 0.5, "#")],
        mean: [spoiled(short, 0.08, "#"), spoiled(long, 0.125, "#")],
        longest: [short + " #" * 30, long + " #" * 60],
    }
    decibels = {name: float(v) for name, v in zip(names, rng.uniform(12, 15, 6), strict=True)}
    decibels[pixels], decibels[longest] = 19.0, 9.0
    order = rng.permutation(names)
    return {n: readings[n] for n in order}, [short, long], {n: decibels[n] for n in order}


def _picked(readings: dict[str, list[str]], truth: list[str], decibels: dict[str, float]) -> dict[str, str]:
    def rate(name: str, pages: slice = slice(None)) -> float:
        pairs = list(zip(readings[name], truth, strict=True))[pages]
        return sum(Levenshtein.distance(r, t) for r, t in pairs) / sum(len(t) for _, t in pairs)

    def mean(name: str) -> float:
        return (rate(name, slice(1)) + rate(name, slice(1, 2))) / 2

    return {
        RIGHT: min(readings, key=rate),
        "that is the version with the most decibels: choose by what is read.": max(decibels, key=lambda n: decibels[n]),
        "that is the version with the fewest decibels: choose by what is read.": min(
            decibels, key=lambda n: decibels[n]
        ),
        "that is the version that is read worst: the lowest rate is wanted.": max(
            (n for n in readings), key=lambda n: rate(n) if decibels[n] > 10 else 0
        ),
        "that is the best on the first page: count all pages together.": min(
            (n for n in readings if decibels[n] > 10), key=lambda n: rate(n, slice(1))
        ),
        "that is the lowest mean of the pages' rates: a short page counts as much as a long one there. Divide all "
        "steps by all characters.": min(readings, key=mean),
    }


TOLERANCE = 0.5  # degrees
SLOPES = ((-4.5, -2.5), (2.5, 4.5), (-1.2, 1.2))  # from which a page is drawn each


@exercise(
    "to find the angle that makes the lines of a page level",
    hints=(
        "Where lines are level, rows of pixels are either full of ink or white between two lines. Where they slope, "
        "every row crosses letters and gaps alike.",
        "Try the angles from -6 to 6 in quarters of a degree. For each one rotate the page, take the mean of each row, "
        "and ask how much these means differ: np.var.",
        "turned = rotate(page, angle, reshape=False, order=1, cval=1); score = np.var(turned.mean(axis=1)). Return the "
        "angle with the highest score.",
    ),
)
def angle(my_angle: object) -> str:
    """Draw a page for each way to lie askew, and recognise an angle of the other sign or in radians."""
    rng = np.random.default_rng()
    what = "my_angle(page)"
    wanted = [-rng.uniform(*slopes) for slopes in SLOPES]
    pages = [rotate(_lines(rng), -degrees, reshape=False, order=1, cval=1) for degrees in wanted]
    given = [a_number(call(my_angle, page, name="my_angle"), what) for page in pages]
    off = np.abs(np.subtract(given, wanted))
    worst = int(off.argmax())
    missed = off[worst] > TOLERANCE
    if missed and np.abs(np.add(given, wanted)).max() <= TOLERANCE:
        wrong("that is how the lines slope: the angle that turns them back has the other sign.")
    if missed and np.abs(np.degrees(given) - wanted).max() <= TOLERANCE:
        wrong("that is in radians: rotate takes degrees.")
    if missed and np.ptp(given) == 0:
        wrong(f"that is the same angle for each of three pages, {given[0]:g}: look at the page.")
    if missed:
        wrong(
            f"a page that needs {wanted[worst]:.1f} degrees got {given[worst]:.1f}. At most half a degree may be "
            "missing: does your score grow when the lines are level, and are the angles that you try close enough "
            "together?"
        )
    return "pages that slope either way lie straight, to within half a degree."


def _lines(rng: np.random.Generator) -> np.ndarray:
    """A page of seven ragged lines of letters, made of blocks, in uneven light with a little noise."""
    page = np.ones((150, 240), np.float32)
    for top in range(16, 130, 17):
        left, end = rng.integers(14, 34), rng.choice([150, 190, 222])
        while left < end:
            wide, tall = rng.integers(3, 7), rng.integers(6, 9)
            page[top + 9 - tall : top + 9, left : left + wide] = 0.15
            left += wide + rng.choice([2, 2, 2, 7])
    light = np.linspace(1, rng.uniform(0.75, 0.9), page.shape[1], dtype=np.float32)
    return np.clip(page * light + rng.normal(0, 0.05, page.shape), 0, 1).astype(np.float32)
