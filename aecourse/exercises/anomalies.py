"""The exercises on anomalies: AUROC, a threshold, precision where anomalies are rare, and a detector for eights."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import roc_auc_score

from aecourse.datasets import split_digits
from aecourse.exercises.core import a_number, an_array, call, close, exercise, recognise, wrong

DIGIT = 8
DETECTOR_TARGET = 0.94


@exercise(
    "to write the AUROC as a share of pairs",
    hints=(
        "anomaly[:, None] > normal compares every anomaly with every normal score: shape (m, n), True and False.",
        "The mean of such an array is the share of True. Pairs that are equal count 0.5.",
        "return np.mean((anomaly[:, None] > normal) + 0.5 * (anomaly[:, None] == normal))",
    ),
)
def auroc(my_auroc: object) -> str:
    """Compare with scikit-learn's area on random scores, with and without ties."""
    rng = np.random.default_rng()
    truth, expected = np.repeat([0, 1], (41, 17)), 0.5
    slips: dict[str, float] = {}
    while not _apart([expected, *slips.values()]):
        normal, anomaly = rng.normal(0, 1, 41), rng.normal(1, 1, 17)
        expected = float(roc_auc_score(truth, np.concatenate([normal, anomaly])))
        slips = {
            "the sides are swapped: count the pairs in which the anomaly has the higher score.": 1 - expected,
            "each anomaly is compared with one normal score only: all pairs are meant. Try anomaly[:, None].": float(
                np.mean(anomaly > normal[:17])
            ),
            "the anomalies are compared with the mean of the normal scores: compare them with each of these.": float(
                np.mean(anomaly > normal.mean())
            ),
        }
    area = _a_share(my_auroc, normal, anomaly, name="my_auroc")
    recognise(area, slips)
    if not close(area, expected):
        wrong(f"for 41 normal scores and 17 anomalies the share is {expected:.3f}, my_auroc gives {area:.3f}.")
    # Whole numbers: many ties.
    normal, anomaly = rng.integers(0, 3, 41).astype(float), rng.integers(0, 4, 17).astype(float)
    area = _a_share(my_auroc, normal, anomaly, name="my_auroc")
    expected = float(roc_auc_score(truth, np.concatenate([normal, anomaly])))
    if not close(area, expected):
        wrong(f"without ties it is right; with ties the share is {expected:.3f}, my_auroc gives {area:.3f}: half each.")
    return "the share of pairs in which the anomaly stands higher, which is the area below the ROC curve."


@exercise(
    "to choose a threshold that a share `rate` of the normal scores exceeds",
    hints=(
        "np.quantile(scores, q) is the value below which a share q of the scores lies.",
        "A share `rate` lies above it, so the share below it is 1 - rate.",
        "return np.quantile(normal_scores, 1 - rate)",
    ),
)
def threshold(my_threshold: object) -> str:
    """Count, on skewed random scores, how many exceed the threshold."""
    rng = np.random.default_rng()
    scores, rate = rng.gamma(2, 0.01, 2000), float(rng.uniform(0.08, 0.12))
    value = a_number(call(my_threshold, scores, rate, name="my_threshold"), "my_threshold(normal_scores, rate)")
    above = float(np.mean(scores > value))
    if close(above, 1 - rate, tolerance=0.01):
        wrong(f"{above:.0%} of the normal data would raise an alarm: the share *above* it must be the rate.")
    if close(value, rate):
        wrong("that is the rate itself; a threshold is a value of the score.")
    if close(value, np.quantile(scores, 1 - rate / 100), tolerance=0.02) and above < 0.01:
        wrong("np.quantile takes shares from 0 to 1, np.percentile takes percent: they were mixed.")
    if close(value, scores.max() * (1 - rate)) or close(value, scores.mean() + 2 * scores.std()):
        wrong(f"a share of {above:.3f} exceeds it, not {rate:.3f}: count the scores; do not assume their shape.")
    if abs(above - rate) > 0.003:
        wrong(f"for a rate of {rate:.3f}, a share of {above:.3f} of the normal scores exceeds my_threshold's value.")
    return "so many false alarms as were accepted, and no anomaly was needed to choose it."


@exercise(
    "to compute the precision where a share `rare` of all data are anomalies",
    hints=(
        "Of all data, rare · caught are anomalies with an alarm.",
        "(1 - rare) · false_alarms are normal data with an alarm. Precision is the first as a share of both.",
        "return rare * caught / (rare * caught + (1 - rare) * false_alarms)",
    ),
)
def precision(my_precision: object) -> str:
    """Compare with the closed form at random rates."""
    rng = np.random.default_rng()
    caught = false_alarms = rare = expected = 0.0
    slips: dict[str, float] = {}
    while not _apart([expected, *slips.values()]):
        caught, false_alarms, rare = rng.uniform((0.6, 0.02, 0.02), (0.9, 0.1, 0.2)).tolist()
        good, bad = rare * caught, (1 - rare) * false_alarms
        expected = good / (good + bad)
        slips = {
            "that leaves out how rare anomalies are: weight both shares with the size of their group.": caught
            / (caught + false_alarms),
            "the normal data are a share 1 - rare of all data: their false alarms count with that weight.": good
            / (good + false_alarms),
            "that is the share of alarms that are false: precision is the other part.": bad / (good + bad),
            "that is the share of all data that are caught anomalies: divide by the share of all alarms.": good,
            "that is recall, the share of anomalies that are caught.": caught,
        }
    value = _a_share(my_precision, caught, false_alarms, rare, name="my_precision")
    recognise(value, slips)
    if not close(value, expected):
        wrong(
            f"with {caught:.2f} caught, {false_alarms:.2f} false alarms and {rare:.2f} anomalies the precision is "
            f"{expected:.3f}, my_precision gives {value:.3f}."
        )
    return "the share of alarms that are right, and rarity decides it as much as the detector does."


@exercise(
    f"to detect what is not an eight: AUROC {DETECTOR_TARGET} on the validation digits",
    hints=(
        "The network of eights is there: ask_all(model, x) gives the codes h[:, 8] and the reconstructions y[:, 8].",
        "Its raw error is not enough; section 4 improves the score in three steps. Or try softened neighbours.",
        "def my_detector(x): h, y = ask_all(model, x); return relative(soft(x[..., 0]), soft(y[:, 8])) * "
        "neighbours(model.encode(normals)[:, 8], h[:, 8])",
    ),
)
def detector(my_detector: object) -> str:
    """Measure the detector on validation digits, and look at the test digits only once it is through."""
    _, to_choose, to_judge = split_digits()
    valid = _area(my_detector, *to_choose)
    if valid < 0.5:
        wrong(f"AUROC {valid:.3f}: eights get the higher scores. Anomalies, the other digits, must get them.")
    if valid < DETECTOR_TARGET:
        wrong(f"AUROC {valid:.3f} on the validation digits, {DETECTOR_TARGET} is asked for. Section 4 has three steps.")
    on_test = _area(my_detector, *to_judge)
    if on_test < valid - 0.035:
        wrong(
            f"AUROC {valid:.3f} on the validation digits, but {on_test:.3f} on the test digits. "
            "Were validation digits among the training digits? Use x_fit only."
        )
    return "the eights are told from the rest; the test digits agree. Tell us how far it went."


def _apart(values: list[float]) -> bool:
    """Whether the right answer and the likely mistakes are numbers that cannot be taken for each other."""
    return len(values) > 1 and float(np.diff(np.sort(values)).min()) > 0.004


def _area(my_detector: object, x: np.ndarray, labels: np.ndarray) -> float:
    """The AUROC of the learner's scores, other digits as anomalies."""
    said = call(my_detector, x, name="my_detector")
    return float(roc_auc_score(labels != DIGIT, an_array(said, "my_detector(x)", shape=(len(x),))))


def _a_share(function: object, *arguments: object, name: str) -> float:
    """What the learner's function gives, if it is one number from 0 to 1."""
    value = a_number(call(function, *arguments, name=name), f"what {name} returns")
    if not 0 <= value <= 1:
        wrong(f"a share lies between 0 and 1, {name} gives {value:.3f}. Divide by how many there are.")
    return value
