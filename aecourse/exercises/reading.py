"""The exercises on reading: the character error rate, the shade divided out, a choice by reading, a straight page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import numpy as np
from rapidfuzz.distance import OSA, Indel, Levenshtein
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
        recognise_each(given, [{SWAPPED: OSA.distance(*texts) / len(texts[1])} for texts in several])
        for digits in (1, 2, 3):
            recognise_each(given, [{ROUNDED: round(rates[RIGHT], digits)} for rates in answers])
        small = [("a form", "form"), ("from", "form"), ("fm", "form")]
        cases = [(case, _rates(*case)[RIGHT]) for case in small]
        examples(my_error_rate, [*cases, (several[i], answers[i][RIGHT])], name="my_error_rate")
    for case, slip, message in PARTICULAR:
        right = _rates(*case)[RIGHT]
        value = a_number(call(my_error_rate, *case, name="my_error_rate"), f"my_error_rate{case}")
        if not close(value, right):
            recognise(value, {message: slip})
            examples(my_error_rate, [(case, right)], name="my_error_rate")
    texts = several[0]
    nothing = a_number(call(my_error_rate, "", texts[1], name="my_error_rate"), 'my_error_rate("", truth)')
    if not close(nothing, 1):
        wrong(f"where nothing was read, every character is missing: the rate is 1, and {nothing:g} came back.")
    return f"“a form” for “form” gives {2 / 4:g}, and a text with steps of all three kinds {given[0]:.3f}."


SWAPPED = "two letters that changed places are two steps: each of them is replaced."
ROUNDED = "that is rounded: return the rate itself."
# What a random text may not tell: what was read and what is there, what a slip gives, and the slip.
PARTICULAR = (
    (("xxxxxxxx", "ab"), 1, "a rate may exceed 1, where much is read that is not there: do not cut it off."),
    (("Form", "form"), 0, "capitals are characters of their own: an F for an f is one step."),
    ((" form", "form"), 0, "a space is a character: one that is read and is not there is one step."),
    (("from", "form"), 1 / 4, SWAPPED),
    (("or", "for"), 0.33, ROUNDED),
)


def _a_reading(rng: np.random.Generator) -> tuple[str, str]:
    """What was read, and what is there: characters replaced, dropped and added, more of the last."""
    truth = " ".join(rng.choice(WORDS, 9))
    read = list(truth)
    for place in sorted(rng.choice(len(read), 6, replace=False), reverse=True):
        read[place : place + 1] = rng.choice(["", "i", "rn"])
    return "~ " + "".join(read) + " ..", truth


def _rates(read: str, truth: str) -> dict[str, float]:
    steps, most = Levenshtein.distance(read, truth), len(read)  # which is the longer one
    unlike = sum(a != b for a, b in zip(read, truth, strict=False))
    words, right = read.split(), truth.split()
    return {
        RIGHT: steps / len(truth),
        "that is the number of steps: divide it by the number of characters of truth.": steps,
        "divided by what was read, or by the longer text: truth says how many characters there are.": steps / most,
        "that compares letter by letter: one letter too many and all behind it count as wrong.": (
            unlike + abs(len(read) - len(truth))
        )
        / len(truth),
        "that compares letter by letter, as far as the shorter text goes: one letter too many and all behind it count "
        "as wrong. Count steps, with Levenshtein.distance.": unlike / len(truth),
        "one character replaced by another is one step; that counts two, one dropped and one added.": Indel.distance(
            read, truth
        )
        / len(truth),
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
        recognise(given, answers, clipped=True)
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
    """Hand over readings of which each likely rule picks another version; name a rule that fits all that was picked."""
    cases = _cases(np.random.default_rng())
    given = [_a_name(call(my_pick, *case, name="my_pick"), case[0]) for case in cases]
    picked = {message: [rule(*case) for case in cases] for message, rule in RULES.items()}
    for name, right, (readings, truth, _) in zip(given, picked[RIGHT], cases, strict=True):
        if name != right:
            for message, names in picked.items():
                if given == names:
                    wrong(message)
            rates = [_rate(readings[version], truth) for version in (name, right)]
            wrong(f"you chose {name}: {rates[0]:.0%} of its characters are wrong; {right} has {rates[1]:.0%}.")
    return "the version that is read best, though another has more decibels."


Readings = dict[str, list[str]]
Case = tuple[Readings, list[str], dict[str, float]]


def _a_name(given: object, readings: Readings) -> str:
    """The learner's answer as one of the names; ends the check when it is none."""
    if isinstance(given, int | float | np.number):
        wrong(
            f"my_pick must return the name of a version, and returns {describe(given)}: the key itself, not its place "
            "or its score."
        )
    if isinstance(given, list | tuple) and [*given] in [*readings.values()]:
        wrong("those are the texts of a version: its name is asked for, the key of the dict.")
    if not isinstance(given, str) or given not in readings:
        wrong(f"my_pick must return a key of readings, such as {min(readings)!r}, and returns {describe(given)}.")
    return str(given)


def _rate(texts: list[str], truth: list[str]) -> float:
    """The character error rate of several pages together."""
    return sum(map(Levenshtein.distance, texts, truth)) / sum(map(len, truth))


def _by_page(texts: list[str], truth: list[str]) -> list[float]:
    return [Levenshtein.distance(a, b) / len(b) for a, b in zip(texts, truth, strict=True)]


def _letters_apart(texts: list[str], truth: list[str]) -> int:
    """How many letters differ, place by place."""
    return sum(a != b for pair in zip(texts, truth, strict=True) for a, b in zip(*pair, strict=False))


def _words_missed(texts: list[str], truth: list[str]) -> float:
    """The share of the words of the pages that do not stand in what was read."""
    pages = [(re.findall(r"\w+", a), re.findall(r"\w+", b)) for a, b in zip(texts, truth, strict=True)]
    return float(np.mean([word not in found for found, words in pages for word in words]))


def _pages_apart(texts: list[str], truth: list[str]) -> int:
    return sum(a != b for a, b in zip(texts, truth, strict=True))


def _length_apart(texts: list[str], truth: list[str]) -> int:
    return abs(sum(map(len, texts)) - sum(map(len, truth)))


def _least(score: Callable[[list[str], list[str]], float]) -> Callable[..., str]:
    """The rule that takes the version with the lowest score."""
    return lambda readings, truth, _: min(readings, key=lambda name: score(readings[name], truth))


# What a learner may go by: the message, and the version that it picks.
RULES: dict[str, Callable[..., str]] = {
    RIGHT: _least(_rate),
    "that is the version with the most decibels: choose by what is read.": lambda _r, _t, d: max(d, key=d.__getitem__),
    "that is the version with the fewest decibels: choose by what is read.": lambda _r, _t, d: min(
        d, key=d.__getitem__
    ),
    "the rate is divided by the decibels: they say nothing about what is read, leave them out.": lambda r, t, d: min(
        r, key=lambda name: _rate(r[name], t) / d[name]
    ),
    "that is the version that is read worst: the lowest rate is wanted.": _least(lambda a, b: -_rate(a, b)),
    "that is the best on the first page: count all pages together.": _least(lambda a, b: _by_page(a, b)[0]),
    "that is the best on the last page: count all pages together.": _least(lambda a, b: _by_page(a, b)[-1]),
    "that is the lowest mean of the pages' rates: a short page counts as much as a long one there. Divide all "
    "steps by all characters.": _least(lambda a, b: float(np.mean(_by_page(a, b)))),
    "that is the lowest median of the pages' rates: a page counts there, however long it is. Divide all steps by all "
    "characters.": _least(lambda a, b: float(np.median(_by_page(a, b)))),
    "that goes by the worst page of each version: count all pages together.": _least(lambda a, b: max(_by_page(a, b))),
    "that divides by what was read: truth says how many characters there are.": _least(
        lambda a, b: _rate(a, b) * sum(map(len, b)) / sum(map(len, a))
    ),
    "that compares letter by letter: one letter too few and all behind it count as wrong.": _least(_letters_apart),
    "that counts words that are found: characters are asked for.": _least(_words_missed),
    "that counts pages without a mistake: count characters.": _least(_pages_apart),
    "that is the version whose texts have the right length: compare what is in them.": _least(_length_apart),
    "that is the first version of the dict: choose by what is read.": lambda r, _t, _d: next(iter(r)),
    "that is the last version of the dict: choose by what is read.": lambda r, _t, _d: next(reversed(r)),
    "that is the first name in the alphabet: min compares the names; its argument key= says what to go by.": (
        lambda r, _t, _d: min(r)
    ),
    "that is the last name in the alphabet: max compares the names; the lowest rate is wanted.": (
        lambda r, _t, _d: max(r)
    ),
}


def _cases(rng: np.random.Generator) -> list[Case]:
    """Six draws of readings: no rule picks the right version in any, no two rules pick alike in all.

    The kind of version that stands first or last, in the dict or in the alphabet, changes from draw to draw and is
    never the right one: a rule that goes by what is read cannot be taken for one that goes by the place.
    """
    for _ in range(1000):
        ends = [places[i : i + 4] for places in (rng.permutation(DECOYS), rng.permutation(DECOYS)) for i in (0, 4, 8)]
        cases = [_versions(rng, four) for four in ends]
        picked = [[rule(*case) for case in cases] for rule in RULES.values()]
        astray = all(name != right for names in picked[1:] for name, right in zip(names, picked[0], strict=True))
        if astray and len({*map(tuple, picked)}) == len(picked):
            return cases
    raise RuntimeError("two rules pick the same version whatever is drawn")


def _chosen(text: str, share: float) -> list[bool]:
    """For each character whether it is among this share of them, spread evenly."""
    return [int((i + 1) * share) > int(i * share) for i in range(len(text))]


def _replaced(text: str, share: float) -> str:
    return "".join("#" if hit else c for c, hit in zip(text, _chosen(text, share), strict=True))


def _dropped(text: str, share: float) -> str:
    return "".join("" if hit else c for c, hit in zip(text, _chosen(text, share), strict=True))


def _added(text: str, share: float) -> str:
    return "".join(c + "i" if hit else c for c, hit in zip(text, _chosen(text, share), strict=True))


def _blotted(text: str, share: float) -> str:
    """Every word is there, behind what is none."""
    return "~ " * round(len(text) * share / 2) + text


def _between(rng: np.random.Generator, first: str, last: str, kinds: Iterable[str]) -> list[str]:
    """All kinds of versions in any order, but for the first and the last of them."""
    return [first, *rng.permutation([kind for kind in kinds if kind not in (first, last)]), last]


DECOYS = 14  # versions beside the right one


def _versions(rng: np.random.Generator, ends: np.ndarray) -> Case:
    """Versions of four short pages and a long one, each of which another rule likes best.

    ends are the places of four decoys: two stand at the ends of the dict, two at the ends of the alphabet.
    """
    truth = [" ".join(rng.choice(WORDS, n)) for n in (6, 6, 6, 6, 70)]
    long = 4

    def each(*shares: float, spoil: Callable[[str, float], str] = _replaced) -> list[str]:
        """The pages, so many characters of each spoiled; the last share is the long page's."""
        shares = shares if len(shares) > 1 else shares * len(truth)
        return [spoil(text, share) if share else text for text, share in zip(truth, shares, strict=True)]

    def shifted(texts: list[str]) -> list[str]:
        """The first letter of the long page is missing: no letter stands where it stood."""
        return [*texts[:long], texts[long][1:]]

    made = {
        "right": (shifted(each(0.5, 0.5, 0.5, 0.5, 0.1, spoil=_dropped)), 11.0),
        "by length of reading": (each(0.35, 0.35, 0.35, 0.35, 0.18, spoil=_added), 11.0),
        "rate by decibels": (shifted(each(0.26, 0.26, 0.26, 0.45, 0.24)), 17.0),
        "most decibels": (each(0.6), 19.0),
        "fewest decibels": (each(0.5), 8.0),
        "worst": (each(0.85), 9.0),
        "mean": (shifted(each(0.15, 0.15, 0.15, 0.15, 0.37)), 11.0),
        "median": (each(0.08, 0.08, 0.08, 0.9, 0.45), 11.0),
        "first": (each(0, 0.7, 0.7, 0.7, 0.45), 11.0),
        "last": (each(0.7, 0.7, 0.7, 0.04, 0.45), 11.0),
        "pages": (each(0.7, 0, 0, 0.7, 0.45), 11.0),
        "letters": (each(0.3, 0.3, 0.3, 0.45, 0.3), 11.0),
        "worst page": (shifted(each(0.32)), 11.0),
        "none": (shifted(each(0.4, 0.36, 0.36, 0.36, 0.36)), 11.0),  # for rules that nobody thought of
        "words": (each(0.4, spoil=_blotted), 11.0),
    }
    first, last, a, z = np.array([*made])[1:][ends]
    order, letters = _between(rng, first, last, made), _between(rng, a, z, made)
    names = {version: f"version {letter}" for version, letter in zip(letters, "ABCDEFGHIJKLMNO", strict=True)}
    pages = [0, *rng.permutation([1, 2, 4]), 3]
    readings = {names[v]: [made[v][0][page] for page in pages] for v in order}
    return readings, [truth[page] for page in pages], {names[v]: made[v][1] + rng.uniform(0, 0.5) for v in order}


TOLERANCE = 0.5  # degrees
TRIED = np.arange(-6, 6.1, 0.25)
# From which a page is drawn each. Steps of a degree and a half, of two or of three miss one of the first two pages.
SLOPES = ((-3.4, -2.6), (3.6, 3.9), (-1.2, 1.2))


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
    way = rng.choice([-1, 1])
    wanted, pages = zip(*[_plainly_askew(rng, way * np.array(slopes)) for slopes in SLOPES], strict=True)
    given = [a_number(call(my_angle, page, name="my_angle"), what) for page in pages]
    off = np.abs(np.subtract(given, wanted))
    worst = int(off.argmax())
    missed = off[worst] > TOLERANCE
    if missed and np.abs(np.add(given, wanted)).max() <= TOLERANCE:
        wrong("that is how the lines slope: the angle that turns them back has the other sign.")
    if missed and np.abs(np.degrees(given) - wanted).max() <= TOLERANCE:
        wrong("that is in radians: rotate takes degrees.")
    if missed:
        others = ", as did the other two pages" if np.ptp(given) == 0 else ""
        wrong(
            f"a page that needs {wanted[worst]:.1f} degrees got {given[worst]:.1f}{others}. At most half a degree may "
            "be missing: does your score grow when the lines are level, and are the angles that you try close enough "
            "together?"
        )
    return "pages that slope either way lie straight, to within half a degree."


def _plainly_askew(rng: np.random.Generator, between: np.ndarray) -> tuple[float, np.ndarray]:
    """The angle that a page needs, and the page: one on which either usual search finds that angle.

    On others a right answer would be refused: some random pages mislead the score, and a turn by 0 degrees is not
    interpolated, keeps the noise, and so scores more than one by the half degree that a page may need.
    """
    while True:
        needed = rng.uniform(between.min(), between.max())
        page = _turned(_lines(rng), -needed)
        means = [_turned(page, degrees).mean(axis=1) for degrees in TRIED]
        found = [TRIED[np.argmax(scores)] for scores in (np.var(means, axis=1), np.square(np.diff(means)).sum(axis=1))]
        if np.abs(np.subtract(found, needed)).max() <= TOLERANCE / 2:
            return needed, page


def _turned(page: np.ndarray, degrees: float) -> np.ndarray:
    return rotate(page, degrees, reshape=False, order=1, cval=1)


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
