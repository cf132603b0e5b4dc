"""What is committed: no package index, no place on a machine, no lesson's number, one public address, not too much."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TOPICS = [
    topic
    for part in tomllib.loads((ROOT / "lessons" / "order.toml").read_text(encoding="utf-8"))["parts"]
    for topic in part["lessons"]
]

# None of these patterns matches itself.
INDEX = re.compile(r"\b(?:py[p]i|python[h]osted|npm[j]s|(?:deb|security|ftp)[.]debian)[\w-]*\.(?:org|com|io|net)")
PLACES = (  # each begins with a plain character, which is found fast
    re.compile(r"/(?<![\w./:~-]/)(?:home|Users|root|tmp|var/(?:tmp|folders))/[\w.-]+"),
    re.compile(r":(?<=\b[A-Z]:)[\\/]+(?:Users|Temp|Windows)[\\/]+\w+"),
)
NUMBERED = re.compile(rf"\b[Ll]essons?[ _]?[0-9]|(?<![0-9])[0-9]{{2}}_(?:{'|'.join(TOPICS)})\b")

# A course that the build's tests make up has lessons with numbers, too.
BUILT = re.compile(r"(?:notebooks|solutions)/[^/]+\.ipynb|lessons/order\.toml|tests/build/.+")
STAMPED = re.compile(r"<!-- (\w+):start -->.*?<!-- \1:end -->", re.DOTALL)


@pytest.fixture(scope="module")
def committed():
    """Every file that is committed or would be by `git add .`, by its path in the repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    if result.returncode != 0:
        pytest.skip("needs a git checkout")
    return {name: ROOT / name for name in result.stdout.split("\0") if (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def texts(committed):
    """The text of each committed file that is one, by its path."""

    def text(path):
        return path.read_text(encoding="utf-8", errors="ignore")

    return {name: text(path) for name, path in committed.items() if b"\0" not in path.read_bytes()[:8000]}


@pytest.mark.slow
def test_no_file_names_a_package_index_or_a_place_on_a_machine(texts):
    here = re.compile(rf"(?<![\w./-]){re.escape(str(ROOT))}(?![\w-])")
    found = {
        f"{name}: {match[0]}"
        for name, text in texts.items()
        for pattern in (INDEX, *PLACES, here)
        for match in pattern.finditer(text)
    }
    assert not found


@pytest.mark.parametrize("parts", [("home", "ada"), ("Users", "ada"), ("root", "course"), ("tmp", "ipykernel_12")])
def test_a_place_on_a_machine_is_recognised(parts):
    place = "/".join(["", *parts, "x.py"])
    for text in (place, f"in {place}:", f'"{place}"', f"({place})"):
        assert PLACES[0].search(text)
    for text in ("falls back to /" + parts[0], f"https://example.org{place}", "aecourse" + place, "~" + place):
        assert not PLACES[0].search(text)


def test_a_place_on_windows_is_recognised():
    for slash in ("\\", "\\\\", "/"):
        assert PLACES[1].search(slash.join(["C:", "Users", "ada"]))


def test_no_source_names_a_lesson_by_its_number(texts):
    """Numbers stand in lessons/order.toml; prose says {lesson:topic}, code says the topic."""
    found = {
        f"{name}: {match[0]}"
        for name, text in texts.items()
        if not BUILT.fullmatch(name)
        for match in NUMBERED.finditer(STAMPED.sub("", text) if name.endswith(".md") else text)
    }
    assert not found


def test_a_lesson_named_by_its_number_is_recognised():
    number = "05"
    for text in (
        f"lesson {number}",
        f"Lessons {number} and",
        f"lesson{number}.py",
        f"lesson_{number}",
        f"{number}_sound",
    ):
        assert NUMBERED.search(text)
    for text in ("ten lessons", "lesson.py", "sound", "{lesson:sound}", f"v{number}_soundly"):
        assert not NUMBERED.search(text)


def test_the_public_address_stands_once(texts):
    address = PROJECT["urls"]["Repository"].removeprefix("https://")
    stamped = re.compile(r"README\.md|(notebooks|solutions)/[^/]+\.ipynb")
    assert {name for name, text in texts.items() if address in text and not stamped.fullmatch(name)} == {
        "pyproject.toml"
    }


def test_the_repository_stays_small(committed):
    assert sum(path.stat().st_size for path in committed.values()) < 60_000_000
