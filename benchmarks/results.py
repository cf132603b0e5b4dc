"""What is kept of a measurement: a JSON line a row in `benchmarks/results.jsonl`, from which the README is stamped."""

from __future__ import annotations

import datetime
import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.core import Ask, Row, best_of, better, is_reached, rival_of
from benchmarks.found import Found

STORED = Path(__file__).parent / "results.jsonl"
Record = dict[str, Any]


def machine() -> str:
    """What the numbers were measured on."""
    return f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}"


def versions() -> dict[str, str]:
    """The versions of what the numbers depend on; `backend` names Keras's backend with its version."""
    from aecourse.backend import keras

    backend = keras.backend.backend()
    number = getattr(__import__(backend), "__version__", "")
    return {
        "Python": platform.python_version(),
        "Keras": keras.__version__,
        "backend": f"{backend} {number}".strip(),
        "NumPy": np.__version__,
    }


def records(found: Found, rows: list[Row], seeds: list[int]) -> list[Record]:
    """What is kept of a comparison's rows; rows of the course's own models say what was asked of them."""
    asked = found.comparison.asked
    same = {
        "seeds": seeds,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": machine(),
        "versions": versions(),
        "target": "; ".join(ask.text for ask in asked),
        "reached": all(is_reached(ask, rows) for ask in asked),
    }
    kept = []
    for row in rows:
        asks = [answer(ask, row, rows, {a.ours for a in asked}) for ask in asked if ask.ours == row.model]
        named = asdict(row)
        kept.append({"comparison": named.pop("comparison"), "topic": found.topic, **named, **same, "asked": asks})
    return kept


def answer(ask: Ask, ours: Row, rows: list[Row], own: set[str]) -> Record:
    """What was asked of a row, whether it is reached, the best rival it was held against, and all that are ahead."""
    best = rival_of(ask, rows)
    rivals = [row for row in rows if row.model not in {*own, *ask.unlike}]
    said: Record = {
        "text": ask.text,
        "reached": is_reached(ask, rows),
        "rival": best and best.model,
        "ahead": [rival.model for rival in rivals if best and better(rival, ours)],
        "seconds": ask.seconds,
    }
    if ask.task:
        simple = best_of([row for row in rivals if not ask.simple or row.model in ask.simple])
        said |= {"task": ask.task, "simple": simple.model, "ours wins": better(ours, simple)}
    return said


def restated(found: Found, stored: list[Record]) -> list[Record]:
    """The stored rows of a comparison with what is asked of them today; what was measured, and when, stays."""
    names = [field.name for field in fields(Row)]
    rows = [Row(**{name: record[name] for name in names}) for record in stored]
    measured = ("seeds", "date", "machine", "versions")
    return [
        {**new, **{key: old[key] for key in measured}}
        for new, old in zip(records(found, rows, stored[0]["seeds"]), stored, strict=True)
    ]


def read(path: Path) -> list[Record]:
    """The rows that a file holds, none if there is no file."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [json.loads(line) for line in lines]


def line(record: Record) -> str:
    """A row as it is written."""
    return json.dumps(record, ensure_ascii=False)


def write(path: Path, new: list[Record], order: Iterable[str]) -> None:
    """Put the rows of a comparison in the place of its old ones, all at once, in the order of the comparisons.

    Args:
        path: the file.
        new: rows of one comparison or of several.
        order: the names of all comparisons; rows of any other are let go.
    """
    places = {name: place for place, name in enumerate(order)}
    replaced = {record["comparison"] for record in new}
    kept = [r for r in read(path) if r["comparison"] not in replaced and r["comparison"] in places]
    text = "".join(f"{line(r)}\n" for r in sorted(kept + new, key=lambda r: places[r["comparison"]]))
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
