"""Measure the course's models beside published ones: `python -m benchmarks [NAME ...] [--json] [--seeds N ...]`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
from dataclasses import asdict, replace

from aecourse.backend import keras
from benchmarks.comparisons import COMPARISONS
from benchmarks.core import Row, run


def machine() -> str:
    """What the numbers were measured on."""
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, "
        f"Keras {keras.__version__} on {keras.backend.backend()}"
    )


def median(runs: list[list[Row]]) -> list[Row]:
    """The same rows with the median of the seconds and of the scores."""
    return [
        replace(
            rows[0],
            seconds=statistics.median(r.seconds for r in rows),
            score=statistics.median(r.score for r in rows),
        )
        for rows in zip(*runs, strict=True)
    ]


def line(row: Row, first: Row) -> str:
    """A row of the table; errors are compared with the first row by ratio, decibels and percent by difference."""
    if row.unit == "MSE":
        score, compared = f"{row.score:.4f}", f"{row.score / first.score:.2f} ×"
    else:
        score, compared = f"{row.score:.1f}", f"{row.score - first.score:+.1f}"
    seconds = f"{row.seconds / first.seconds:.2f} ×" if first.seconds >= 0.1 else ""
    return f"{row.model:44}{row.parameters:>10,}{row.seconds:>9.1f}{seconds:>10}{score:>9}{compared:>9}"


def main(arguments: list[str] | None = None) -> int:
    """Run the comparisons that are named, or all; print a table, or a JSON line a row."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(COMPARISONS)}; all by default")
    parser.add_argument("--json", action="store_true", help="print one JSON object a row")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0], help="the table shows the median over these seeds")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.names if name not in COMPARISONS]:
        parser.error(f"no comparison is called {', '.join(unknown)}; there are {', '.join(COMPARISONS)}")

    if not options.json:
        seeds = ", ".join(map(str, options.seeds))
        print(f"{machine()}; seed {seeds}" + ("; medians" if len(options.seeds) > 1 else ""))
    for name in options.names or COMPARISONS:
        comparison = COMPARISONS[name]
        rows = median([run(name, comparison, seed) for seed in options.seeds])
        reached = comparison.reached(rows)
        if options.json:
            for row in rows:
                ratio = row.score / rows[0].score
                extra = {"score_ratio": ratio, "reached": reached, "seeds": options.seeds, "machine": machine()}
                print(json.dumps({**asdict(row), **extra}), flush=True)
            continue
        print(f"\n{name:44}{'parameters':>10}{'seconds':>9}{'':10}{comparison.unit:>9}")
        for row in rows:
            print(line(row, rows[0]))
        print(f"  {comparison.target}: {'reached' if reached else 'MISSED'}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
