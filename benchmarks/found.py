"""All comparisons, by name: the tables `COMPARISONS` in `lessons/*/benchmark.py` and in `benchmarks/*.py`."""

from __future__ import annotations

import importlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.core import Comparison

ROOT = Path(__file__).resolve().parents[1]
TABLE = re.compile(r"^COMPARISONS\b", re.MULTILINE)


class Found(NamedTuple):
    """A comparison and its topic: a lesson's, or the name of a module of this folder."""

    topic: str
    comparison: Comparison


def topics() -> list[str]:
    """The lessons' topics in the order of the course."""
    order = tomllib.loads((ROOT / "lessons" / "order.toml").read_text(encoding="utf-8"))
    return [topic for part in order["parts"] for topic in part["lessons"]]


def modules() -> Iterator[tuple[str, str]]:
    """The topic and the name of each module that holds comparisons, lessons first, in their order."""
    for topic in topics():
        if (ROOT / "lessons" / topic / "benchmark.py").is_file():
            yield topic, f"lessons.{topic}.benchmark"
    for path in sorted((ROOT / "benchmarks").glob("*.py")):
        if TABLE.search(path.read_text(encoding="utf-8")):
            yield path.stem, f"benchmarks.{path.stem}"


def comparisons() -> dict[str, Found]:
    """Import all modules of comparisons; return what they hold, in the order of the lessons.

    Raises:
        ValueError: two modules have a comparison of the same name.
    """
    found: dict[str, Found] = {}
    for topic, module in modules():
        for name, comparison in importlib.import_module(module).COMPARISONS.items():
            if name in found:
                raise ValueError(f'two comparisons are called "{name}": of {found[name].topic} and of {topic}')
            found[name] = Found(topic, comparison)
    return found
