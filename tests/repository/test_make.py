"""The Makefile: installs once, says what is missing, lists its targets; notebooks are tested without the network."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# Answers as a Python of another version, makes a `.venv` whose Python does nothing but note how it was called.
FAKE_PYTHON = """\
#!/bin/sh
case "$1" in
  -c) exec "{python}" -c "import sys; sys.version_info = {version}; exec(sys.argv[1])" "$2" ;;
  -m) mkdir -p .venv/bin; cp "{noting}" .venv/bin/python ;;
esac
"""
NOTING = """\
#!/bin/sh
echo "$*" >> calls
test ! -e refuse
"""


@pytest.fixture
def folder(tmp_path):
    """A copy of what `make install` reads, in a folder with a space in its name."""
    if shutil.which("make") is None or os.name == "nt":
        pytest.skip("needs make and a shell")
    place = tmp_path / "my course"
    place.mkdir()
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, place)
    return place


def fake_python(folder, version):
    noting, fake = folder.parent / "noting", folder.parent / "python"
    noting.write_text(NOTING)
    fake.write_text(FAKE_PYTHON.format(python=sys.executable, version=version, noting=noting))
    noting.chmod(0o755)
    fake.chmod(0o755)
    return str(fake)


def make(folder, *arguments):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(["make", *arguments], cwd=folder, env=clean, capture_output=True, text=True, check=False)


def calls(folder):
    path = folder / "calls"
    lines = path.read_text().splitlines() if path.exists() else []
    path.unlink(missing_ok=True)
    return lines


PINS, PACKAGE = (
    "-m pip install --require-hashes -r requirements.lock",
    "-m pip install --quiet --no-deps --no-build-isolation -e .",
)


@pytest.mark.slow
def test_make_install_installs_once_and_again_when_the_pins_change(folder):
    python = f"PYTHON={fake_python(folder, (3, 12, 1))}"
    assert make(folder, "install", python).returncode == 0
    assert calls(folder) == [PINS, PACKAGE]
    again = make(folder, "install", python)
    assert (again.returncode, again.stdout) == (0, "The environment in .venv is ready.\n")
    assert calls(folder) == []

    soon = (folder / ".venv" / "installed").stat().st_mtime + 2
    os.utime(folder / "pyproject.toml", (soon, soon))
    make(folder, "install", python)
    assert calls(folder) == [PACKAGE]
    os.utime(folder / "requirements.lock", (soon, soon))
    make(folder, "install", python)
    assert calls(folder) == [PINS, PACKAGE]


def test_an_interrupted_installation_is_taken_up_again(folder):
    python = f"PYTHON={fake_python(folder, (3, 11, 0))}"
    (folder / "refuse").touch()
    assert make(folder, "install", python).returncode != 0
    assert calls(folder) == [PINS]
    (folder / "refuse").unlink()
    assert make(folder, "install", python).returncode == 0
    assert calls(folder) == [PINS, PACKAGE]


@pytest.mark.parametrize("version", [(3, 10, 14), (3, 14, 0), None])
def test_a_python_that_does_not_fit_gives_one_clear_line(folder, version):
    python = fake_python(folder, version) if version else "no-such-python"
    result = make(folder, "lab", f"PYTHON={python}")
    assert result.returncode != 0
    assert result.stdout == ""
    assert re.fullmatch(r"Makefile:\d+: \*\*\* this course needs Python 3\.11, 3\.12 or 3\.13 .*\n", result.stderr)
    assert python in result.stderr
    assert not (folder / ".venv").exists()


def test_make_asks_for_the_python_that_pyproject_asks_for():
    low, high = re.search(r"\((3, \d+)\) <= sys\.version_info < \((3, \d+)\)", (ROOT / "Makefile").read_text()).groups()
    assert PROJECT["requires-python"] == f">={low.replace(', ', '.')},<{high.replace(', ', '.')}"


def test_make_alone_lists_every_target(folder):
    makefile = (folder / "Makefile").read_text()
    targets = re.findall(r"^([\w-]+):(?!=)", makefile, re.MULTILINE)
    assert re.search(r"^\.PHONY: (.+)", makefile, re.MULTILINE)[1].split() == targets
    listed = make(folder).stdout.splitlines()
    assert [re.match(r"make ([\w-]+) +\S", line)[1] for line in listed] == targets
    assert len({re.match(r"make [\w-]+ +", line).end() for line in listed}) == 1, "the explanations stand in one column"


def test_make_lab_opens_the_first_lesson(folder):
    (folder / "notebooks").mkdir()
    for name in ("01_two.ipynb", "00_one.ipynb", "10_three.ipynb"):
        (folder / "notebooks" / name).touch()
    shown = make(folder, "--dry-run", "lab", f"PYTHON={fake_python(folder, (3, 12, 1))}").stdout
    assert "jupyter lab  --LabApp.default_url=/lab/tree/notebooks/00_one.ipynb\n" in shown


def test_make_check_holds_the_walls():
    recipe = re.search(r"^check: .*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    for command in (
        "ruff check .",
        "ruff format --check .",
        "lessons/cells.toml",
        "-m mypy",
        "lint-imports",
        "not slow",
    ):
        assert command in recipe


def test_continuous_integration_runs_the_test_command():
    assert re.search(
        r"^AECOURSE_BROWSER=required AECOURSE_OCR=required make test$", (ROOT / ".ci/run").read_text(), re.MULTILINE
    )
    assert os.access(ROOT / ".ci/run", os.X_OK)


def test_continuous_integration_is_a_script_that_bash_can_read():
    if shutil.which("bash") is None:
        pytest.skip("needs bash")
    assert subprocess.run(["bash", "-n", ".ci/run"], cwd=ROOT, check=False).returncode == 0


# --- the network, refused -------------------------------------------------------------------------


def in_python(code, **environment):
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    "code",
    [
        "import urllib.request; urllib.request.urlopen('http://example.org', timeout=5)",
        "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)",
        "import socket; socket.socket(socket.AF_INET6).connect(('2001:db8::1', 80))",
    ],
)
def test_notebooks_are_tested_with_the_network_refused(code):
    assert (
        "PYTHONPATH=tests/no_network $(VENV) -m pytest -n 2 --dist loadfile -p tests.shown --nbval-lax"
        in (ROOT / "Makefile").read_text()
    )
    result = in_python(code, PYTHONPATH=str(ROOT / "tests" / "no_network"))
    assert "no network in this test" in result.stderr


def test_the_own_machine_stays_within_reach():
    code = """
import socket
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(("localhost", server.getsockname()[1])).close()
print("reached")
"""
    assert in_python(code, PYTHONPATH=str(ROOT / "tests" / "no_network")).stdout == "reached\n"
