"""The table of marks, a row a student, and a page of feedback for each."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterable
from pathlib import Path

from aecourse.exercises.core import COLOURS, SIGNS
from aecourse.exercises.grading.one import Graded
from aecourse.exercises.grading.submissions import Lesson

COUNTED = ("correct", "wrong", "not attempted", "not reached")


def by_student(graded: Iterable[Graded]) -> dict[str, list[Graded]]:
    """What each student handed in, students in the order of the alphabet."""
    rows: dict[str, list[Graded]] = {}
    for one in graded:
        rows.setdefault(one.submission.student, []).append(one)
    return dict(sorted(rows.items(), key=lambda row: row[0].casefold()))


def counted(notebooks: list[Graded]) -> dict[str, Graded]:
    """Of each lesson the notebook that counts: the last by name; the others get a remark."""
    chosen: dict[str, Graded] = {}
    for one in notebooks:
        if one.lesson is None:
            continue
        before = chosen.get(one.lesson.topic)
        if before is not None:
            one.remarks.append(f"counts instead of {before.submission.path.as_posix()}")
        chosen[one.lesson.topic] = one
    return chosen


def table(rows: dict[str, list[Graded]], lessons: list[Lesson]) -> str:
    """The marks as a CSV: student, solved, of, remark, and a column for each exercise of a lesson handed in."""
    there = [lesson for lesson in lessons if any(one.lesson == lesson for row in rows.values() for one in row)]
    columns = [(lesson.topic, name) for lesson in there for name in lesson.names]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    scores = {student: [one.score for one in row if one.score is not None] for student, row in rows.items()}
    scored = any(scores.values())
    named = [f"{topic}.{name}" for topic, name in columns] + ["challenge, dB"] * scored
    writer.writerow(["student", "solved", "of", *named, "remark"])
    for student, notebooks in rows.items():
        chosen = counted(notebooks)
        verdicts = {(t, name): verdict for t, one in chosen.items() for name, (verdict, _) in one.verdicts.items()}
        solved = sum(verdict == "correct" for verdict in verdicts.values())
        of = sum(verdict in COUNTED for verdict in verdicts.values())
        row = [student, solved, of, *[verdicts.get(column, "") for column in columns]]
        row += [f"{scores[student][-1]:.2f}" if scores[student] else ""] * scored
        writer.writerow([_harmless(value) for value in [*row, _remarks(notebooks)]])
    return out.getvalue()


def _remarks(notebooks: list[Graded]) -> str:
    said = [(one.submission.path.as_posix(), "; ".join(one.remarks)) for one in notebooks if one.remarks]
    return " | ".join(f"{path}: {remarks}" if len(notebooks) > 1 else remarks for path, remarks in said)


def _harmless(value: object) -> object:
    """Text that a spreadsheet does not take for a formula, in one line."""
    if not isinstance(value, str):
        return value
    text = " ".join(value.split())
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d+\.\d+", text) is not None


def file_names(students: Iterable[str]) -> dict[str, str]:
    """A file name for each student's page: letters and digits, no two alike."""
    names: dict[str, str] = {}
    for student in students:
        name = plain = re.sub(r"[^\w-]+", "-", student).strip("-")[:60] or "student"
        number = 1
        while name.casefold() in [other.casefold() for other in names.values()]:
            number += 1
            name = f"{plain}-{number}"
        names[student] = name
    return {student: f"{name}.html" for student, name in names.items()}


def page(student: str, notebooks: list[Graded]) -> str:
    """A student's feedback as a page: each exercise with its verdict, what was said, and the student's own code."""
    body = "".join(_section(one) for one in notebooks)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Feedback for {html.escape(student)}</title>"
        '<body style="font-family:sans-serif;margin:2em auto;max-width:50em;color:#1a1a1a;background:#ffffff">'
        f"<h1>{html.escape(student)}</h1>{body}</body></html>\n"
    )


def _section(one: Graded) -> str:
    title = one.lesson.title if one.lesson else one.submission.path.name
    solved = sum(verdict == "correct" for verdict, _ in one.verdicts.values())
    of = sum(verdict in COUNTED for verdict, _ in one.verdicts.values())
    lines = [f"<h2>{html.escape(title)}</h2>", f"<p>{solved} of {of} exercises solved.</p>" if of else ""]
    if one.score is not None:
        lines.append(f"<p>The challenge: {one.score:.2f} dB gained on digits that nobody has seen.</p>")
    lines += [f"<p>Remark: {html.escape(remark)}</p>" for remark in one.remarks]
    for name in one.lesson.names if one.lesson else []:
        verdict, message = one.verdicts[name]
        colour = COLOURS.get(verdict, COLOURS["not attempted"])
        lines.append(
            f'<div style="border-left:4px solid {colour};padding:6px 10px;margin:1em 0">'
            f'<strong style="color:{colour}">{SIGNS.get(verdict, "·")} {html.escape(name)}: {verdict}</strong>'
            f'<div style="white-space:pre-wrap">{html.escape(message)}</div>'
        )
        if code := one.answers.get(name, ""):
            lines.append(f"<details><summary>your code</summary><pre>{html.escape(code[:8000])}</pre></details>")
        lines.append("</div>")
    return "".join(lines)


def save(rows: dict[str, list[Graded]], lessons: list[Lesson], out: Path, folder: Path) -> None:
    """Write the table and the pages; the table starts with the sign by which spreadsheets know UTF-8."""
    out.write_text(table(rows, lessons), encoding="utf-8-sig")
    folder.mkdir(parents=True, exist_ok=True)
    names = file_names(rows)
    for student, notebooks in rows.items():
        (folder / names[student]).write_text(page(student, notebooks), encoding="utf-8")
