"""Dependencies: declared where they are imported, pinned, and installed alike by make, conda, Colab and on Windows."""

import ast
import functools
import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tools import stamp
from tools.lock import constraints

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
LEARNERS = {"tensorflow", "lessons", "lab"}  # the extras that somebody needs who works through the lessons
OURS = {"aecourse", "benchmarks", "lessons", "tests", "tools"}


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


# --- what is imported -----------------------------------------------------------------------------


@functools.cache
@functools.cache
def installed():
    """For each module that can be imported the distributions that bring it."""
    return importlib.metadata.packages_distributions()


def declared(*extras):
    """The distributions that pyproject.toml declares for the package and these extras, by their canonical names."""
    lines = PROJECT["dependencies"] + [line for extra in extras for line in EXTRAS[extra]]
    return {canonicalize_name(Requirement(line).name) for line in lines}


def allowed(path):
    """What a file may import: the package by itself, a lesson what learners install, everything else every extra."""
    place = path.relative_to(ROOT).parts
    if path.name == "lesson.py" or place[:2] in {
        ("aecourse", room) for room in ("recipes", "applications", "exercises")
    }:
        return declared("tensorflow", "lessons")
    if place[0] == "aecourse":
        return declared("tensorflow") | {"jax", "torch"}  # another backend is asked for its devices when it is in use
    return declared(*EXTRAS)


@functools.cache
def third_party(path):
    """The modules, by the first part of their names, that a file imports and that are neither Python's nor ours."""
    names = set()
    for node in statements(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - OURS


def statements(tree):
    """All statements below a node: what `ast.walk` gives, without the expressions, which are most of it."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            yield child
            yield from statements(child)


@pytest.mark.slow
def test_every_import_is_declared_where_it_is_needed():
    distributions = installed()
    missing = [
        f"{path.relative_to(ROOT)} imports {name}"
        for folder in sorted(OURS)
        for path in sorted((ROOT / folder).rglob("*.py"))
        for name in sorted(third_party(path))
        if not {canonicalize_name(d) for d in distributions.get(name, [])} & allowed(path)
    ]
    assert not missing, "not declared in pyproject.toml, or not in an extra that is installed there"


@pytest.mark.slow
def test_the_lessons_extra_holds_only_what_a_lesson_imports():
    distributions = installed()
    rooms = [ROOT / "aecourse" / room for room in ("recipes", "applications", "exercises")]
    paths = [*ROOT.glob("lessons/*/lesson.py"), *(path for room in rooms for path in room.rglob("*.py"))]
    imported = {
        canonicalize_name(d) for path in paths for name in third_party(path) for d in distributions.get(name, [])
    }
    assert {canonicalize_name(Requirement(line).name) for line in EXTRAS["lessons"]} <= imported


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


@pytest.mark.slow
def test_the_lock_is_all_that_the_package_needs_and_nothing_else():
    assert needed(EXTRAS) == set(pins_here()), "requirements.lock is not in step with pyproject.toml: run `make lock`"


def test_what_is_installed_is_what_is_pinned():
    installed = {name: importlib.metadata.version(name) for name in pins_here()}
    assert installed == pins_here(), "the environment is not what requirements.lock says: run `make install`"


@pytest.mark.slow
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


# --- conda, Binder, Colab, Windows ----------------------------------------------------------------


def test_the_constraints_are_the_lock_without_hashes():
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert text == constraints(LOCK), "run `make lock`"
    assert [str(pin) for pin in pins(text)] == [str(pin) for pin in pins(LOCK)]


def pip_section():
    """The lines that conda hands to pip, as a requirements file beside environment.yml."""
    return next(entry["pip"] for entry in ENVIRONMENT["dependencies"] if isinstance(entry, dict))


@pytest.mark.slow
def test_conda_and_binder_install_what_make_installs():
    """Every distribution that the pip section brings in is constrained to the version that `make install` installed."""
    constraint, package = pip_section()  # two lines: pip ignores a -c that stands on the line of a requirement
    assert constraint == "-c constraints.txt"
    extras = re.fullmatch(r"-e \.\[([\w,]+)\]", package)[1].split(",")
    assert set(extras) == LEARNERS
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


def test_windows_installs_what_make_installs():
    lines = re.findall(
        r"^\.venv.Scripts.python -m pip install (.*)", (ROOT / "README.md").read_text(encoding="utf-8"), re.M
    )
    assert len(lines) == 1
    assert set(re.fullmatch(r'-c constraints\.txt -e "\.\[([\w,]+)\]"', lines[0])[1].split(",")) == LEARNERS


def test_uv_installs_the_pins():
    command = re.search(r"^uv run .*", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)[0]
    assert "--with-requirements requirements.lock --with-editable . jupyter lab" in command


def test_colab_installs_what_lessons_need_and_keeps_its_own_tensorflow():
    assert '"aecourse[lessons] @ git+' in stamp.SETUP
