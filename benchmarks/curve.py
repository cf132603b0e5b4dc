"""Draw the README's figure, the error of complete trainings against their seconds: `python -m benchmarks.curve`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from aecourse import plots
from aecourse.backend import keras
from aecourse.datasets import load_digits
from aecourse.metrics import mse
from benchmarks import published
from benchmarks.core import Task, Train, of_keras
from benchmarks.digits import lesson_conv, lesson_dense, pca

FIGURE = Path(__file__).parent / "error_against_seconds.png"


def pyimagesearch(epochs: int) -> Train:
    """PyImageSearch's network, trained that long."""
    return lambda task: of_keras(published.pyimagesearch_conv(task.x, epochs=epochs))


CURVES: dict[str, list[Train]] = {
    "PyImageSearch's convolutional network": [pyimagesearch(n) for n in (1, 2, 5, 10, 25)],
    "lesson 02, dense": [lesson_dense(16, (384, 192), n) for n in (3, 6, 12, 24, 48)],
    "lesson 04, convolutional": [lesson_conv(n) for n in (1, 2, 4, 8, 16)],
}


def main(arguments: list[str] | None = None) -> int:
    """Train each network several times, each time longer; print the points and draw them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.curve", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--figure", type=Path, default=FIGURE, help="where to draw (default: %(default)s)")
    options = parser.parse_args(arguments)
    (x_train, y_train), (x_test, _) = load_digits()

    def point(train: Train) -> tuple[float, float]:
        keras.utils.set_random_seed(options.seed)
        began = time.perf_counter()
        _, reconstruct = train(Task(x_train, y_train, options.seed, [], began))
        return time.perf_counter() - began, mse(x_test, reconstruct(x_test))

    curves: dict[str, tuple[list[float], list[float]]] = {}
    for name, trainings in CURVES.items():
        points = []
        for train in trainings:
            points.append(point(train))
            print(f"{name:40}{points[-1][0]:>8.1f} s{points[-1][1]:>9.4f}", flush=True)
        curves[name] = [seconds for seconds, _ in points], [error for _, error in points]
    longest = max(max(seconds) for seconds, _ in curves.values())
    curves["PCA"] = ([1, longest], [point(pca(16))[1]] * 2)
    figure = plots.show_curves(
        curves,
        title="16 numbers a digit: from five seconds on, lesson 04's network has the lowest error",
        x_label="seconds of training (each point is a complete training)",
        y_label="MSE on 2,000 test digits",
        marker="o",
        log_x=True,
        log_y=True,
    )
    figure.savefig(options.figure, dpi=150)
    return 0


if __name__ == "__main__":
    sys.exit(main())
