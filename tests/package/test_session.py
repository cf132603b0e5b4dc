"""The start of a lesson and its claims."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator

import keras
import matplotlib as mpl
import numpy as np
import pytest

from aecourse import session
from aecourse.session import SEED_VARIABLE, STUDENT_VARIABLE, ClaimError, expect, start, student


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(SEED_VARIABLE, raising=False)
    monkeypatch.delenv(STUDENT_VARIABLE, raising=False)
    yield
    session._student = None  # for no test after these


def draws() -> tuple[float, float, list[float]]:
    tensor = keras.ops.convert_to_numpy(keras.random.uniform((3,)))
    return random.random(), float(np.random.random()), tensor.tolist()  # noqa: NPY002


def test_the_same_seed_gives_the_same_draws_and_another_seed_others() -> None:
    first, again, other = ((start(seed), draws())[1] for seed in (3, 3, 4))
    assert first == again
    assert all(a != b for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize("seed", [0, 7, np.int64(5), 2**32 - 1])
def test_returns_the_seed_as_a_plain_int(seed: int) -> None:
    assert start(seed) == seed
    assert type(start(seed)) is int


def test_prints_one_line_on_versions_device_and_seed(capsys: pytest.CaptureFixture[str]) -> None:
    start(12)
    out, err = capsys.readouterr()
    assert out.count("\n") == 1
    for part in (f"Python {sys.version_info.major}.{sys.version_info.minor}", f"Keras {keras.__version__}", "seed 12"):
        assert part in out
    assert {"tensorflow": "TensorFlow ", "jax": "JAX ", "torch": "PyTorch "}[keras.backend.backend()] in out
    assert "(CPU)" in out or "(GPU)" in out
    assert err == ""


def test_sets_the_figure_style() -> None:
    mpl.rcParams["axes.grid"] = False
    start()
    assert mpl.rcParams["axes.grid"]


def test_the_environment_overrides_the_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    start(8)
    expected = draws()
    monkeypatch.setenv(SEED_VARIABLE, "8")
    assert start(1) == 8
    assert draws() == expected


@pytest.mark.parametrize("value", ["", "x", "-1", "1.5", " 3", "²", str(2**32)])
def test_a_bad_seed_in_the_environment_is_an_error(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(SEED_VARIABLE, value)
    with pytest.raises(ValueError, match=r"0 to 4294967295, got"):
        start()


@pytest.mark.parametrize(
    ("seed", "error"), [(-1, ValueError), (2**32, ValueError), (1.0, TypeError), ("1", TypeError), (True, TypeError)]
)
def test_a_bad_seed_is_an_error(seed: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="seed must"):
        start(seed)


@pytest.mark.parametrize("condition", [True, np.True_, np.float32(1) < 2])
def test_a_claim_that_holds_prints_a_tick(condition: object, capsys: pytest.CaptureFixture[str]) -> None:
    expect("one is less than two", condition)
    assert capsys.readouterr().out == "✓ one is less than two\n"


@pytest.mark.parametrize("condition", [False, np.False_])
def test_a_claim_that_does_not_hold_raises_with_the_claim(
    condition: object, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ClaimError, match="three is less than two"):
        expect("three is less than two", condition)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("condition", [1, 0, None, "yes", np.array([True]), np.array(True), [True]])
def test_a_condition_that_is_no_bool_is_an_error(condition: object, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(TypeError, match="condition must be True or False"):
        expect("anything", condition)
    assert capsys.readouterr().out == ""


@pytest.mark.slow
def test_importing_keras_says_nothing() -> None:
    code = "from aecourse.backend import keras; import sys; print(keras.__name__); print('kept', file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("keras\n", "kept\n")


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = (
        "import sys, aecourse, aecourse.exercises\n"
        "heavy = {'keras', 'numpy', 'tensorflow', 'jax', 'matplotlib', 'sklearn', 'skimage', 'IPython', 'tqdm'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_lesson_is_started_for_a_student_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    start(3, student="  Ada   Lovelace ")
    assert student() == "Ada Lovelace"
    assert "For Ada Lovelace: some exercises ask for numbers of your own." in capsys.readouterr().out
    start(3)
    assert student() is None


def test_the_environment_overrides_the_student(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STUDENT_VARIABLE, "Bob")
    for given in ("Ada", None):
        start(0, student=given)
        assert student() == "Bob"


@pytest.mark.parametrize(
    ("name", "error"), [(3, TypeError), (b"Ada", TypeError), ("", ValueError), (" ", ValueError), ("a\0", ValueError)]
)
def test_what_is_no_name_is_refused(name: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="student must be a name"):
        start(0, student=name)
    with pytest.raises(ValueError, match="got 61 letters"):
        start(0, student="a" * 61)
