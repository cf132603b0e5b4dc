"""Store what tesseract reads of the lesson on reading, for machines that have no engine.

    python -m tools.readings

The texts of the twelve test pages and the settings of the filters come from the lesson's comparison, those of the four
pages from the lesson itself, run with seed 0. Write the SHA-256 that is printed into `aecourse/data/sources.toml`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from aecourse import datasets
from aecourse.applications.reading import INSTALL, has_engine
from aecourse.corruption import scan_badly
from aecourse.datasets import load_known_pages, split_pages
from aecourse.recipes import reading as recipe
from lessons.reading import benchmark
from tools.lesson_format import read_course
from tools.weights import DATA

ROOT = DATA.parents[1]
OURS = ("12: network", "12: clean, network", "12: thresholded", "known: network", "8: network", "12: 40 seconds")
VERSIONS = ("12: clean", *(f"12: {name}" for name in benchmark.FILTERS), *OURS)


def of_filters() -> Iterator[tuple[str, list[str]]]:
    """Readings of the twelve test pages as each filter leaves them, at its best setting on the pages to choose on."""
    _, (x_valid, texts), (x_test, _) = split_pages()
    to_choose, scans = scan_badly(x_valid, seed=1), scan_badly(x_test, seed=7)
    yield "12: clean", benchmark.read_lines(x_test)
    for name, (clean, _) in benchmark.FILTERS.items():
        chosen = benchmark.best_settings(name, to_choose, [*texts])
        print(f"{name}: {chosen}", flush=True)
        yield f"12: {name}", benchmark.read_lines(clean(scans, *chosen))


def of_networks(steps: int) -> Iterator[tuple[str, list[str]]]:
    """Readings of what the networks make of the twelve pages, of those to choose on, and of those in known fonts."""
    (x_fit, _), (x_valid, _), (x_test, _) = split_pages()
    scans, (x_known, _) = scan_badly(x_test, seed=7), load_known_pages()
    _, clean = benchmark.carried(None)  # type: ignore[arg-type]
    yield "12: network", benchmark.read_lines(clean(scans))
    yield "12: clean, network", benchmark.read_lines(clean(x_test))
    yield "12: thresholded", benchmark.read_lines(np.asarray(clean(scans) > 0.5, dtype="float32"))
    yield "known: network", benchmark.read_lines(clean(scan_badly(x_known, seed=7)))
    yield "8: network", benchmark.read_lines(clean(scan_badly(x_valid, seed=1)))
    model = recipe.train_reader(x_fit, steps, np.random.default_rng(0))
    yield "12: 40 seconds", benchmark.read_lines(recipe.cleaned(model, scans))


def of_lesson(found: dict[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
    """What the lesson's own `read` gives, called by its cells; its claims and exercises are left out.

    Its figures of stored readings take those that were found.
    """
    (lesson,) = (one for one in read_course(ROOT).lessons if one.topic == "reading")
    datasets.load_readings = lambda: found
    names: dict[str, Any] = {"__name__": "lesson"}
    kept: dict[str, list[str]] = {}
    for cell in lesson.cells:
        tags = set(cell.metadata.get("tags", []))
        if cell.cell_type != "code" or tags & {"exercise", "solution", "nbval-check-output"}:
            continue
        exec(compile(cell.source, cell.id, "exec"), names)
        if "def read(" in cell.source:
            engine: Any = names["read"]
            names["read"] = lambda name, pages, engine=engine: kept.setdefault(name, engine(name, pages))
    yield from kept.items()


def main(arguments: list[str] | None = None) -> int:
    """Read everything, and write the file."""
    parser = argparse.ArgumentParser(prog="python -m tools.readings", description=main.__doc__)
    parser.add_argument("--steps", type=int, default=benchmark.STEPS)
    parser.add_argument("--only", choices=["filters", "networks", "lesson"], help="one part; the others stay")
    parser.add_argument("--to", type=Path, default=DATA / "readings.json")
    options = parser.parse_args(arguments)
    if not has_engine():
        print(f"tesseract is not installed. {INSTALL}.", file=sys.stderr)
        return 1
    found = json.loads(options.to.read_text(encoding="utf-8")) if options.to.is_file() else {}
    pages = {"12": split_pages()[2][1], "8": split_pages()[1][1], "known": load_known_pages()[1]}
    truth = {v: pages[v.partition(": ")[0]] for v in VERSIONS}
    parts: dict[str, Callable[[], Iterator[tuple[str, list[str]]]]] = {
        "filters": of_filters,
        "networks": lambda: of_networks(options.steps),
        "lesson": lambda: of_lesson(found),
    }
    for name, part in parts.items():
        if options.only in (None, name):
            for version, lines in part():
                found[version] = lines
                content = json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
                options.to.write_text(content, encoding="utf-8")
                if version in truth:
                    wrong, right = (f(lines, truth[version]) for f in (recipe.wrong_characters, recipe.words_found))
                    print(f"{version}: {wrong:.1%} of the characters wrong, {right:.1%} of the words found", flush=True)
    content = options.to.read_text(encoding="utf-8")
    print(f"{len(found)} versions, SHA-256 {hashlib.sha256(content.encode()).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
