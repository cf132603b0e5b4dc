"""What a reader meets at once stays small: words and lines a cell, letters a line, ideas a lesson."""

from __future__ import annotations

import ast
import re

import pytest

from tests.course import COURSE, ROOT

WORDS, LINES, WIDTH, SECTIONS = 120, 15, 95, 6


def words(source: str) -> int:
    """Words of prose, without tables and what is set as code."""
    prose = re.sub(r"```.*?```", "", source, flags=re.DOTALL)
    return sum(len(line.split()) for line in prose.splitlines() if not line.lstrip().startswith("|"))


@pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.topic)
def test_no_cell_is_a_wall(lesson):
    text = [cell.source for cell in lesson.cells if cell.cell_type == "markdown"]
    code = [cell.source for cell in lesson.cells if cell.cell_type == "code"]
    assert [s[:60] for s in text if words(s) > WORDS] == []
    assert [s[:60] for s in code if sum(bool(line.strip()) for line in s.splitlines()) > LINES] == []


@pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.topic)
def test_prose_is_wrapped(lesson):
    lines = (ROOT / "lessons" / lesson.topic / "lesson.py").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > WIDTH and line.startswith("# ") and line[2] != "|"] == []


@pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.topic)
def test_a_lesson_has_six_sections_at_most(lesson):
    headings = [
        line
        for cell in lesson.cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if re.match(r"## \d", line)
    ]
    assert 1 <= len(headings) <= SECTIONS


@pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.topic)
def test_every_figure_that_is_drawn_is_shown(lesson):
    """A notebook shows a cell's last expression alone."""
    code = [cell.source for cell in lesson.cells if cell.cell_type == "code"]
    before_the_last = [line for source in code for line in ast.parse(source).body[:-1] if isinstance(line, ast.Expr)]
    assert [ast.unparse(e)[:60] for e in before_the_last if ast.unparse(e).startswith("plots.show_")] == []
