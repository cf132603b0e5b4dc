"""The set-up: pins in step with pyproject.toml, conda and Binder with the pins, the Makefile, what is committed."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import aecourse
from tools.lock import constraints

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def pins(text):
    """The requirements of a lock or constraints file, one `name==version ; marker` a line that is not indented."""
    return [Requirement(line.removesuffix("\\")) for line in text.splitlines() if re.match(r"\w", line)]


def pins_here():
    """Map each distribution that the lock holds for this Python and platform to its pinned version."""
    here = [pin for pin in pins(LOCK) if pin.marker is None or pin.marker.evaluate()]
    assert len({canonicalize_name(pin.name) for pin in here}) == len(here), "two pins of one distribution"
    return {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in here}


def needed(extras):
    """Every installed distribution that `aecourse[extras]` needs here, found by walking the installed metadata."""
    found, ahead = set(), [("aecourse", frozenset(extras))]
    while ahead:
        name, wanted = item = ahead.pop()
        if item in found:
            continue
        found.add(item)
        for line in importlib.metadata.requires(name) or []:
            requirement = Requirement(line)
            if requirement.marker is None or any(requirement.marker.evaluate({"extra": e}) for e in ["", *wanted]):
                ahead.append((canonicalize_name(requirement.name), frozenset(requirement.extras)))
    return {name for name, _ in found} - {"aecourse"}


# --- the lock -------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", PROJECT["dependencies"] + [line for extra in EXTRAS.values() for line in extra])
def test_what_is_declared_is_pinned_and_the_pin_fits(line):
    declared = Requirement(line)
    fitting = [pin for pin in pins(LOCK) if canonicalize_name(pin.name) == canonicalize_name(declared.name)]
    assert fitting, f"{declared.name} is not in requirements.lock: run `make lock`"
    for pin in fitting:
        version = str(pin.specifier).removeprefix("==")
        assert version in declared.specifier, f"{pin} does not fit {declared}: run `make lock`"


def test_every_pin_is_exact_and_has_hashes():
    for block in re.split(r"\n(?=\w)", LOCK)[1:]:
        assert re.match(r"[\w.-]+==[\w.!+-]+( ; [^\n]+)? \\\n", block), block[:100]
        assert re.search(r"^    --hash=sha256:[0-9a-f]{64}", block, re.MULTILINE), block[:100]


def test_the_lock_names_no_address():
    assert "://" not in LOCK
    assert not re.search(r"^\s*--(?!hash=)|\.(org|com|io|net)\b", LOCK, re.MULTILINE)


def test_the_lock_is_all_that_the_package_needs_and_nothing_else():
    assert needed(EXTRAS) == set(pins_here()), "requirements.lock is not in step with pyproject.toml: run `make lock`"


def test_what_is_installed_is_what_is_pinned():
    installed = {name: importlib.metadata.version(name) for name in pins_here()}
    assert installed == pins_here(), "the environment is not what requirements.lock says: run `make install`"


def test_a_machine_with_its_own_tensorflow_keeps_it():
    assert "aecourse" not in needed([])
    assert not needed([]) & {"tensorflow", "tensorflow-cpu", "jax", "jaxlib", "jupyterlab", "ipykernel", "pytest"}
    for name, lines in EXTRAS.items():
        declared = {Requirement(line).name for line in lines}
        assert name == "tensorflow" or not declared & {"tensorflow", "tensorflow-cpu"}


@pytest.mark.parametrize(
    ("system", "machine", "expected"),
    [
        ("linux", "x86_64", "tensorflow-cpu"),
        ("linux", "aarch64", "tensorflow"),
        ("darwin", "arm64", "tensorflow"),
        ("win32", "AMD64", "tensorflow-cpu"),
    ],
)
def test_every_platform_gets_exactly_one_tensorflow(system, machine, expected):
    place = {"sys_platform": system, "platform_machine": machine}
    for requirements in (pins(LOCK), [Requirement(line) for line in EXTRAS["tensorflow"]]):
        chosen = [r.name for r in requirements if r.name.startswith("tensorflow") and r.marker.evaluate(place)]
        assert chosen == [expected]


# --- conda, Binder, Windows -----------------------------------------------------------------------


def test_the_constraints_are_the_lock_without_hashes():
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert text == constraints(LOCK), "run `make lock`"
    assert [str(pin) for pin in pins(text)] == [str(pin) for pin in pins(LOCK)]


def pip_section():
    """The lines that conda hands to pip, as a requirements file beside environment.yml."""
    return next(entry["pip"] for entry in ENVIRONMENT["dependencies"] if isinstance(entry, dict))


def test_conda_and_binder_install_what_make_installs():
    """Every distribution that the pip section brings in is constrained to the version that `make install` installed."""
    constraint, package = pip_section()  # two lines: pip ignores a -c that stands on the line of a requirement
    assert constraint == "-c constraints.txt"
    extras = re.fullmatch(r"-e \.\[([\w,]+)\]", package)[1].split(",")
    constrained = {
        canonicalize_name(pin.name): str(pin.specifier)
        for pin in pins((ROOT / "constraints.txt").read_text(encoding="utf-8"))
        if pin.marker is None or pin.marker.evaluate()
    }
    brought_in = needed(extras)
    assert {"keras", "jupyterlab", "ipykernel"} < brought_in
    assert {name: constrained.get(name) for name in brought_in} == {
        name: f"=={importlib.metadata.version(name)}" for name in brought_in
    }


def test_environment_yml_names_a_python_that_fits_and_pip():
    python, pip, _ = ENVIRONMENT["dependencies"]
    assert re.fullmatch(r"python=3\.\d+", python)  # Binder reads the version from a line of this form
    assert python.removeprefix("python=") in SpecifierSet(PROJECT["requires-python"])
    assert pip == "pip"
    # Binder would look there, and nowhere else.
    assert not (ROOT / "binder").exists()
    assert not (ROOT / ".binder").exists()


# --- the Makefile ---------------------------------------------------------------------------------

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
    if shutil.which("make") is None:
        pytest.skip("needs make")
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
    phony = re.search(r"^\.PHONY: help (.+)", (folder / "Makefile").read_text(), re.MULTILINE)[1].split()
    assert re.findall(r"^make (\w+) +\S", make(folder).stdout, re.MULTILINE)[1:] == phony


def test_continuous_integration_runs_the_test_command():
    assert re.search(r"^AECOURSE_BROWSER=required make test$", (ROOT / ".ci/run").read_text(), re.MULTILINE)
    assert os.access(ROOT / ".ci/run", os.X_OK)


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
    assert "PYTHONPATH=tests/no_network $(VENV) -m pytest --nbval-lax" in (ROOT / "Makefile").read_text()
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


# --- what is committed ----------------------------------------------------------------------------

INDEX = re.compile(r"\b(?:py[p]i|python[h]osted|npm[j]s|(?:deb|security|ftp)[.]debian)[\w-]*\.(?:org|com|io|net)")
MACHINE = re.compile(r"(?<![\w.])/(?:home|Users|root|work|farm)/[\w.-]+")


@pytest.fixture(scope="module")
def committed():
    """Every file that is committed or would be by `git add .`, by its path in the repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        pytest.skip("needs a git checkout")
    return {name: ROOT / name for name in result.stdout.split("\0") if (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def texts(committed):
    def text(path):
        return path.read_text(encoding="utf-8", errors="ignore")

    return {name: text(path) for name, path in committed.items() if b"\0" not in path.read_bytes()[:8000]}


def test_no_file_names_a_package_index_or_a_place_on_a_machine(texts):
    found = {
        f"{name}: {match[0]}"
        for name, text in texts.items()
        for match in [*INDEX.finditer(text), *MACHINE.finditer(text)]
    }
    assert not found
    assert not [name for name, text in texts.items() if str(ROOT) in text]


def test_the_public_address_stands_once(texts):
    address = PROJECT["urls"]["Repository"].removeprefix("https://")
    stamped = re.compile(r"README\.md|(notebooks|solutions)/[^/]+\.ipynb")
    assert {name for name, text in texts.items() if address in text and not stamped.fullmatch(name)} == {
        "pyproject.toml"
    }


def test_the_repository_stays_small(committed):
    assert sum(path.stat().st_size for path in committed.values()) < 40_000_000


def test_the_version_is_the_same_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["version"] == aecourse.__version__
    assert importlib.metadata.version("aecourse") == PROJECT["version"]


def test_the_citation_has_what_its_format_requires():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["title"] == "Autoencoders, from h = f(x) to y = g(f(x))"
    assert citation["message"]
    assert citation["authors"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", citation["date-released"])
    assert not {"url", "repository-code"} & set(citation)  # the address stands in pyproject.toml
