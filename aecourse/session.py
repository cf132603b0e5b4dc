"""Start a lesson (`start`) and check what it claims (`expect`)."""

from __future__ import annotations

import codecs
import importlib
import os
import platform
import sys

import numpy as np
from threadpoolctl import threadpool_limits

from aecourse.checks import described, is_whole, short

SEED_VARIABLE = "AECOURSE_SEED"
STUDENT_VARIABLE = "AECOURSE_STUDENT"
LONGEST_NAME = 60  # letters
LONGEST_CLAIM = 500  # letters
# How the course's signs are written where a console does not know them, as Windows' cp1252 does not.
PLAIN = {
    "✓": "OK",
    "✗": "NO",
    "○": "o",
    "·": "|",
    "×": "x",
    "→": "->",
    "−": "-",
    "–": "-",
    "…": "...",
    "\u0303": "~",  # the tilde above x̃
}

_in_force: int | None = None  # the seed of the lesson that was started
_student: str | None = None  # for whom the lesson was started, if anybody said so


class ClaimError(AssertionError):
    """A claim that a lesson makes does not hold in this run."""


def start(seed: int = 0, *, student: str | None = None) -> int:
    """Make a lesson reproducible and quiet, and print one line on versions and device.

    Sets the seeds of Python, NumPy and the Keras backend, one thread for NumPy's linear algebra, and the course's
    figure style, unless somebody has chosen a look of their own for their figures. Settings of Keras that the course
    cannot work with (`channels_first`, `float16`) are changed, and a second line says so. The environment variable
    `AECOURSE_SEED` overrides `seed`: that is how the course is tried with other seeds. `AECOURSE_STUDENT` overrides
    `student`: that is how a teacher makes sure that everybody is asked for numbers of their own.

    Args:
        seed: a whole number from 0 to 2**32 - 1.
        student: a name, of at most 60 letters. Exercises that have numbers in them then ask for numbers drawn for this
            name. It is stored nowhere. Capital letters and spaces around it make no difference.

    Returns:
        The seed in force.

    Raises:
        TypeError: `seed` is not a whole number, or `student` no text.
        ValueError: `seed`, or the environment variable, is out of range or not a number; or `student` is no name.

    Example:
        >>> seed = start(0)  # doctest: +ELLIPSIS
        Python 3... seed 0
    """
    given = os.environ.get(SEED_VARIABLE)
    if given is not None:
        if not given.isdecimal():
            raise ValueError(f"{SEED_VARIABLE} must be a whole number from 0 to 4294967295, got {short(repr(given))}")
        seed = int(given)
    if not is_whole(seed):
        raise TypeError(f"seed must be a whole number, got {described(seed)}, a {short(type(seed).__name__)}")
    if not 0 <= seed < 2**32:
        raise ValueError(f"seed must lie in 0 to 4294967295, got {described(seed)}")
    named = os.environ.get(STUDENT_VARIABLE) or student
    name = None if named is None else _a_name(named)

    from aecourse.backend import keras, settle
    from aecourse.plots import has_own_style, use_course_style

    # NumPy's matrix products here are small: a second thread gains nothing, and where another program keeps a core
    # busy, two that wait for each other were measured ten times slower than one. TensorFlow's threads are its own.
    threadpool_limits(limits=1, user_api="blas")
    global _in_force, _student
    _in_force, _student = int(seed), name
    seed_again()
    if not has_own_style():
        use_course_style()
    changed = settle()
    _forgive_console()
    backend = keras.backend.backend()
    say(
        f"Python {platform.python_version()} · Keras {keras.__version__} · "
        f"{BACKEND_NAMES.get(backend, backend)} {version_of(backend)} ({device(backend)}) · seed {seed}"
    )
    if changed:
        say(f"Changed for this session, as the course needs it: {'; '.join(changed)}")
    if name is not None:
        say(f"For {name}: some exercises ask for numbers of your own. Run the check once, and it names them.")
    return int(seed)


def student() -> str | None:
    """Return for whom the lesson was started; None where nobody said so."""
    return _student


def _a_name(value: object) -> str:
    """Return a student's name with single spaces."""
    if not isinstance(value, str):
        raise TypeError(f'student must be a name as text, got {described(value)}: start(0, student="Ada")')
    name = " ".join(value.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise ValueError(f"student must be a name of 1 to {LONGEST_NAME} printable letters, got {len(name)} letters")
    return name


def seed_again() -> None:
    """Set the seeds of Python, NumPy and the Keras backend to those of `start`; without a `start`, leave them."""
    if _in_force is not None:
        from aecourse.backend import keras

        keras.utils.set_random_seed(_in_force)


BACKEND_NAMES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}


def version_of(package: str) -> str:
    """The version of an imported backend, whichever distribution brought it (tensorflow, tensorflow-cpu, …)."""
    return str(importlib.import_module(package).__version__)


def device(backend: str) -> str:
    """`"GPU"` or `"CPU"`: what the Keras backend computes on."""
    if backend == "tensorflow":
        # The one place of the course that needs TensorFlow by name: Keras has no question for the device.
        import tensorflow

        return "GPU" if tensorflow.config.list_physical_devices("GPU") else "CPU"
    if backend == "jax":
        import jax

        return jax.default_backend().upper()
    return "CPU"


def _plain(error: UnicodeError) -> tuple[str, int]:
    """What is written in place of signs that a console does not know: the handler of errors "aecourse"."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(PLAIN.get(sign, "?") for sign in error.object[error.start : error.end]), error.end


codecs.register_error("aecourse", _plain)


def _forgive_console() -> None:
    """Let `print` write signs that the console does not know in plain letters, instead of ending the cell."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None and getattr(sys.stdout, "errors", None) == "strict":
        reconfigure(errors="aecourse")


def say(text: str) -> None:
    """Print a line, in plain letters where the console does not know its signs."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(text.encode(encoding, "aecourse").decode(encoding))


def expect(claim: str, condition: object) -> None:
    """Print a tick and the claim when the condition holds; raise when it does not.

    Args:
        claim: the sentence of the lesson, as a reader would say it.
        condition: what has to be true, a bool (Python's or NumPy's).

    Raises:
        ClaimError: the condition is false; the message is the claim.
        TypeError: the claim is no text, or the condition is no bool, so that an array or a number cannot pass by
            accident.

    Example:
        >>> expect("three is more than two", 3 > 2)
        ✓ three is more than two
    """
    if not isinstance(claim, str):
        raise TypeError(f"claim must be a text, got {described(claim)}: the claim comes first, then the condition")
    if not isinstance(condition, bool | np.bool_):
        helps = ": (…).all() or (…).any() makes one of it" if hasattr(condition, "__array__") else ""
        raise TypeError(
            f"condition must be True or False, got {described(condition)}, a {short(type(condition).__name__)}{helps}"
        )
    if not condition:
        raise ClaimError(f"this does not hold: {short(claim, LONGEST_CLAIM)}")
    say(f"✓ {claim}")
