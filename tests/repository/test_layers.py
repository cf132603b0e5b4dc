"""The walls between the rooms of the package: `lint-imports` passes, and fails when an arrow is turned round."""

import itertools
import shutil
import subprocess
import sysconfig
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
LINTER = Path(sysconfig.get_path("scripts")) / "lint-imports"
LOWEST_FIRST = [
    [room.strip(" ()") for room in line.split(":")]
    for line in reversed(next(c["layers"] for c in CONTRACTS if c["type"] == "layers"))
]


def lint(folder):
    """Run the linter on the package in a folder: whether it passed, and what it said."""
    command = [str(LINTER), "--no-logo", "--no-cache"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
    return result.returncode == 0, result.stdout + result.stderr


@pytest.fixture
def package(tmp_path):
    """A copy of the package's sources, with the contracts."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(
        ROOT / "aecourse", tmp_path / "aecourse", ignore=lambda _, names: {n for n in names if n == "__pycache__"}
    )
    return tmp_path / "aecourse"


@pytest.fixture
def rooms(tmp_path):
    """A made-up package with all the rooms that the contract names, each of them empty."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for room in itertools.chain.from_iterable(LOWEST_FIRST):
        (tmp_path / "aecourse" / room).mkdir(parents=True)
        (tmp_path / "aecourse" / room / "__init__.py").touch()
    (tmp_path / "aecourse" / "__init__.py").touch()
    return tmp_path / "aecourse"


def add(path, line):
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")


@pytest.mark.slow
def test_the_package_keeps_to_its_layers_until_an_arrow_is_turned_round(package):
    passed, said = lint(package.parent)
    assert passed, said
    add(package / "metrics.py", "from aecourse.training import fit")
    passed, said = lint(package.parent)
    assert not passed
    assert "aecourse.metrics is not allowed to import aecourse.training" in said


@pytest.mark.slow
@pytest.mark.parametrize(("low", "high"), list(itertools.pairwise(LOWEST_FIRST)), ids=lambda line: "-".join(line))
def test_a_later_room_may_use_an_earlier_one_and_never_the_reverse(rooms, low, high):
    add(rooms / high[0] / "__init__.py", f"import aecourse.{low[-1]}")
    passed, said = lint(rooms.parent)
    assert passed, said
    (rooms / high[0] / "__init__.py").write_text("")
    add(rooms / low[-1] / "__init__.py", f"def later():\n    from aecourse import {high[0]}")
    passed, said = lint(rooms.parent)
    assert not passed
    assert f"aecourse.{low[-1]} is not allowed to import aecourse.{high[0]}" in said


@pytest.mark.slow
def test_neighbours_may_use_one_another_but_not_in_a_circle(rooms):
    add(rooms / "weights" / "__init__.py", "from aecourse import datasets")
    passed, said = lint(rooms.parent)
    assert passed, said
    add(rooms / "datasets" / "__init__.py", "from aecourse import weights")
    assert not lint(rooms.parent)[0]


@pytest.mark.slow
def test_a_new_room_has_to_be_given_its_place(rooms):
    (rooms / "attic.py").touch()
    passed, said = lint(rooms.parent)
    assert not passed
    assert "attic" in said


@pytest.mark.slow
@pytest.mark.parametrize("outside", ["benchmarks", "lessons.sound.benchmark", "tests", "tools.lock"])
def test_the_package_needs_nothing_of_the_repository_around_it(rooms, outside):
    add(rooms / "exercises" / "__init__.py", f"import {outside}")
    passed, said = lint(rooms.parent)
    assert not passed
    assert f"aecourse is not allowed to import {outside.partition('.')[0]}" in said
