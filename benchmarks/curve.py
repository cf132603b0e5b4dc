"""Draw the README's figure, the error of complete trainings against their seconds: `python -m benchmarks.curve`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from aecourse import plots
from aecourse.datasets import split_digits
from benchmarks.core import Row, SideBySide, Train
from benchmarks.rivals import pca
from lessons.convolutional.benchmark import convolutional, dense, dense_with_copies, pyimagesearch

FIGURE = Path(__file__).parent / "error_against_seconds.png"
CURVES: dict[str, list[Train]] = {
    "PyImageSearch's convolutional network": [pyimagesearch(n) for n in (1, 2, 5, 10, 25)],
    "dense": [dense(n) for n in (3, 6, 12, 24, 48)],
    "dense, shifted digits too": [dense_with_copies(n) for n in (3, 6, 12, 24)],
    "convolutional": [convolutional(n) for n in (1, 2, 4, 8, 16)],
}


def main(arguments: list[str] | None = None) -> int:
    """Train each network several times, each time longer; print the points and draw them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.curve", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--figure", type=Path, default=FIGURE, help="where to draw (default: %(default)s)")
    options = parser.parse_args(arguments)

    def point(name: str, train: Train) -> Row:
        return SideBySide({name: train}, (), data=split_digits).run("curve", options.seed)[0]

    curves: dict[str, tuple[list[float], list[float]]] = {}
    for name, trainings in CURVES.items():
        rows = []
        for train in trainings:
            rows.append(point(name, train))
            print(f"{name:40}{rows[-1].seconds:>8.1f} s{rows[-1].score:>9.4f}", flush=True)
        curves[name] = [row.seconds for row in rows], [row.score for row in rows]
    longest = max(max(seconds) for seconds, _ in curves.values())
    curves["PCA"] = ([1, longest], [point("PCA", pca(16)).score] * 2)
    figure = plots.show_curves(
        curves,
        title="16 numbers a digit: from five seconds on, the convolutional network has the lowest error",
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
