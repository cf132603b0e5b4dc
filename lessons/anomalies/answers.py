"""Answers to the lesson on anomalies: likely mistakes, each with its message, and other right answers."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.stats import norm, rankdata
from sklearn.decomposition import PCA

from aecourse.datasets import split_digits
from aecourse.recipes.anomalies import neighbours, one_length, relative, soft


def pairs(normal, anomaly):
    return anomaly[:, None] > normal


def right_area(normal, anomaly):
    return np.mean(pairs(normal, anomaly) + 0.5 * (anomaly[:, None] == normal))


def pair_by_pair(normal, anomaly):
    higher = 0.0
    for a in anomaly:
        for n in normal:
            higher += 1 if a > n else 0.5 if a == n else 0
    return higher / (len(normal) * len(anomaly))


def by_ranks(normal, anomaly):
    """How far up the anomalies stand among all (Mann and Whitney's U)."""
    return (rankdata(np.concatenate([normal, anomaly]))[len(normal) :].mean() - (len(anomaly) + 1) / 2) / len(normal)


def drawn_pairs(normal, anomaly):
    rng = np.random.default_rng()
    return right_area(rng.choice(normal, 300), rng.choice(anomaly, 300))


def learned_by_heart():
    """Knows the labels of the lesson's digits, and nothing else."""
    known = {image.tobytes(): float(label != 8) for x, y in split_digits() for image, label in zip(x, y, strict=True)}
    return lambda eights, x: np.array([known.get(image.tobytes(), 0.5) for image in x])


def lessons_eights(eights, x):
    """Learns from the lesson's first threes instead of the eights that come in."""
    (own, y), _, _ = split_digits()
    return neighbours(one_length(soft(own[y == 3][..., 0])), one_length(soft(x[..., 0])))


def softened_neighbours(eights, x):
    return neighbours(one_length(soft(eights[..., 0])), one_length(soft(x[..., 0])))


def softer_neighbours(eights, x):
    def look(images):
        return one_length(gaussian_filter(images[..., 0], (0, 1.5, 1.5)))

    return neighbours(look(eights), look(x)).tolist()


def by_pca(eights, x):
    flat = x.reshape(len(x), -1)
    pca = PCA(16, random_state=0).fit(eights.reshape(len(eights), -1))
    y = pca.inverse_transform(pca.transform(flat)).reshape(x.shape)
    return relative(soft(x[..., 0]), soft(y[..., 0]))


def alarm(function):
    return lambda: (function,)


BELL = "that assumes that the scores lie in a bell curve: count them instead."
EXCEED = "…% of the normal scores exceed it here, …% are asked for."

REFUSED = {
    "auroc": [
        (
            alarm(lambda normal, anomaly: pairs(anomaly, normal).mean()),
            "the sides are swapped: count the pairs in which the anomaly has the higher score.",
        ),
        (
            alarm(lambda normal, anomaly: (anomaly[:17] > normal[:17]).mean()),
            "each anomaly is compared with one normal score only: all pairs are meant. Try anomaly[:, None].",
        ),
        (
            alarm(lambda normal, anomaly: (anomaly > normal.mean()).mean()),
            "the anomalies are compared with the mean of the normal scores: compare them with each of these.",
        ),
        (
            alarm(lambda normal, anomaly: pairs(normal, anomaly).sum()),
            "that is the number of pairs: divide by how many there are, n · m.",
        ),
        (
            alarm(lambda normal, anomaly: max(right_area(normal, anomaly), 1 - right_area(normal, anomaly))),
            "below 0.5 it is turned over: a detector that is worse than a coin must look so.",
        ),
        (
            alarm(lambda normal, anomaly: max(right_area(normal, anomaly), 0.5)),
            "below 0.5 it is lifted to 0.5: a detector that is worse than a coin must look so.",
        ),
        (
            alarm(lambda normal, anomaly: pairs(normal, anomaly).mean()),
            "without ties it is right. With ties, pairs that are equal are left out: they count half.",
        ),
        (
            alarm(lambda normal, anomaly: (anomaly[:, None] >= normal).mean()),
            "without ties it is right. With ties, pairs that are equal count whole: they count half.",
        ),
        (
            alarm(lambda normal, anomaly: right_area(normal, anomaly) ** 2),
            "my_auroc gives something else here.\nnormal = [1, 2, 3]\nanomaly = [4, 2.5]\nexpected: 0.8333\ngot: 0.6944",
        ),
        (alarm(drawn_pairs), "my_auroc gives something else here.\n…"),
    ],
    "threshold": [
        (
            alarm(lambda scores, rate: np.quantile(scores, rate)),
            f"the share *above* the threshold must be the rate, not the share below. {EXCEED}",
        ),
        (
            alarm(lambda scores, rate: rate),
            f"that is the rate itself; a threshold is a value of the score. {EXCEED}",
        ),
        (
            alarm(lambda scores, rate: np.percentile(scores, 100 - rate)),
            f"np.quantile takes shares from 0 to 1, np.percentile takes percent: they were mixed. {EXCEED}",
        ),
        (alarm(lambda scores, rate: scores.mean() + norm.ppf(1 - rate) * scores.std()), f"{BELL} {EXCEED}"),
        (
            alarm(lambda scores, rate: scores.mean() + 2 * scores.std()),
            f"the mean and two spreads know nothing of the rate: count the scores. {EXCEED}",
        ),
        (
            alarm(lambda scores, rate: np.quantile(scores, 1 - rate / 2)),
            f"half the rate was taken: only scores above the threshold raise an alarm. {EXCEED}",
        ),
        (
            alarm(lambda scores, rate: np.quantile(scores, 1 - 1.5 * rate)),
            "for the scores 1, 2, … 20 and a rate of 0.25, five should exceed the threshold, which then lies between 15 "
            "and 16; my_threshold gives 12.88, which 8 exceed.",
        ),
        (
            alarm(lambda scores, rate: round(float(np.quantile(scores, 1 - rate)), 2)),
            "for 2000 normal scores and a rate of 0.0…, … should exceed the threshold; my_threshold gives 0, which 2000 "
            "exceed.",
        ),
        (
            alarm(lambda scores, rate: scores > np.quantile(scores, 1 - rate)),
            "what my_threshold returns must be a number, and holds True and False. The numbers themselves are asked for.",
        ),
    ],
    "precision": [
        (
            alarm(lambda c, f, r: c / (c + f)),
            "that leaves out how rare anomalies are: weight both shares with the size of their group.",
        ),
        (
            alarm(lambda c, f, r: r * c / (r * c + f)),
            "the normal data are a share 1 - rare of all data: their false alarms count with that weight.",
        ),
        (
            alarm(lambda c, f, r: (1 - r) * f / (r * c + (1 - r) * f)),
            "that is the share of alarms that are false: precision is the other part.",
        ),
        (
            alarm(lambda c, f, r: r * c),
            "that is the share of all data that are caught anomalies: divide by the share of all alarms.",
        ),
        (alarm(lambda c, f, r: c), "that is recall, the share of anomalies that are caught."),
        (
            alarm(lambda c, f, r: (1 - r) * c / ((1 - r) * c + r * f)),
            "the weights are swapped: the anomalies are the share rare, the normal data the rest.",
        ),
        (
            alarm(lambda c, f, r: r * c / ((1 - r) * f)),
            "that is right alarms over false ones: divide by all alarms.",
        ),
        (
            alarm(lambda c, f, r: c - f),
            "my_precision gives something else here.\nc = 0.5\nf = 0.1\nr = 0.2\nexpected: 0.5556\ngot: 0.4",
        ),
        (
            alarm(lambda c, f, r: max(r * c / (r * c + (1 - r) * f), 0.5)),
            "my_precision gives something else here.\nc = 0.2\nf = 0.4\nr = 0.5\nexpected: 0.3333\ngot: 0.5",
        ),
    ],
    "detector": [
        (
            alarm(lambda eights, x: -softened_neighbours(eights, x)),
            "AUROC 0.0…: eights get the higher scores. Anomalies, the other digits, must get them.",
        ),
        (
            alarm(lambda eights, x: neighbours(eights, x)),
            "AUROC 0.8… and 0.8… on two sets of digits that were kept back; 0.95 is asked for on both. Section 4 improves "
            "raw scores in three steps.",
        ),
        (
            alarm(lambda eights, x: x[:, 0, 0]),
            "my_detector(eights, x) must have shape (3000,), and has shape (3000, 1).",
        ),
        (
            lambda: (learned_by_heart(),),
            "all images get the same score: nothing is told apart.",
        ),
        (
            alarm(lambda eights, x: neighbours(x, x)),
            "AUROC 0.…: …",
        ),
    ],
}

ACCEPTED = {
    "auroc": [alarm(pair_by_pair), alarm(by_ranks)],
    "threshold": [
        alarm(lambda scores, rate: np.percentile(scores, 100 * (1 - rate))),
        alarm(lambda scores, rate: np.sort(scores)[::-1][round(rate * len(scores))]),
        alarm(lambda scores, rate: np.sort(scores)[-int(rate * len(scores))]),
    ],
    "precision": [
        alarm(lambda c, f, r: 1 / (1 + (1 - r) * f / (r * c))),
        alarm(lambda c, f, r: np.array([r * c / (r * c + (1 - r) * f)])),
        alarm(lambda c, f, r: 1 - (f - r * f) / (r * c + f - r * f)),
    ],
    "detector": [],
}

# A search among neighbours takes seconds: judged as often as an answer that trains.
ACCEPTED_TRAINED = {"detector": [alarm(softer_neighbours), alarm(by_pca)]}
REFUSED_TRAINED = {"detector": REFUSED.pop("detector")}
del ACCEPTED["detector"]

# Right where the numbers are drawn for a student.
OWN = {
    "precision": [
        lambda data: (lambda c, f, r: r * c / (r * c + (data - r) * f),),
        lambda data: (lambda c, f, r: r / data * c / (r / data * c + (1 - r / data) * f),),
    ]
}
