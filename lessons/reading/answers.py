"""Answers to the lesson on reading: likely mistakes, each with its message, and other right answers."""

from __future__ import annotations

import numpy as np
from rapidfuzz.distance import OSA, Indel, Levenshtein
from scipy.ndimage import rotate
from skimage.transform import radon


def rate(read, truth):
    return Levenshtein.distance(read, truth) / len(truth)


def by_a_table(read, truth):
    steps = np.zeros((len(read) + 1, len(truth) + 1), int)
    steps[:, 0], steps[0] = np.arange(len(read) + 1), np.arange(len(truth) + 1)
    for i, a in enumerate(read, 1):
        for j, b in enumerate(truth, 1):
            steps[i, j] = min(steps[i - 1, j] + 1, steps[i, j - 1] + 1, steps[i - 1, j - 1] + (a != b))
    return steps[-1, -1] / len(truth)


def letter_by_letter(read, truth):
    unlike = sum(a != b for a, b in zip(read, truth, strict=False)) + abs(len(read) - len(truth))
    return unlike / len(truth)


def right_flat(page, light):
    return np.clip(page / np.clip(light, 0.1, None), 0, 1)


def with_where(page, light):
    safe = np.where(light < 0.1, 0.1, light)
    return np.where(page > safe, 1, page / safe)


def pooled(texts, truth):
    return sum(map(Levenshtein.distance, texts, truth)) / sum(map(len, truth))


def by_sorting(readings, truth, decibels):
    return sorted(readings, key=lambda name: pooled(readings[name], truth))[0]


def by_a_loop(readings, truth, decibels):
    best, least = None, float("inf")
    for name, texts in readings.items():
        steps = sum(Levenshtein.distance(a, b) for a, b in zip(texts, truth, strict=True))
        if steps < least:
            best, least = name, steps
    return best


def as_one_text(readings, truth, decibels):
    names = np.array([*readings])
    return names[np.argmin([Levenshtein.distance(" ".join(readings[n]), " ".join(truth)) for n in names])]


def mean_of_rates(readings, truth, decibels):
    return min(readings, key=lambda name: np.mean([rate(r, t) for r, t in zip(readings[name], truth, strict=True)]))


def letters_apart(texts, truth):
    return sum(a != b for pair in zip(texts, truth, strict=True) for a, b in zip(*pair, strict=False))


def share_of_words(texts, truth):
    return np.mean([w in a.split() for a, b in zip(texts, truth, strict=True) for w in b.split()])


def seventh_best(readings, truth, decibels):
    """No rule that anybody would follow."""
    return sorted(readings, key=lambda name: pooled(readings[name], truth))[6]


def searched(score, angles=None):
    """The angle for which a score of the turned page is highest."""
    tried = np.arange(-6, 6.1, 0.25) if angles is None else angles
    return lambda page: max(tried, key=lambda a: score(rotate(page, a, reshape=False, order=1, cval=1)))


def rows(turned):
    return turned.mean(axis=1).var()


def steps_between_rows(turned):
    return np.square(np.diff(turned.sum(axis=1))).sum()


def coarse_then_fine(page):
    near = searched(rows, range(-6, 7))(page)
    return searched(rows, np.linspace(near - 1, near + 1, 21))(page)


def by_radon(page):
    angles = np.arange(-6, 6.1, 0.25)
    ink = radon(page.max() - page, 90 + angles, circle=False)
    return -angles[np.square(np.diff(ink, axis=0)).sum(axis=0).argmax()]


REFUSED = {
    "error_rate": [
        (
            lambda: (lambda read, truth: Levenshtein.distance(read, truth),),
            "that is the number of steps: divide it by the number of characters of truth.",
        ),
        (
            lambda: (lambda read, truth: Levenshtein.distance(read, truth) / max(len(read), 1),),
            "divided by what was read, or by the longer text: truth says how many characters there are.",
        ),
        (
            lambda: (Levenshtein.normalized_distance,),
            "divided by what was read, or by the longer text: truth says how many characters there are.",
        ),
        (
            lambda: (letter_by_letter,),
            "that compares letter by letter: one letter too many and all behind it count as wrong.",
        ),
        (
            lambda: (lambda read, truth: 1 - rate(read, truth),),
            "that is the share of the characters that are right: the wrong ones are asked for.",
        ),
        (
            lambda: (lambda read, truth: rate(read.split(), truth.split()),),
            "that counts words: count characters.",
        ),
        (
            lambda: (lambda read, truth: 100 * rate(read, truth),),
            "that is in percent: divide by the number of characters, and by nothing else.",
        ),
        (
            lambda: (lambda read, truth: sum(a != b for a, b in zip(read, truth, strict=False)) / len(truth),),
            "that compares letter by letter, as far as the shorter text goes: one letter too many and all behind it "
            "count as wrong. Count steps, with Levenshtein.distance.",
        ),
        (
            lambda: (lambda read, truth: Indel.distance(read, truth) / len(truth),),
            "one character replaced by another is one step; that counts two, one dropped and one added.",
        ),
        (
            lambda: (lambda read, truth: min(1, rate(read, truth)),),
            "a rate may exceed 1, where much is read that is not there: do not cut it off.",
        ),
        (
            lambda: (lambda read, truth: rate(read.lower(), truth.lower()),),
            "capitals are characters of their own: an F for an f is one step.",
        ),
        (
            lambda: (lambda read, truth: rate(read.strip(), truth.strip()),),
            "a space is a character: one that is read and is not there is one step.",
        ),
        (
            lambda: (lambda read, truth: OSA.distance(read, truth) / len(truth),),
            "two letters that changed places are two steps: each of them is replaced.",
        ),
        (lambda: (lambda read, truth: round(rate(read, truth), 2),), "that is rounded: return the rate itself."),
        (lambda: (lambda read, truth: round(rate(read, truth), 1),), "that is rounded: return the rate itself."),
        (lambda: (lambda read, truth: print(end=""),), "my_error_rate returns nothing (None). Is a `return` missing?"),
        (
            lambda: (lambda read, truth: Levenshtein.normalized_similarity(read, truth),),
            # Now and then this is the share of wrong words, by chance.
            "my_error_rate gives something else here.\nread = 'a form' (str)\ntruth = 'form' (str)\nexpected: 0.5\n"
            "got: 0.6667",
        ),
    ],
    "shade": [
        (
            lambda: (lambda page, light: page - light,),
            "the light is taken away: shade weakens what is there, so divide by it.",
        ),
        (
            lambda: (lambda page, light: np.clip(page - light, 0, 1),),
            "the light is taken away: shade weakens what is there, so divide by it.",
        ),
        (
            lambda: (lambda page, light: max(page / np.maximum(light, 0.1), 1),),
            "your code raised ValueError: The truth value of an array …\n`if`, `and` and Python's own max and min need one "
            "True or False, not an array: np.where, np.maximum and np.minimum take arrays.",
        ),
        (
            lambda: (lambda page, light: page / np.maximum(light, 0.1),),
            "some pixels are brighter than 1: np.minimum(…, 1) ends that.",
        ),
        (
            lambda: (lambda page, light: np.minimum(page / light, 1),),
            "where the light is below 0.1, divide by 0.1: np.maximum(light, 0.1).",
        ),
        (
            lambda: (lambda page, light: page * light,),
            "that multiplies by the light: dark places would be darker still.",
        ),
        (lambda: (lambda page, light: page,), "nothing has changed: that is the page as it came."),
        (
            lambda: (lambda page, light: np.minimum(page / (light + 0.1), 1),),
            "0.1 is added to the light: only light below 0.1 is to be replaced.",
        ),
        (
            lambda: (lambda page, light: np.minimum(light / np.maximum(page, 0.1), 1),),
            "that is the light divided by the page: the page is what should become brighter.",
        ),
    ],
    "pick": [
        (
            lambda: (lambda readings, truth, decibels: max(decibels, key=decibels.get),),
            "that is the version with the most decibels: choose by what is read.",
        ),
        (
            lambda: (mean_of_rates,),
            "that is the lowest mean of the pages' rates: a short page counts as much as a long one there. Divide all "
            "steps by all characters.",
        ),
        (
            lambda: (lambda r, truth, decibels: min(r, key=lambda n: rate(r[n][0], truth[0])),),
            "that is the best on the first page: count all pages together.",
        ),
        (
            lambda: (lambda r, truth, decibels: min(pooled(r[n], truth) for n in r),),
            "my_pick must return the name of a version, and returns … (float): the key itself, not its place or its "
            "score.",
        ),
        (
            lambda: (lambda r, truth, decibels: np.argmin([pooled(texts, truth) for texts in r.values()]),),
            "my_pick must return the name of a version, and returns …: the key itself, not its place or its score.",
        ),
        (
            lambda: (lambda r, truth, decibels: {n: pooled(texts, truth) for n, texts in r.items()},),
            "my_pick must return a key of readings, such as 'version A', and returns {….",
        ),
        (
            lambda: (lambda r, truth, decibels: r[by_sorting(r, truth, decibels)],),
            "those are the texts of a version: its name is asked for, the key of the dict.",
        ),
        (
            lambda: (lambda readings, truth, decibels: min(decibels, key=decibels.get),),
            "that is the version with the fewest decibels: choose by what is read.",
        ),
        (
            lambda: (lambda r, truth, decibels: max(r, key=lambda n: pooled(r[n], truth)),),
            "that is the version that is read worst: the lowest rate is wanted.",
        ),
        (
            lambda: (lambda r, truth, decibels: min(r, key=lambda n: letters_apart(r[n], truth)),),
            "that compares letter by letter: one letter too few and all behind it count as wrong.",
        ),
        (
            lambda: (lambda r, truth, decibels: max(r, key=lambda n: share_of_words(r[n], truth)),),
            "that counts words that are found: characters are asked for.",
        ),
        (
            lambda: (lambda r, truth, decibels: min(r, key=lambda n: np.median([*map(rate, r[n], truth)])),),
            "that is the lowest median of the pages' rates: a page counts there, however long it is. Divide all steps "
            "by all characters.",
        ),
        (
            lambda: (lambda r, truth, decibels: min(r, key=lambda n: rate(r[n][-1], truth[-1])),),
            "that is the best on the last page: count all pages together.",
        ),
        (
            lambda: (lambda r, truth, decibels: max(r, key=lambda n: sum(map(str.__eq__, r[n], truth))),),
            "that counts pages without a mistake: count characters.",
        ),
        (
            lambda: (lambda r, truth, decibels: min(r, key=lambda n: Levenshtein.distance(r[n], truth)),),
            "that counts pages without a mistake: count characters.",
        ),
        (
            lambda: (lambda r, truth, decibels: min(r, key=lambda n: rate("".join(truth), "".join(r[n]))),),
            "that divides by what was read: truth says how many characters there are.",
        ),
        (
            lambda: (lambda r, truth, decibels: min(r, key=lambda n: pooled(r[n], truth) / decibels[n]),),
            "the rate is divided by the decibels: they say nothing about what is read, leave them out.",
        ),
        (
            lambda: (lambda r, truth, decibels: min(r, key=lambda n: max(map(rate, r[n], truth))),),
            "that goes by the worst page of each version: count all pages together.",
        ),
        (
            lambda: (lambda r, truth, decibels: next(iter(r)),),
            "that is the first version of the dict: choose by what is read.",
        ),
        (
            lambda: (lambda r, truth, decibels: [*r][-1],),
            "that is the last version of the dict: choose by what is read.",
        ),
        (
            lambda: (lambda r, truth, decibels: min(r),),
            "that is the first name in the alphabet: min compares the names; its argument key= says what to go by.",
        ),
        (
            lambda: (seventh_best,),
            "you chose version …: …% of its characters are wrong; version … has …%.",
        ),
    ],
    "angle": [
        (
            lambda: (lambda page: -searched(rows)(page),),
            "that is how the lines slope: the angle that turns them back has the other sign.",
        ),
        (lambda: (lambda page: np.radians(searched(rows)(page)),), "that is in radians: rotate takes degrees."),
        (
            lambda: (lambda page: 0,),
            "a page that needs … degrees got 0.0, as did the other two pages. At most half a degree may be missing: does "
            "your score grow when the lines are level, and are the angles that you try close enough together?",
        ),
        (
            lambda: (searched(lambda turned: -rows(turned)),),
            "a page that needs … degrees got …. At most half a degree may be missing: does your score grow when the "
            "lines are level, and are the angles that you try close enough together?",
        ),
        (
            lambda: (searched(lambda turned: turned.mean(axis=0).var()),),
            "a page that needs … degrees got …. At most half a degree may be missing: does your score grow when the "
            "lines are level, and are the angles that you try close enough together?",
        ),
        (
            lambda: (searched(rows, range(-6, 7, 4)),),
            "a page that needs … degrees got …. At most half a degree may be missing: does your score grow when the "
            "lines are level, and are the angles that you try close enough together?",
        ),
        (
            lambda: (searched(rows, range(-6, 7, 2)),),
            "a page that needs … degrees got …. At most half a degree may be missing: does your score grow when the "
            "lines are level, and are the angles that you try close enough together?",
        ),
        (
            lambda: (searched(rows, range(-6, 7, 3)),),
            "a page that needs … degrees got …. At most half a degree may be missing: does your score grow when the "
            "lines are level, and are the angles that you try close enough together?",
        ),
        (
            lambda: (searched(rows, np.arange(-6, 7, 1.5)),),
            "a page that needs … degrees got …. At most half a degree may be missing: does your score grow when the "
            "lines are level, and are the angles that you try close enough together?",
        ),
        (
            lambda: (lambda page: rotate(page, searched(rows)(page), reshape=False),),
            "my_angle(page) must be one number, and is an array of shape (150, 240).",
        ),
    ],
}

ACCEPTED = {
    "error_rate": [lambda: (rate,), lambda: (by_a_table,)],
    "shade": [lambda: (right_flat,), lambda: (with_where,)],
    "pick": [lambda: (by_sorting,), lambda: (by_a_loop,), lambda: (as_one_text,)],
    "angle": [lambda: (searched(steps_between_rows),), lambda: (coarse_then_fine,), lambda: (by_radon,)],
}

# Right where the numbers are drawn for a student.
OWN = {
    "error_rate": [
        lambda per: (lambda read, truth: per * rate(read, truth),),
        lambda per: (lambda read, truth: by_a_table(read, truth) * per,),
    ]
}
