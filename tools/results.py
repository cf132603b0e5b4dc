"""The README's table of measured models, made from the rows that `python -m benchmarks --write` keeps."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from benchmarks.units import decimals
from tools.lesson_format import Course, Lesson
from tools.stamp import cell_text

COLUMNS = ("Comparison", "The lesson's network", "Beside it", "Asked", "Reached")
DUELS = ("Task", "The autoencoder", "The best simple method", "Who wins")
UNTIMED = {"seconds": ""}
Record = dict[str, Any]


def duels(course: Course) -> str:
    """Return a row for each task: the lesson's network, the best of the simple methods, and which of them wins."""
    lines = [row(DUELS), "|" + "---|" * len(DUELS)]
    for lesson, ours, rows, asked in everything_asked(course, records_of(course)):
        if "task" not in asked:
            continue
        simple = rows[asked["simple"]]
        winner = "the autoencoder" if asked["ours wins"] else "the simple method"
        alike = measured(ours, UNTIMED) == measured(simple, UNTIMED)
        columns_of = (
            f"{asked['task']} ([{lesson.title.partition(':')[0]}](notebooks/{lesson.name}.ipynb))",
            measured(ours, UNTIMED),
            f"{simple['model']}: {measured(simple, UNTIMED)}",
            "neither" if alike else f"{winner}, {compared(ours, simple, UNTIMED)}",
        )
        lines.append(row(columns_of))
    return "\n".join(lines)


def everything_asked(
    course: Course, records: list[Record]
) -> Iterator[tuple[Lesson, Record, dict[str, Record], Record]]:
    """Yield for everything that was asked its lesson, our row, all rows of its comparison by model, and what it was."""
    for ours in records:
        lesson = course.lesson(ours["topic"])
        assert lesson is not None
        rows = {r["model"]: r for r in records if r["comparison"] == ours["comparison"]}
        yield from ((lesson, ours, rows, asked) for asked in ours["asked"])


def records_of(course: Course) -> list[Record]:
    """Return the stored rows that belong to a lesson."""
    path = course.root / "benchmarks" / "results.jsonl"
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []
    return [record for record in records if course.lesson(record["topic"])]


def table(course: Course) -> str:
    """Return a row for everything that was asked of a lesson's model; nothing of what belongs to no lesson."""
    records = records_of(course)
    lines = [row(COLUMNS), "|" + "---|" * len(COLUMNS)]
    for lesson, ours, rows, asked in everything_asked(course, records):
        where = f"`{ours['comparison']}` ([{lesson.title}](notebooks/{lesson.name}.ipynb))"
        lines.append(row((where, *columns(ours, rows, asked))))
    return "\n".join([*lines, "", measured_how(records)] if records else lines)


def measured_how(records: list[Record]) -> str:
    """Return a line that says over which seeds the medians are, and on what they were measured, with exceptions."""
    how = {r["comparison"]: (tuple(r["seeds"]), machine_of(r)) for r in records}
    (usual, where), _ = Counter(how.values()).most_common(1)[0]
    others = [
        f"`{name}`: {seeds_of(seeds)}{'' if place == where else f', {place}'}"
        for name, (seeds, place) in how.items()
        if (seeds, place) != (usual, where)
    ]
    days = sorted({r["date"] for r in records})
    when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    return f"{seeds_of(usual).capitalize()}, {where}, {when}" + "".join(f"; {other}" for other in others) + "."


def seeds_of(seeds: tuple[int, ...]) -> str:
    """Say of which seeds a row is."""
    return f"medians over seeds {', '.join(map(str, seeds))}" if len(seeds) > 1 else f"seed {seeds[0]}"


def machine_of(record: Record) -> str:
    """Say on what a row was measured."""
    return ", ".join([record["machine"], *(f"{name} {version}" for name, version in record["versions"].items())])


def columns(ours: Record, rows: dict[str, Record], asked: Record) -> tuple[str, str, str, str]:
    """Return the columns behind the first: our result, the best rival's, what was asked, and how it came out."""
    verdict = "yes" if asked["reached"] else "**no**"
    rival = rows.get(asked["rival"])
    if rival is None:
        return measured(ours, asked), "", asked["text"], verdict
    return (
        f"{ours['model'].removesuffix(' (lesson)')}: {measured(ours, asked)}",
        f"{rival['model']}: {measured(rival, asked)}",
        asked["text"],
        f"{verdict}, {', '.join([compared(ours, rival, asked), *losses(asked)])}",
    )


def measured(record: Record, asked: Record) -> str:
    """Return a score in its unit, with the seconds of training where these count."""
    unit = record["unit"]
    score = number(record["score"], decimals(unit))
    what, _, symbol = unit.partition(", ")
    said = f"MSE {score}" if unit == "MSE" else " ".join(filter(None, (score, symbol, what)))
    return f"{said} in {record['seconds']:.1f} s" if asked["seconds"] else said


def number(score: float, decimals: int) -> str:
    """Return a score with so many decimals, or as a power of ten where these would hide it."""
    said = f"{score:,.{decimals}f}"
    return f"{score:.1e}" if score and not said.strip("-0.") else said


def compared(ours: Record, rival: Record, asked: Record) -> str:
    """Return the ratio of errors, or the difference of other scores; the ratio of seconds where these are compared."""
    if ours["unit"] != "MSE":
        return f"{ours['score'] - rival['score']:+.{decimals(ours['unit'])}f}".replace("-", "−")
    said = f"{ours['score'] / rival['score']:.2f} ×"
    return said + f" in {ours['seconds'] / rival['seconds']:.2f} ×" if asked["seconds"] == "compared" else said


def losses(asked: Record) -> list[str]:
    """Return the rivals that are ahead, in words."""
    return [f"behind {'; '.join(asked['ahead'])}"] if asked["ahead"] else []


def row(columns: tuple[str, ...]) -> str:
    """Return a row of a Markdown table."""
    return "|" + "".join(f" {cell_text(column)} |" for column in columns)
