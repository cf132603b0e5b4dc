"""A small course to build: two lessons, executed once; tests that change something take `copy`."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest

from tools import build, execute
from tools.stamp import Times

PYPROJECT = """\
[project]
name = "aecourse"
version = "1.2.3"
[project.urls]
Repository = "https://github.com/someone/some-course"
"""
README = """\
# A course
<!-- badges:start -->
<!-- badges:end -->
Kept as it is.
<!-- map:start -->
old
<!-- map:end -->
The end.
"""
SOURCES = """\
["numbers.npz"]
title = "Numbers"
sha256 = "1"
["words.npz"]
title = "Words"
sha256 = "2"
"""
ORDER = {"First part": ["start_here"], "Second part": ["noise_and_order"]}
START_HERE = """\
# %% [markdown]
# # Start here
#
# A short lesson, with |bars| in its summary.
#
# *Time:* {time}.
# %%
from IPython.display import display


class Exercise:
    def check(self, answer):
        display({"text/plain": "○ not attempted" if answer is None else "✓ right"}, raw=True)


def expect(claim, condition):
    assert condition
    print("✓", claim)


compression = Exercise()
numbers = 7
# %% tags=["exercise"]
my_ratio = None
# %% tags=["solution"]
my_ratio = 784 / 16
# %% tags=["nbval-check-output"]
compression.check(my_ratio)
# %% [markdown]
# On to {lesson:noise_and_order}. {Lesson:noise_and_order} shows a {term:noisy
# cell}; `{lesson:nothing}` and $x_{time}$ stay.
#
# *Predict:* what comes next?
#
# *Answer:* a table. Its rows
# are the lessons.
#
# {map}
#
# [The package](../aecourse/__init__.py), [the web](https://example.org), `[no](link)` and $[x](t)$.
#
# ![A dot](../dot.png)
# %% tags=["nbval-check-output"]
expect("seven is seven", numbers == 7)
# %% tags=["nbval-ignore-output"]
SIDE = 28
"""
NOISE = """\
# %% [markdown]
# # Noise and order: what is kept
#
# What a notebook prints after {lesson:start_here}, and what is kept of it.
#
# *Time:* {time}.
# %%
import os
import sys

print("warning", file=sys.stderr)
print("one", flush=True)
print("stderr between", file=sys.stderr, flush=True)
print("two")
# %%
print("10 %\\r50 %\\r100 %")
print("gone\\r    \\r", end="")
# %%
from IPython.display import Image, display

display({}, raw=True)
display({"text/plain": ""}, raw=True)
print("    ", end="\\r")
# %%
DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
display({"image/png": DOT}, metadata={"image/png": {"alt": "A dot"}}, raw=True)
display({"image/png": DOT}, metadata={"alt": "A dot"}, raw=True)
# %%
os.environ.get("AECOURSE_SEED"), os.path.basename(os.getcwd()), sys.executable
# %%
# %matplotlib --list
"""
LESSONS = {"start_here": START_HERE, "noise_and_order": NOISE}


class Root:
    """A folder that holds a course."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: str, text: str) -> None:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def read(self, name: str) -> str:
        return (self.path / name).read_text(encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        assert old in self.read(name)
        self.write(name, self.read(name).replace(old, new))

    def order(self, parts: dict[str, list[str]]) -> None:
        tables = [f'[[parts]]\ntitle = "{title}"\nlessons = {topics}\n' for title, topics in parts.items()]
        self.write("lessons/order.toml", "".join(tables))

    def add(self, topic: str, text: str, parts: dict[str, list[str]]) -> None:
        self.write(f"lessons/{topic}/lesson.py", text)
        self.order(parts)

    def files(self) -> dict[str, bytes]:
        paths = sorted(path for path in self.path.rglob("*") if path.is_file())
        return {path.relative_to(self.path).as_posix(): path.read_bytes() for path in paths}

    def stored(self, name: str) -> nbformat.NotebookNode:
        return nbformat.read(self.path / f"{name}.ipynb", as_version=4)

    def store(self, name: str, notebook: nbformat.NotebookNode) -> None:
        nbformat.write(notebook, self.path / f"{name}.ipynb")

    def build(self, *arguments: str) -> int:
        return build.main(list(arguments), self.path)


@pytest.fixture(scope="session")
def make_root():
    """Write a course of given lessons, all in one part unless `parts` says otherwise."""

    def make(path: Path, lessons: dict[str, str], parts: dict[str, list[str]] | None = None) -> Root:
        root = Root(path)
        root.write("aecourse/__init__.py", '"""A package."""\n')
        root.write("aecourse/data/sources.toml", SOURCES)
        root.write("dot.png", "")
        root.write("pyproject.toml", PYPROJECT)
        root.write("README.md", README)
        for topic, text in lessons.items():
            root.write(f"lessons/{topic}/lesson.py", text)
        root.order(parts or {"All": list(lessons)})
        return root

    return make


def run_as_if_in_time(*arguments, run=execute.run):
    times = run(*arguments)
    assert all(seconds > 0 and seconds % 5 == 0 for seconds in times)
    return Times(5, 10)


@pytest.fixture(scope="session")
def built(tmp_path_factory, make_root):
    """A course that is built, to look at."""
    root = make_root(tmp_path_factory.mktemp("built"), LESSONS, ORDER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AECOURSE_SEED", "7")
        patch.setattr(execute, "run", run_as_if_in_time)
        assert root.build() == 0
    return root


@pytest.fixture
def in_time(monkeypatch):
    """What is executed takes as long as in `built`."""
    monkeypatch.setattr(execute, "run", run_as_if_in_time)


@pytest.fixture
def copy(built, tmp_path):
    """A course that is built, to change."""
    return Root(Path(shutil.copytree(built.path, tmp_path / "copy")))


@pytest.fixture
def no_execution(monkeypatch):
    """Nothing may be executed."""

    def refuse(*_args, **_kwargs):
        raise AssertionError("something was executed")

    monkeypatch.setattr(execute, "run", refuse)


@pytest.fixture
def only_executed(monkeypatch):
    """Run nothing; return the topics that would have run."""
    topics = []

    def pretend(cells, lesson, folder):
        topics.append(lesson.topic)
        for count, cell in enumerate(cells, start=1):
            cell.execution_count = count
        return Times(5, 5)

    monkeypatch.setattr(execute, "run", pretend)
    return topics
