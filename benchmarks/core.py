"""How a comparison is run: models trained one after the other on the same data and measured on the same test data."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from aecourse.backend import keras
from aecourse.datasets import load_digits
from aecourse.metrics import mse

Array = np.ndarray


@dataclass
class Row:
    """One model: `score` is measured on the test data in `unit`, `seconds` is the time of its training."""

    comparison: str
    model: str
    parameters: int
    seconds: float
    score: float
    unit: str


@dataclass
class Task:
    """What a model is trained with: data, the seed, the rows that are ready, and when its training began."""

    x: Array
    y: Array
    seed: int
    before: list[Row]
    began: float

    @property
    def rng(self) -> np.random.Generator:
        """A generator from the seed."""
        return np.random.default_rng(self.seed)


# A model: how many parameters it has, and what it makes of inputs (n, 28, 28, 1).
Trained = tuple[int, Callable[[Array], Array]]
Train = Callable[[Task], Trained]


@dataclass(frozen=True)
class Comparison:
    """Models side by side; ratios refer to the first. `score` takes a model's function, the data and the seed."""

    models: dict[str, Train]
    target: str
    reached: Callable[[list[Row]], bool]
    unit: str = "MSE"
    score: Callable[[Callable[[Array], Array], Any, int], float] = lambda f, data, _: mse(data[1][0], f(data[1][0]))
    data: Callable[[], Any] = lambda: load_digits()  # (x_train, y_train), (x_test, y_test)


def of_keras(model: Any) -> Trained:
    """A Keras model's parameters and its outputs."""
    return model.count_params(), lambda x: model.predict(x, batch_size=500, verbose=0)


def run(name: str, comparison: Comparison, seed: int) -> list[Row]:
    """Train the models of one comparison, one after the other, and measure each on the test data."""
    data = comparison.data()
    x, y = data[0]
    rows: list[Row] = []
    for model, train in comparison.models.items():
        keras.utils.set_random_seed(seed)
        task = Task(x, y, seed, rows, time.perf_counter())
        parameters, apply = train(task)
        seconds = time.perf_counter() - task.began
        rows.append(Row(name, model, parameters, seconds, comparison.score(apply, data, seed), comparison.unit))
    return rows
