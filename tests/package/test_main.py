"""`python -m aecourse`: what is wrong is named with what helps, what is missing with the lesson that needs it."""

import importlib.util
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from aecourse import __main__ as installed
from aecourse.applications import reading, scale
from aecourse.datasets import embedded

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def without(monkeypatch):
    """Pretends that packages are not installed."""
    find = importlib.util.find_spec

    def hide(*names):
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in names else find(name))

    return hide


def test_every_package_that_single_lessons_need_has_its_lesson():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [
        {Requirement(line).name for line in lines}
        for lines in (project["optional-dependencies"]["lessons"], project["dependencies"])
    ]
    assert set(installed.NEEDED) == names[0] - names[1]
    for package, topics in installed.NEEDED.items():
        for topic in topics:
            files = (ROOT / "lessons" / topic / "lesson.py", ROOT / "aecourse" / "applications" / f"{topic}.py")
            assert any(package in file.read_text(encoding="utf-8") for file in files)


def test_nothing_is_missing_until_it_is(without):
    assert installed.missing() == []
    without("pystoi", "jupyterlab")
    sound, lab = installed.missing()
    assert sound == 'pystoi is missing, for “Sound”: python -m pip install "aecourse[lessons]"'
    assert lab.startswith("JupyterLab is missing")


def test_an_engine_that_is_missing_is_named_with_its_lesson(monkeypatch):
    monkeypatch.setattr(reading, "has_engine", lambda: True)
    monkeypatch.setattr(scale, "why_not", lambda: "")
    assert installed.stored_instead() == []
    monkeypatch.setattr(reading, "has_engine", lambda: False)
    monkeypatch.setattr(scale, "why_not", lambda: "JAX is not installed (pip install jax)")
    pages, processes = installed.stored_instead()
    assert pages.startswith("tesseract is missing, so “Reading” shows stored readings. Debian, Ubuntu: apt install")
    assert processes.startswith("JAX is not installed (pip install jax), so “Scale” shows a stored run")


def test_without_a_backend_it_says_what_to_install(without, capsys):
    without(*installed.BACKENDS)
    assert installed.main() == 1
    assert 'pip install "aecourse[tensorflow]"' in capsys.readouterr().out


def test_damaged_data_are_named(monkeypatch, capsys):
    assert installed.data_problems() == []
    assert "are as they should be" in capsys.readouterr().out

    def damaged(name):
        raise ValueError(f"The embedded file {name} is damaged")

    monkeypatch.setattr(embedded, "embedded", damaged)
    assert "The embedded file digits.npz is damaged" in installed.data_problems()


@pytest.mark.slow
def test_a_network_that_learned_nothing_is_a_problem(monkeypatch):
    monkeypatch.setattr(installed, "EPOCHS", 1)
    monkeypatch.setattr(installed, "DIGITS", 50)
    assert installed.training_problems()[0].startswith("a training ended with an error of 0.")


@pytest.mark.slow
def test_all_of_it_says_that_the_course_is_ready(capsys):
    assert installed.main() == 0
    assert capsys.readouterr().out.endswith("The course is ready.\n")
