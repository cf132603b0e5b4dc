"""The README's stamped blocks: the badges, the map of lessons with what each one takes, and what was measured."""

from __future__ import annotations

from tools import results
from tools.lesson_format import BuildError, Course, Lesson
from tools.stamp import cell_text, expanded, hosted_addresses, hosted_links, reading_time
from tools.stored import paths_of, read_notebook, times_of

COLUMNS = ("", "Lesson", "What it is about", "Read", "Run", "CPU", "Open")


def read_readme(course: Course) -> str:
    """Return the README's text."""
    return (course.root / "README.md").read_text(encoding="utf-8")


def stamped_readme(course: Course) -> str:
    """Return the README with the map of lessons, the badges and, where it has a place for them, the results."""
    binder, colab = hosted_addresses(course, f"notebooks/{course.lessons[0].name}.ipynb")
    badges = (
        f"[![Open in Binder](https://mybinder.org/badge_logo.svg)]({binder})\n"
        f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({colab})"
    )
    rows = [row(*COLUMNS), "|" + "---|" * len(COLUMNS)]
    for part in course.parts:
        rows.append(row("", f"**{part.title}**", *[""] * (len(COLUMNS) - 2)))
        rows += [lesson_row(course, lesson) for lesson in filter(None, map(course.lesson, part.topics))]
    text = stamp(stamp(read_readme(course), "map", "\n".join(rows)), "badges", badges)
    for name, made in (("results", results.table), ("duels", results.duels)):
        if f"<!-- {name}:start -->" in text:
            text = stamp(text, name, made(course))
    return text


def lesson_row(course: Course, lesson: Lesson) -> str:
    """Return a lesson's row in the map."""
    paths = paths_of(course, lesson, "notebooks")
    notebook = read_notebook(paths[0]) if paths else None
    seconds = [f"{value} s" for value in times_of(notebook)] if notebook else ["–", "–"]
    links = [f"[Solutions](solutions/{lesson.name}.ipynb)", *hosted_links(course, lesson, "notebooks")]
    return row(
        f"{lesson.number:02d}",
        f"[{lesson.title}](notebooks/{lesson.name}.ipynb)",
        expanded(course, lesson.summary, folder="notebooks/"),
        f"{reading_time(lesson, 'notebooks')} min",
        *seconds,
        " · ".join(links),
    )


def row(*columns: str) -> str:
    """Return a row of a Markdown table."""
    return "|" + "".join(f" {cell_text(column)} |" if column else " |" for column in columns)


def stamp(text: str, name: str, content: str) -> str:
    """Replace what stands between `<!-- name:start -->` and `<!-- name:end -->`."""
    start, end = f"<!-- {name}:start -->", f"<!-- {name}:end -->"
    before, started, rest = text.partition(start)
    _, ended, after = rest.partition(end)
    if not (started and ended):
        raise BuildError(f"README.md: the lines {start} and {end} are missing")
    return f"{before}{start}\n{content}\n{end}{after}"
