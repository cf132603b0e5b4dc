"""What is released: a wheel with everything that the package needs, an sdist, and a command for a class room."""

import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from tools import dist, offline

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return dist.built(tmp_path_factory.mktemp("dist") / "dist")


@pytest.mark.slow
def test_the_wheel_carries_the_data_and_nothing_around_the_package(made):
    wheel, _ = made
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = tomllib.loads((ROOT / "aecourse" / "data" / "sources.toml").read_text(encoding="utf-8"))
    assert {f"aecourse/data/{name}" for name in sources} < names
    for name in ("__main__.py", "playground/static/playground.js", "exercises/lessons.json"):
        assert f"aecourse/{name}" in names
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"aecourse"}
    assert wheel.stat().st_size < dist.LARGEST_WHEEL


@pytest.mark.slow
def test_the_sdist_can_be_built_from(made):
    _, sdist = made
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "aecourse/__init__.py", "aecourse/data/sources.toml"} <= names


def test_the_class_room_installs_without_an_index():
    text = offline.INSTALL.format(version=(3, 12), extras=offline.EXTRAS)
    compile(text, "install.py", "exec")
    assert '"--no-index", "--find-links"' in text
    assert "aecourse[tensorflow,lessons,lab]" in text
    assert "NEEDED = (3, 12)" in text


def test_a_class_room_with_an_earlier_patch_of_the_same_python_finds_its_wheels_too():
    pins = "soup==2 ; python_full_version < '3.11.5'\nsoup==4 ; python_full_version >= '3.11.5'\nnumpy==2\n"
    assert offline.for_earlier_patches(pins, "3.11.7") == ["soup==2"]
    assert offline.for_earlier_patches(pins, "3.11.2") == []
    assert offline.for_earlier_patches(pins, "3.12.1") == []
