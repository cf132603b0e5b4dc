"""Keras, imported without the notices that TensorFlow's C++ part writes while it starts, in red, above a lesson."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _stderr_closed() -> Iterator[None]:
    """Send the process's stderr nowhere: no setting reaches what TensorFlow logs before its log is set up."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


# An import that fails still says so: exceptions do not pass through stderr.
with _stderr_closed():
    import keras

__all__ = ["keras"]
