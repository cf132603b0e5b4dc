"""Which modules of the package a lesson reaches."""

from __future__ import annotations

import pytest

from tools.reached import modules_reached

PACKAGE = {
    "__init__": "",
    "a": "def f():\n    from aecourse.inner import c",
    "b": "import aecourse.a",
    "unused": "from aecourse import a",
    "inner/__init__": "from aecourse.inner.c import x\nfrom aecourse.inner.d import y\nfrom aecourse.inner import e",
    "inner/c": "import numpy.linalg, aecourse.nothing",
    "inner/d": "y = 2",
    "inner/e": "from aecourse import b",
    "whole/__init__": "from aecourse import a\nfrom aecourse.inner.d import y\n\nclass Whole:\n    pass",
    "face": "from aecourse import inner\n\ndef g():\n    return inner.y",
}
C, D, E = ("inner/__init__ inner/" + name for name in "cde")
B = f"a b {C}"
REACHED = {
    "import math": "",
    "from aecourse import b": B,
    "from aecourse.inner.c import x": C,
    "from aecourse.inner import x": C,
    "from aecourse.inner import y": D,
    "from aecourse import inner": "inner/__init__",
    "from aecourse import inner\ninner.y": D,
    "from aecourse import inner as other\nother.x.real": C,
    "from aecourse import inner\nprint(inner.x, inner.y)": f"{C} {D}",
    "from aecourse import inner\ninner.e.f()": f"{E} {B}",
    "from aecourse import inner\ngetattr(inner, 'y')": f"{C} {D} {E} {B}",
    "from aecourse import inner\ninner.gone": f"{C} {D} {E} {B}",
    "from aecourse.inner import *": f"{C} {D} {E} {B}",
    "import aecourse.inner\naecourse.inner.y": D,
    "import aecourse.inner as inner\ninner.y": D,
    "import aecourse\naecourse.inner.y": D,
    "def f():\n    from aecourse import inner\n    return [inner.y for _ in range(3)]": D,
    "from aecourse import face": f"face {D}",
    "from aecourse.whole import Whole": f"whole/__init__ a {C} {D}",
}


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    root = tmp_path_factory.mktemp("reached")
    for name, text in PACKAGE.items():
        path = root / "aecourse" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def reached(root, text):
    return {path.relative_to(root / "aecourse").with_suffix("").as_posix() for path in modules_reached(root, text)}


@pytest.mark.parametrize(("text", "expected"), REACHED.items(), ids=list(REACHED))
def test_modules_reached(package, text, expected):
    assert reached(package, text) == {"__init__", *expected.split()}


def test_what_is_no_python_reaches_everything(package):
    assert reached(package, "%matplotlib inline") == set(PACKAGE)
