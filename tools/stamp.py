"""The text that the build writes into notebooks: numbers, links, times, the map, placeholders and folded answers.

Nothing here is a reason to execute a notebook: what is stamped anew keeps its outputs.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from tools import names
from tools.lesson_format import FOLDERS, NBVAL_TAGS, Course, Lesson, plan, stored_id, tags

WORDS_A_MINUTE, CODE_LINES_A_MINUTE = 130, 12
# Code and formulas hold brackets and braces that are no links and no placeholders.
CODE_OR_MATH = re.compile(r"^(```+|~~~+).*?^\1|(`+).*?\2|\$\$.*?\$\$|\$[^$\n]+\$", re.MULTILINE | re.DOTALL)
PLACEHOLDER = re.compile(r"\{(?:(map|time)|([A-Za-z]+):([^{}]*))\}")
PROMPT = re.compile(r"\*(Predict|Answer)\b[^*\n]*:\*")
ANSWER = re.compile(r"(^|\n[ \t]*\n)\*Answer:\*\s*(.*?)[ \t]*(?=\n[ \t]*\n|\n?\Z)", re.DOTALL)
# Colab folds the code of a cell whose view is a form, and shows the title, which has to be there, in its place.
FOLDED = {"cellView": "form", "jupyter": {"source_hidden": True}}
FOLDED_TITLE = "#@title Claims checked\n"
SETUP = """\
# Only Google Colab needs this cell: it installs the course there and keeps Colab's own Keras and TensorFlow.
import sys

if "google.colab" in sys.modules:
    %pip install --quiet "aecourse[lessons] @ git+https://github.com/{address}@v{version}\""""


class Times(NamedTuple):
    """What a lesson took, rounded up to fives: seconds of the learner's notebook, CPU seconds with all solutions."""

    seconds: int
    cpu_seconds: int


# --- cells ----------------------------------------------------------------------------------------


def notebook_cells(course: Course, lesson: Lesson, folder: str, times: Times) -> list[NotebookNode]:
    """Return the cells of the notebook in `folder`, with everything stamped in, unexecuted."""
    kept = [planned.cell for planned in plan(lesson) if folder in planned.folders]
    head, *rest = [clean_cell(cell) for cell in kept]
    minutes = reading_minutes(kept)
    time = f"about {minutes} {'minute' if minutes == 1 else 'minutes'} to read, {times.seconds} s to run"
    for cell in (head, *rest):
        if cell.cell_type == "markdown":
            cell.source = expanded(course, with_folded_answers(cell.source), time=time)
    _, _, text = head.source.partition("\n")
    links = " · ".join([*neighbour_links(course, lesson), *header_links(course, lesson, folder)])
    head.source = f"# {lesson.number:02d} · {lesson.title}\n\n{links}\n\n{text.strip()}"
    navigation = "\n\n".join(["---", *filter(None, [" · ".join(neighbour_links(course, lesson))])])
    end = new_markdown_cell(navigation, id=f"{lesson.prefix}-end")
    return [head, setup_cell(course, lesson), *rest, end]


def merged_code(course: Course, lesson: Lesson) -> list[NotebookNode]:
    """Return the code cells of the one notebook that is executed."""
    cells = [clean_cell(planned.cell, merged=True) for planned in plan(lesson)]
    return [setup_cell(course, lesson), *(cell for cell in cells if cell.cell_type == "code")]


def merged_order(lesson: Lesson) -> list[tuple[str, str]]:
    """Return, for each cell of the executed notebook, its id and a folder whose notebook stores it."""
    head, *rest = [(planned.cell.id, planned.folders[0]) for planned in plan(lesson)]
    return [head, (f"{lesson.prefix}-setup", FOLDERS[0]), *rest, (f"{lesson.prefix}-end", FOLDERS[0])]


def setup_cell(course: Course, lesson: Lesson) -> NotebookNode:
    """Return the cell that installs the course on Colab."""
    return new_code_cell(SETUP.format(address=course.address, version=course.version), id=f"{lesson.prefix}-setup")


def clean_cell(cell: NotebookNode, *, merged: bool = False) -> NotebookNode:
    """Copy a cell, keeping no metadata but nbval's tags; fold the code of a cell that only checks claims."""
    copy = NotebookNode(cell)
    copy.id = cell.id if merged else stored_id(cell.id)
    passed_on = [tag for tag in tags(cell) if tag in NBVAL_TAGS]
    copy.metadata = NotebookNode({"tags": passed_on} if passed_on else {})
    if cell.cell_type == "code":
        copy.outputs, copy.execution_count = [], None
        if only_claims(cell.source):
            copy.metadata.update(NotebookNode(FOLDED))
            copy.source = FOLDED_TITLE + cell.source
    return copy


def only_claims(source: str) -> bool:
    """Tell whether code consists of calls of `expect` and nothing else."""
    calls = [node.value if isinstance(node, ast.Expr) else None for node in names.parse(source).body]
    named = [call.func if isinstance(call, ast.Call) else None for call in calls]
    return bool(named) and all(isinstance(name, ast.Name) and name.id == "expect" for name in named)


def reading_minutes(cells: list[NotebookNode]) -> int:
    """Estimate how long prose and code take to read, in whole minutes."""
    words = sum(len(cell.source.split()) for cell in cells if cell.cell_type == "markdown")
    lines = sum(bool(line.strip()) for cell in cells if cell.cell_type == "code" for line in cell.source.splitlines())
    return math.ceil(words / WORDS_A_MINUTE + lines / CODE_LINES_A_MINUTE)


# --- placeholders and answers ---------------------------------------------------------------------


def expanded(course: Course, text: str, *, time: str = "", folder: str = "") -> str:
    """Replace the placeholders in Markdown, outside of code and formulas.

    Args:
        course: knows the lessons' numbers and titles.
        text: Markdown; `{lesson:sound}` becomes number, title and link, `{term:code}` a term in italics.
        time: what `{time}` becomes.
        folder: the notebooks' folder as seen from the text, `""` beside them or such as `"notebooks/"`.
    """
    pieces, end = [], 0
    for found in CODE_OR_MATH.finditer(text):
        pieces += [with_values(course, text[end : found.start()], time, folder), found[0]]
        end = found.end()
    return "".join([*pieces, with_values(course, text[end:], time, folder)])


def with_values(course: Course, text: str, time: str, folder: str) -> str:
    """Replace the placeholders in a piece of prose; those that mean nothing are left to `placeholder_errors`."""

    def value(found: re.Match[str]) -> str:
        single, key, argument = found.groups()
        if single:
            return time if single == "time" else lesson_map(course)
        if key == "term":
            return f"*{argument}*"
        lesson = course.lesson(argument)
        return lesson_link(lesson, key, folder) if lesson and key in ("lesson", "Lesson") else found[0]

    return PLACEHOLDER.sub(value, text)


def lesson_link(lesson: Lesson, word: str, folder: str) -> str:
    """Return `[lesson NN (Title)](NN_topic.ipynb)`; `word` is "lesson" or, where a sentence begins, "Lesson"."""
    return f"[{word} {lesson.number:02d} ({lesson.title.partition(':')[0]})]({folder}{lesson.name}.ipynb)"


def lesson_map(course: Course) -> str:
    """Return a table of all lessons by part, as it stands in a notebook."""
    rows = ["| | Lesson | What it is about |", "|---|---|---|"]
    for part in course.parts:
        rows.append(f"| | **{cell_text(part.title)}** | |")
        for lesson in filter(None, map(course.lesson, part.topics)):
            link = f"[{cell_text(lesson.title)}]({lesson.name}.ipynb)"
            rows.append(f"| {lesson.number:02d} | {link} | {cell_text(expanded(course, lesson.summary))} |")
    return "\n".join(rows)


def cell_text(text: str) -> str:
    """Return text as it may stand in a cell of a Markdown table."""
    return text.replace("|", "\\|")


def placeholder_errors(course: Course, source: str) -> Iterator[str]:
    """Name the placeholders in a Markdown cell that mean nothing, or that two dollar signs make part of a formula."""
    for found in CODE_OR_MATH.finditer(source):
        if found[0].startswith("$") and "{lesson:" in found[0].lower():
            yield f"'{found[0][:60]}': there is a placeholder between two dollar signs; write \\$ for a price"
    for found in PLACEHOLDER.finditer(CODE_OR_MATH.sub("·", source)):
        _, key, argument = found.groups()
        if key in ("lesson", "Lesson"):
            if course.lesson(argument) is None:
                yield f"'{found[0]}': there is no lesson on '{argument}'"
        elif key == "term":
            if not argument.strip() or argument != argument.strip():
                yield f"'{found[0]}': a term stands directly behind the colon"
        elif key:
            yield f"'{found[0]}': known are {{lesson:topic}}, {{Lesson:topic}}, {{term:a term}}, {{map}} and {{time}}"


def with_folded_answers(source: str) -> str:
    """Fold away the paragraphs that open with `*Answer:*`, each beginning with a capital letter."""

    def folded(found: re.Match[str]) -> str:
        before, answer = found[1], found[2]
        return f"{before}<details><summary>Answer</summary>\n\n{answer[:1].upper()}{answer[1:]}\n\n</details>"

    return ANSWER.sub(folded, source)


def answer_errors(source: str) -> Iterator[str]:
    """Check that every *Predict* of a Markdown cell is answered before the next, in a paragraph of its own."""
    prompts = [found[1] for found in PROMPT.finditer(CODE_OR_MATH.sub("·", source))]
    for this, after in pairwise([*prompts, ""]):
        if this == "Predict" and after != "Answer":
            yield "a *Predict:* needs a paragraph *Answer:* … in its cell"
    for before, this in pairwise(["", *prompts]):
        if this == "Answer" and before != "Predict":
            yield "an *Answer:* must follow a *Predict:* in its cell"
    if (folded := len(ANSWER.findall(source))) < prompts.count("Answer"):
        yield f"{prompts.count('Answer') - folded} *Answer:* must open a paragraph, below a blank line"
    if any(not text.strip() for _, text in ANSWER.findall(source)):
        yield "an *Answer:* is empty"


# --- links ----------------------------------------------------------------------------------------


def neighbour_links(course: Course, lesson: Lesson) -> list[str]:
    """Return Markdown links to the lessons before and after, in the same folder."""
    around = [None, *course.lessons, None]
    before, after = around[lesson.number], around[lesson.number + 2]
    previous = [f"[← {before.title}]({before.name}.ipynb)"] if before else []
    return previous + ([f"[{after.title} →]({after.name}.ipynb)"] if after else [])


def header_links(course: Course, lesson: Lesson, folder: str) -> list[str]:
    """Return Markdown links to Binder, to Colab and to the same lesson in the other folder."""
    label, other = {"notebooks": ("Solutions", "solutions"), "solutions": ("Without solutions", "notebooks")}[folder]
    return [*hosted_links(course, lesson, folder), f"[{label}](../{other}/{lesson.name}.ipynb)"]


def hosted_links(course: Course, lesson: Lesson, folder: str) -> list[str]:
    """Return Markdown links that open a notebook on Binder and on Colab, at the course's version."""
    binder, colab = hosted_addresses(course, f"{folder}/{lesson.name}.ipynb")
    return [f"[Binder]({binder})", f"[Colab]({colab})"]


def hosted_addresses(course: Course, notebook: str) -> tuple[str, str]:
    """Return the addresses at which Binder and Colab open `notebook` (its path in the repository)."""
    return (
        f"https://mybinder.org/v2/gh/{course.address}/v{course.version}?urlpath=lab/tree/{notebook}",
        f"https://colab.research.google.com/github/{course.address}/blob/v{course.version}/{notebook}",
    )


def reading_time(lesson: Lesson, folder: str) -> int:
    """Estimate how long one notebook of a lesson takes to read, in whole minutes."""
    return reading_minutes([planned.cell for planned in plan(lesson) if folder in planned.folders])
