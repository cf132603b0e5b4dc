"""The lessons with what has been solved in each, and the way on: `record()` shows it and saves it as a page."""

from __future__ import annotations

import datetime
import html
import importlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from aecourse.exercises import records
from aecourse.exercises.core import SIGNS, Exercise
from aecourse.files.saving import target, written

OFF = (
    f"Nothing is remembered here, as {records.RECORD_VARIABLE} is off. "
    "Run this cell on your own machine: it shows what you have solved."
)


def exercises_of(topic: str) -> list[str]:
    """The names of a topic's exercises, in the order of the lesson."""
    module = importlib.import_module(f"aecourse.exercises.{topic}")
    return [name for name, value in vars(module).items() if isinstance(value, Exercise)]


def lessons() -> list[tuple[str, str]]:
    """Topic and title of every lesson, in the order of the course (`lessons.json`, written by the build)."""
    text = resources.files("aecourse.exercises").joinpath("lessons.json").read_text(encoding="utf-8")
    return [(lesson["topic"], lesson["title"]) for lesson in json.loads(text)]


def _write(path: Path, page: str) -> None:
    path.write_text(page, encoding="utf-8")


@dataclass(frozen=True)
class Record:
    """What has been solved.

    Attributes:
        lessons: topic, title and the names of the exercises of each lesson, in the order of the course.
        verdicts: the last verdict on each exercise that was answered, by topic and name, and when that was.
        path: the file that holds them; None where nothing is kept.
    """

    lessons: tuple[tuple[str, str, tuple[str, ...]], ...]
    verdicts: records.Entries
    path: Path | None

    @property
    def solved(self) -> int:
        """How many exercises were last answered correctly."""
        return sum(self.verdict(topic, name) == "correct" for topic, _, name in self._all())

    def verdict(self, topic: str, name: str) -> str:
        """The last verdict on an exercise: "correct", "wrong" or "not attempted"."""
        return self.verdicts.get(f"{topic}.{name}", {}).get("verdict", "not attempted")

    def forget(self) -> None:
        """Delete the file; the course remembers nothing any more."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def save(self, where: object, *, overwrite: bool = False) -> Path:
        """Write the record as a page to print or keep.

        Args:
            where: a path that ends in .html.
            overwrite: whether a file that is there may be replaced.

        Raises:
            TypeError, ValueError, FileNotFoundError, FileExistsError: as the savers of `aecourse.files`.
        """
        path = target(where, (".html",), name="where", overwrite=overwrite)
        page = (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>What I have solved</title>'
            '<body style="font-family:sans-serif;margin:2em auto;max-width:46em">'
            f"<h1>What I have solved</h1><p>{datetime.date.today().isoformat()}</p>{self._repr_html_()}</body></html>"
        )
        return written(path, lambda part: _write(part, page))

    def _all(self) -> Iterator[tuple[str, str, str]]:
        return ((topic, title, name) for topic, title, names in self.lessons for name in names)

    def _where(self) -> str:
        return f"Kept in {self.path}, on this machine alone; record().forget() deletes it."

    def _way_on(self) -> str:
        total = sum(len(names) for *_, names in self.lessons)
        ahead = next((e for e in self._all() if self.verdict(e[0], e[2]) != "correct"), None)
        if ahead is None:
            return f"{total} of {total} exercises solved: all of them."
        return f"{self.solved} of {total} exercises solved. The way on: {ahead[2]} in the lesson {ahead[1]}."

    def __repr__(self) -> str:
        if self.path is None:
            return OFF
        rows = [
            f"{title}: {' '.join(f'{SIGNS[self.verdict(topic, name)]} {name}' for name in names)}"
            for topic, title, names in self.lessons
        ]
        return "\n".join([*rows, self._way_on(), self._where()])

    def _repr_html_(self) -> str:
        if self.path is None:
            return f"<p>{OFF}</p>"

        def cell(topic: str, name: str) -> str:
            verdict = self.verdict(topic, name)
            return f'<span title="{verdict}" style="white-space:nowrap">{SIGNS[verdict]} {name}</span>'

        rows = "".join(
            f'<tr style="break-inside:avoid"><td style="text-align:left">{html.escape(title)}</td>'
            f'<td style="text-align:left">{" &nbsp; ".join(cell(topic, name) for name in names)}</td></tr>'
            for topic, title, names in self.lessons
        )
        return (
            '<div style="background:#ffffff;color:#1a1a1a;padding:6px 10px"><table><thead><tr>'
            '<th style="text-align:left">Lesson</th><th style="text-align:left">✓ solved, ✗ last answer wrong, '
            f"○ open</th></tr></thead><tbody>{rows}</tbody></table>"
            f"<p>{html.escape(self._way_on())}</p><p>{html.escape(self._where())}</p></div>"
        )


def record() -> Record:
    """What has been solved, lesson by lesson, and the way on.

    Example:
        >>> from aecourse.exercises import record
        >>> record().verdict("encode_decode", "no such exercise")
        'not attempted'
    """
    path = records.record_path()
    there = tuple((topic, title, tuple(exercises_of(topic))) for topic, title in lessons())
    return Record(there, {} if path is None else records.read(path), path)
