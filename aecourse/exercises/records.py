"""What a learner has solved: the last verdict on each exercise, kept on their own machine and nowhere else.

The record is one small JSON file in the user's data folder. It can be read, and deleted; nothing is ever sent. Where no
file can be written (a read-only home) only the memory is lost.
"""

from __future__ import annotations

import datetime
import json
import os
from pathlib import Path

from platformdirs import user_data_path

from aecourse.files.saving import written

RECORD_VARIABLE = "AECOURSE_RECORD"  # "off": nothing is kept and nothing is read
VERDICTS = ("correct", "wrong", "not attempted")
Entries = dict[str, dict[str, str]]


def record_path() -> Path | None:
    """Where the record is kept; None while `AECOURSE_RECORD=off` says that none is kept."""
    if os.environ.get(RECORD_VARIABLE, "").lower() == "off":
        return None
    return user_data_path("aecourse", appauthor=False) / "record.json"


def keep(exercise: str, verdict: str) -> None:
    """Note the last verdict on an exercise; without a place to write, do nothing.

    Args:
        exercise: topic and name, such as `"sound.mix"`.
        verdict: "correct", "wrong" or "not attempted"; the last one changes nothing that was noted before.
    """
    path = record_path()
    if path is None or verdict == "not attempted":
        return
    entries = read(path)
    entries[exercise] = {"verdict": verdict, "when": datetime.date.today().isoformat()}
    text = json.dumps(entries, indent=1, sort_keys=True, ensure_ascii=False)
    # A home that cannot be written to, or that is full, must not cost a learner the verdict that was just shown.
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        written(path, lambda part: _write(part, text))
    except OSError:
        return


def _write(path: Path, text: str) -> None:
    path.write_text(f"{text}\n", encoding="utf-8")


def read(path: Path) -> Entries:
    """The entries of a record; of a file that is missing, damaged or no record, none."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    # A file that somebody made can be nested more deeply than the reader goes.
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(entries, dict):
        return {}
    return {k: e for k, e in entries.items() if isinstance(e, dict) and e.get("verdict") in VERDICTS}
