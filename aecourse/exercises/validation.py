"""What the stretch exercises share: an error measured on the validation digits, and confirmed on the test digits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from aecourse.datasets import split_digits
from aecourse.exercises.core import confirm_on_test, wrong


def error_below(
    target: float, error: Callable[[np.ndarray], float], *, advice: str, measure: str = "a validation error"
) -> None:
    """End the check unless the error on the validation digits is below the target and the test digits agree.

    Args:
        target: what the error on the 1,000 validation digits has to stay below.
        error: from clean digits, shape `(n, 28, 28, 1)`, to the error on them.
        advice: what to try when it is not below.
        measure: what the error is called.
    """
    _, (x_valid, _), (x_test, _) = split_digits()
    found = error(x_valid)
    if found >= target:
        wrong(f"{measure} of {found:.4f}; below {target} is asked. {advice}")
    confirm_on_test(found, error(x_test))
