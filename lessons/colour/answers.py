"""Answers to the lesson on colour: likely mistakes, each with its message, and other right answers."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import binary_dilation, distance_transform_edt
from scipy.spatial.distance import cdist
from skimage.color import rgb2lab
from sklearn.cluster import KMeans

TO_XYZ = np.array([[0.412453, 0.35758, 0.180423], [0.212671, 0.71516, 0.072169], [0.019334, 0.119193, 0.950227]])
WHITE = np.array([0.95047, 1, 1.08883])


def linear(v):
    return np.where(v > 0.04045, ((v + 0.055) / 1.055) ** 2.4, v / 12.92)


def root(t):
    return np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)


def lab_of(xyz):
    x, y, z = root(xyz)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def turned(rgb):
    light, a, b = lab_of(TO_XYZ @ linear(rgb) / WHITE)
    return np.array([light, -a, -b])


def exchanged(rgb):
    light, a, b = lab_of(TO_XYZ @ linear(rgb) / WHITE)
    return np.array([light, b, a])


def without_root(rgb):
    x, y, z = TO_XYZ @ linear(rgb) / WHITE
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def bright_only(rgb):
    x, y, z = np.cbrt(TO_XYZ @ linear(rgb) / WHITE)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def by_sums(rgb):
    light = linear(rgb)
    x, y, z = (root(np.sum(row * light) / w) for row, w in zip(TO_XYZ, WHITE, strict=True))
    return [116 * y - 16, 500 * x - 500 * y, 200 * y - 200 * z]


def numbers(ab, centres):
    return cdist(ab, centres).argmin(axis=1)


def commonest(ab, centres):
    return centres[np.bincount(numbers(ab, centres), minlength=len(centres)).argmax()]


def rarest(ab, centres):
    return centres[np.bincount(numbers(ab, centres), minlength=len(centres)).argmin()]


def near_the_mean(ab, centres):
    return centres[np.linalg.norm(centres - ab.mean(axis=0), axis=1).argmin()]


def by_a_loop(ab, centres):
    often = [0] * len(centres)
    for colour in ab:
        often[min(range(len(centres)), key=lambda i: np.sum((colour - centres[i]) ** 2))] += 1
    return [centres[often.index(max(often))], np.sum(ab, axis=0) / len(ab)]


def softly(scores, colours):
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True) @ colours


def squares(f, where):
    return cdist(f, f[where]) ** 2


def asked_one_by_one(f, where, colours):
    rows = []
    for pixel in f:
        scores = np.array([-np.sum((pixel - f[i]) ** 2) for i in where])
        shares = np.exp(scores - scores.max())
        rows.append((shares[:, None] * colours).sum(axis=0) / shares.sum())
    return np.array(rows)


def without_the_largest(f, where, colours):
    shares = np.exp(-squares(f, where))
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(shares / shares.sum(axis=1, keepdims=True) @ colours)


def parts(found, true, tolerance=2):
    p = (distance_transform_edt(~true)[found] <= tolerance).mean()
    r = (distance_transform_edt(~found)[true] <= tolerance).mean()
    return p, r


def f_of(found, true, tolerance=2):
    p, r = parts(found, true, tolerance)
    return 2 * p * r / max(p + r, 1e-9)


def by_widening(found, true):
    y, x = np.mgrid[-2:3, -2:3]
    disc = y**2 + x**2 <= 4

    def f(found):
        p = binary_dilation(true, disc)[found].sum() / found.sum()
        r = binary_dilation(found, disc)[true].sum() / true.sum()
        return 2 / (1 / p + 1 / r)

    return np.array([f(found), f(np.fliplr(true))])


def at_random(light, k):
    spots = np.random.default_rng(5).choice(light.size, k, replace=False)
    return np.stack(np.divmod(spots, light.shape[1]), axis=-1)


def in_the_corner(light, k):
    return np.stack(np.divmod(np.arange(k), light.shape[1]), axis=-1)


def grouped(light, k, alike=8, near=45, seed=0):
    grid = np.mgrid[: light.shape[0], : light.shape[1]] / near
    rows = np.stack([light / alike, *grid], axis=-1).reshape(-1, 3)
    middles = KMeans(k, n_init=1, random_state=seed).fit(rows).cluster_centers_
    return np.stack(np.divmod(cdist(rows, middles).argmin(axis=0), light.shape[1]), axis=-1)


def outside(light, k):
    return grouped(light, k) + light.shape


REFUSED = {
    "by_hand": [
        (
            lambda: (lambda rgb: lab_of(TO_XYZ @ rgb / WHITE),),
            "the numbers of the file are taken for amounts of light: linear(rgb) comes first.",
        ),
        (
            lambda: (lambda rgb: lab_of(TO_XYZ @ linear(rgb)),),
            "X, Y and Z are not divided by those of white, so white would have a colour.",
        ),
        (
            lambda: (lambda rgb: lab_of(linear(rgb) @ TO_XYZ / WHITE),),
            "the matrix is used from the wrong side: TO_XYZ @ light, each row gives one of X, Y and Z.",
        ),
        (lambda: (without_root,), "root is missing: x, y and z are the roots of the divided amounts."),
        (lambda: (turned,), "the signs of a and b are turned: x − y, and y − z."),
        (lambda: (exchanged,), "a and b are exchanged: L, a, b is the order."),
        (lambda: (lambda rgb: np.add(lab_of(TO_XYZ @ linear(rgb) / WHITE), [16, 0, 0]),), "L lacks its − 16."),
        (
            lambda: (bright_only,),
            "bright pixels are right and a nearly black one is not: linear and root have a second branch for those.",
        ),
    ],
    "guesses": [
        (
            lambda: (lambda ab, centres: np.stack([centres[0], ab.mean(axis=0)]),),
            "my_guesses gives something else here.…",
        ),
        (
            lambda: (lambda ab, centres: np.stack([ab.mean(axis=0), commonest(ab, centres)]),),
            "the two are exchanged: first the centre of the commonest class, then the mean.",
        ),
        (
            lambda: (lambda ab, centres: np.stack([commonest(ab, centres), np.median(ab, axis=0)]),),
            "the second is the median: the mean has the smallest squared error.",
        ),
        (
            lambda: (lambda ab, centres: np.stack([near_the_mean(ab, centres), ab.mean(axis=0)]),),
            "the first is the centre nearest to the mean, whose class need not be common: count the classes.",
        ),
        (
            lambda: (lambda ab, centres: np.stack([commonest(ab, centres), centres.mean(axis=0)]),),
            "the second is the mean of the centres, whether common or rare: take that of the colours.",
        ),
        (
            lambda: (lambda ab, centres: np.stack([rarest(ab, centres), ab.mean(axis=0)]),),
            "the first is the rarest class: argmax, not argmin.",
        ),
        (
            lambda: (commonest,),
            "one guess came back, and two are asked for, in an array of shape (2, 2): np.stack([one, other]).",
        ),
    ],
    "spread": [
        (
            lambda: (lambda f, where, colours: softly(squares(f, where), colours),),
            "the sign is turned: the click that is least alike gets the largest share. Scores are minus the squares.",
        ),
        (
            lambda: (lambda f, where, colours: softly(-cdist(f, f[where]), colours),),
            "the distances are not squared: the score is minus the sum of squares.",
        ),
        (
            lambda: (lambda f, where, colours: np.exp(-squares(f, where)) @ colours,),
            "the shares do not add up to 1: divide by their sum over the clicks.",
        ),
        (
            lambda: (lambda f, where, colours: colours[squares(f, where).argmin(axis=1)],),
            "that is the colour of the nearest click alone: a softmax takes something of each.",
        ),
        (
            lambda: (lambda f, where, colours: softly(f @ f[where].T, colours),),
            "that is a softmax over scalar products: the score is minus the squared distance.",
        ),
        (
            lambda: (lambda f, where, colours: softly(-squares(f, where) / 2, colours),),
            "the squares are halved, as in a bell curve: the score is minus the squared distance itself.",
        ),
        (
            lambda: (lambda f, where, colours: np.exp(-squares(f, where)),),
            "those are shares, one a click: the colours by these shares are asked for, shares @ colours.",
        ),
        (
            lambda: (without_the_largest,),
            "with one click, a pixel far from it should still get its whole colour: take the largest score off before "
            "np.exp, or every share is 0.",
        ),
    ],
    "f_score": [
        (
            lambda: (lambda found, true: (f_of(found, true, 0), f_of(true[:, ::-1], true, 0)),),
            "found pixels count only where a true one is exactly: two pixels away is near enough.",
        ),
        (
            lambda: (lambda found, true: (parts(found, true)[0], parts(true[:, ::-1], true)[0]),),
            "that is precision alone: F needs recall, too.",
        ),
        (
            lambda: (lambda found, true: (np.mean(parts(found, true)), np.mean(parts(true[:, ::-1], true))),),
            "that is the mean of precision and recall: F is 2 p r / (p + r).",
        ),
        (
            lambda: (lambda found, true: (f_of(found, true), f_of(found[:, ::-1], true)),),
            "chance is the mirrored truth taken as found, and yours mirrors what was found.",
        ),
        (
            lambda: (lambda found, true: (f_of(found, true, 1.9), f_of(true[:, ::-1], true, 1.9)),),
            "two pixels away is still right: <= 2, not < 2.",
        ),
        (lambda: (f_of,), "two numbers are asked for: F, and the F of chance."),
    ],
    "places": [
        (
            lambda: (at_random,),
            "… dB, and … dB from places at random: …, and 1 dB more are asked. Do the places differ in lightness, "
            "and lie apart?",
        ),
        (
            lambda: (in_the_corner,),
            "… dB, and … dB from places at random: less than chance, and 1 dB more are asked. Do the places differ in "
            "lightness, and lie apart?",
        ),
        (lambda: (outside,), "a place lies outside the picture, which is …"),
        (
            lambda: (lambda light, k: np.tile([3, 4], (k, 1)),),
            "two of the places are the same pixel: the second click says nothing new.",
        ),
        (
            lambda: (lambda light, k: grouped(light, k) + 0.5,),
            "places are rows and columns, whole numbers: np.divmod of a pixel's number by the width gives them.",
        ),
        (
            lambda: (lambda light, k: grouped(light, k)[:-1],),
            "my_places(light, k) must have shape (8, 2), and has shape (7, 2).",
        ),
    ],
}

ACCEPTED = {
    "by_hand": [lambda: (lambda rgb: rgb2lab(rgb[None, None])[0, 0],), lambda: (by_sums,)],
    "guesses": [
        lambda: (by_a_loop,),
        lambda: (lambda ab, centres: np.array([commonest(ab, centres), np.average(ab, axis=0)]),),
    ],
    "spread": [
        lambda: (asked_one_by_one,),
        lambda: (lambda f, where, colours: softly(2 * f @ f[where].T - (f[where] ** 2).sum(axis=1), colours),),
    ],
    "f_score": [
        lambda: (by_widening,),
        lambda: (lambda found, true: [f_of(found, true), f_of(np.flip(true, axis=1), true)],),
    ],
    "places": [
        lambda: (grouped,),
        lambda: (lambda light, k: grouped(light, k, seed=3),),
    ],
}

# Right where the numbers are drawn for a student.
OWN = {
    "spread": [
        lambda warmth: (lambda f, where, colours: softly(-squares(f, where) / warmth, colours),),
        lambda warmth: (lambda f, where, colours: asked_one_by_one(f / np.sqrt(warmth), where, colours),),
    ]
}
