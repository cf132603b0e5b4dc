"""What the stop button does to a training."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aecourse.training.progress import Progress


@contextmanager
def interrupt_at_step_end(progress: Progress) -> Iterator[None]:
    """Hold the first Ctrl-C (or stop button) back until a training step is complete, so that no weight is half updated.

    The second one acts at once. Outside the main thread signals cannot be handled: nothing changes there.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def request(_signal: int, _frame: object) -> None:
        progress.stop_requested = True
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, request)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
