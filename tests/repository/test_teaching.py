"""The page for teachers says what is true of the lessons; the handout holds the course and no solution."""

from __future__ import annotations

import re
import zipfile

import pytest

from tests.course import COURSE, ROOT
from tools import handout, teaching

PAGE = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
HAND = re.sub(r"<!-- (\w+):start -->.*?<!-- \1:end -->", "", PAGE, flags=re.DOTALL)
TOPICS = [lesson.topic for lesson in COURSE.lessons]


@pytest.mark.slow
def test_the_stamped_parts_fit():
    assert not teaching.stale(COURSE)


def test_every_quoted_mistake_is_said_by_a_check_that_the_tests_try():
    said = {
        " ".join(message.split())
        for topic in TOPICS
        for _, message in teaching.messages(ROOT / "lessons" / topic / "answers.py")
    }
    quoted = re.findall(r"^  - “(.*)”$", PAGE, re.MULTILINE)
    assert len(quoted) > 100
    assert set(quoted) <= said


def test_every_lesson_has_outcomes_exercises_and_one_with_numbers_of_ones_own():
    sections = re.split(r"^### ", PAGE.partition("<!-- lessons:start -->")[2], flags=re.MULTILINE)[1:]
    assert len(sections) == len(TOPICS)
    for section in sections:
        assert re.search(r"^- \w", section, re.MULTILINE)
        assert "numbers of one's own" in section


def test_the_plans_name_lessons_that_there_are():
    plans = HAND.partition("## Plans")[2].partition("## Three projects")[0]
    named = set(re.findall(r"\*([a-z_]+)\*", plans))
    assert named == set(TOPICS)
    assert set(re.findall(r"\*([a-z_]{4,})\*", HAND)) - {"before"} <= set(TOPICS)


def test_readme_leads_to_the_page_and_the_page_to_its_commands():
    assert "[TEACHING.md](TEACHING.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "-m aecourse.exercises.grade submissions --out marks.csv" in PAGE
    assert "make handout" in PAGE
    assert "can forge" in PAGE
    assert "container" in PAGE


@pytest.fixture(scope="module")
def packed() -> dict[str, bytes]:
    return dict(handout.contents(ROOT))


def test_the_handout_holds_the_course_and_no_solution(packed):
    folders = {name.partition("/")[0] for name in packed if "/" in name}
    assert folders == {"aecourse", "notebooks"}
    assert {f"notebooks/{lesson.name}.ipynb" for lesson in COURSE.lessons} <= set(packed)
    assert {"Makefile", "pyproject.toml", "requirements.lock", "environment.yml", "README.md"} <= set(packed)
    for name, data in packed.items():
        if name.endswith((".ipynb", ".md")):
            text = data.decode()
            assert "](../solutions/" not in text, name
            assert "](solutions/" not in text, name
    assert "TEACHING.md" not in packed["README.md"].decode()


def test_no_solution_stands_in_a_notebook_of_the_handout(packed):
    for lesson in COURSE.lessons:
        text = packed[f"notebooks/{lesson.name}.ipynb"].decode()
        assert "○ not attempted" in text
        assert "✓ correct" not in text


@pytest.mark.slow
def test_each_figure_of_the_notebooks_is_a_file_with_a_description():
    figures = list(handout.all_figures(ROOT))
    assert len({name for name, _, _ in figures}) == len(figures) > 50
    assert all(data and text for _, data, text in figures)


@pytest.mark.slow
def test_the_same_course_gives_the_same_zip(tmp_path, capsys):
    for name in ("notebooks", "pyproject.toml", "README.md"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "aecourse").mkdir()
    zips = []
    for _ in range(2):
        handout.main(tmp_path)
        zips.append((tmp_path / "dist" / "handout.zip").read_bytes())
    assert zips[0] == zips[1]
    with zipfile.ZipFile(tmp_path / "dist" / "handout.zip") as archive:
        assert any(name.startswith("autoencoders/figures/") for name in archive.namelist())
