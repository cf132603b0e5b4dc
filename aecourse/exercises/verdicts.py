"""How a check ends before its last line: the answer is wrong, or there is none yet."""

from __future__ import annotations

from typing import NoReturn


class WrongError(Exception):
    """Ends a check: the answer is wrong, the message says why."""


class NotAttemptedError(Exception):
    """Ends a check: the stub is as it was."""


def wrong(message: str) -> NoReturn:
    """End the check of an exercise: the answer is wrong, and `message` tells the learner why."""
    raise WrongError(message)
