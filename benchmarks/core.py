"""How a comparison is run: models trained one after the other on the same data and measured on the same test data."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

import numpy as np

from aecourse.datasets import split_digits

Array = np.ndarray
Pair = tuple[Any, Any]
# What models are fitted on, what is chosen on, what they are judged on: three pairs, as the course's splits give them.
Data = tuple[Pair, Pair, Pair]

LOWER_IS_BETTER = (
    *("MSE", "ms", "s", "bytes", "bits", "Fréchet distance", "characters wrong, %"),
    *("GB", "largest difference"),
)


@dataclass(frozen=True)
class Row:
    """One model: `score` is measured on the test data in `unit`, `seconds` is the time of its training."""

    comparison: str
    model: str
    parameters: int
    seconds: float
    score: float
    unit: str


@dataclass(frozen=True)
class Ask:
    """What is asked of one of the course's own models.

    Args:
        ours: the model's name.
        text: what is asked, in words.
        reached: whether it is reached, from our row and the best row of `beside` (ours, where nothing is beside it).
        beside: the rivals that the words speak of.
        unlike: rivals whose lead says nothing, as they had other means; every other rival that is ahead is named.
        seconds: whether the seconds of training belong to the result, and whether they are compared with the rival's.
        task: what the model does, in words, where the course's table holds it against the best of the simple methods.
        simple: these methods; by default every model that is neither the course's nor in `unlike`.
    """

    ours: str
    text: str
    reached: Callable[[Row, Row], bool]
    beside: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    seconds: Literal["", "shown", "compared"] = ""
    task: str = ""
    simple: tuple[str, ...] = ()


class Comparison(Protocol):
    """Anything that is run by name: it gives rows, and says what is asked of some of them."""

    @property
    def asked(self) -> tuple[Ask, ...]:
        """What is asked; the models that it is asked of are the course's own."""

    def run(self, name: str, seed: int) -> list[Row]:
        """Measure everything once."""

    def missing(self) -> str:
        """Say what this machine lacks to run it; nothing ("") where it can."""


@dataclass
class Task:
    """What a model is trained with: data, the seed, the rows that are ready, and when its training began.

    `x` and `y` hold `fit` and `valid` together: everything but the test data.
    """

    fit: Pair
    valid: Pair
    x: Array
    y: Array
    seed: int
    before: list[Row]
    began: float

    @property
    def rng(self) -> np.random.Generator:
        """A new generator from the seed."""
        return np.random.default_rng(self.seed)


Apply = Callable[[Array], Array]  # what a model makes of inputs
Trained = tuple[int, Apply]  # how many parameters it has, and what it does
Train = Callable[[Task], Trained]
Judge = Callable[[Data, int], Callable[[Apply], float]]  # data and seed → what gives each model its score


def judge_mse(data: Data, _: int) -> Callable[[Apply], float]:
    """The mean squared error on the test inputs."""
    from aecourse.metrics import mse

    x = data[2][0]
    return lambda reconstruct: mse(x, reconstruct(x))


@dataclass(frozen=True)
class SideBySide:
    """A comparison of models that are trained on the same data; ratios refer to the first."""

    models: dict[str, Train]
    asked: tuple[Ask, ...]
    unit: str = "MSE"
    judge: Judge = judge_mse
    data: Callable[[], Data] = split_digits

    def missing(self) -> str:
        """Nothing: it runs wherever the course runs."""
        return ""

    def run(self, name: str, seed: int) -> list[Row]:
        """Train the models one after the other, and measure each on the test data."""
        from aecourse.backend import keras

        fit, valid, test = self.data()
        x, y = (np.concatenate(parts) for parts in zip(fit, valid, strict=True))
        score_of = self.judge((fit, valid, test), seed)
        rows: list[Row] = []
        for model, train in self.models.items():
            keras.utils.set_random_seed(seed)
            task = Task(fit, valid, x, y, seed, rows, time.perf_counter())
            parameters, apply = train(task)
            seconds = time.perf_counter() - task.began
            rows.append(Row(name, model, parameters, seconds, score_of(apply), self.unit))
        return rows


def of_keras(model: Any) -> Trained:
    """A Keras model's parameters and its outputs."""
    return model.count_params(), lambda x: model.predict(x, batch_size=500, verbose=0)


def better(row: Row, other: Row) -> bool:
    """Whether a row's score is ahead of another's."""
    return row.score < other.score if row.unit in LOWER_IS_BETTER else row.score > other.score


def best_of(rows: list[Row]) -> Row:
    """The row with the best score."""
    pick = min if rows[0].unit in LOWER_IS_BETTER else max
    return pick(rows, key=lambda row: row.score)


def rival_of(ask: Ask, rows: list[Row]) -> Row | None:
    """The best of the rivals that the words of an ask speak of, `None` if it speaks of none."""
    beside = [row for row in rows if row.model in ask.beside]
    return best_of(beside) if beside else None


def is_reached(ask: Ask, rows: list[Row]) -> bool:
    """Whether what was asked is reached by these rows."""
    ours = next(row for row in rows if row.model == ask.ours)
    return bool(ask.reached(ours, rival_of(ask, rows) or ours))


def medians(runs: list[list[Row]]) -> list[Row]:
    """The same rows with the median of the seconds and of the scores."""
    return [
        replace(
            rows[0],
            seconds=statistics.median(row.seconds for row in rows),
            score=statistics.median(row.score for row in rows),
        )
        for rows in zip(*runs, strict=True)
    ]
