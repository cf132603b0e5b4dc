"""Keras, imported quietly, on a backend that is installed, and with the settings that the course needs.

TensorFlow's C++ part writes notices while it starts, in red, above a lesson. A `keras.json` of the user's may name a
backend that is not there, or hold what Keras refuses: that would end the import.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

from aecourse.checks import short

BACKENDS = ("tensorflow", "jax", "torch")  # those that train; the first two are tried with the course
_notes: list[str] = []


@contextmanager
def _stderr_closed() -> Iterator[None]:
    """Send the process's stderr nowhere: no setting reaches what TensorFlow logs before its log is set up."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    kept = None
    if nowhere != 2:  # it is where there was none: below pythonw, say, or after `2>&-`
        with suppress(OSError):
            kept = os.dup(2)
        os.dup2(nowhere, 2)
        os.close(nowhere)
    if sys.stderr is None:  # what is imported writes there, or keeps it for later
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    try:
        yield
    finally:
        if kept is not None:  # else it stays nowhere: the next file that is opened would get its number
            os.dup2(kept, 2)
            os.close(kept)


@contextmanager
def _settings_that_import() -> Iterator[None]:
    """Choose a backend that is there; hide a `keras.json` that Keras would refuse."""
    folder = Path(os.environ.get("KERAS_HOME") or os.path.join(os.path.expanduser("~"), ".keras"))
    config: Any = {}
    with suppress(OSError, ValueError):
        config = json.loads((folder / "keras.json").read_text(encoding="utf-8"))
    broken = not isinstance(config, dict) or (
        config.get("floatx", "float32") not in ("float16", "float32", "float64")
        or not isinstance(config.get("epsilon", 1e-7), float)
        or config.get("image_data_format", "channels_last") not in ("channels_last", "channels_first")
    )
    asked = str(os.environ.get("KERAS_BACKEND") or (config.get("backend") if not broken else None) or "tensorflow")
    there = [name for name in BACKENDS if importlib.util.find_spec(name)]
    if asked not in there and there:
        os.environ["KERAS_BACKEND"] = there[0]
        _notes.append(f"backend {there[0]}, as {short(asked, 20)} is not installed or cannot train")
    with ExitStack() as stack:
        if broken:
            empty = stack.enter_context(tempfile.TemporaryDirectory())
            stack.enter_context(patch.dict(os.environ, KERAS_HOME=empty))
            _notes.append(f"{short(folder / 'keras.json', 100)} ignored, as Keras cannot read it")
        yield


# An import that fails still says so: exceptions do not pass through stderr.
if "keras" in sys.modules:
    import keras
else:
    with _stderr_closed(), _settings_that_import():
        import keras


def settle() -> list[str]:
    """Set of Keras what the course needs, whatever `keras.json` says, and tell what was changed."""
    changed, _notes[:] = list(_notes), []
    for name, needed in (("image_data_format", "channels_last"), ("floatx", "float32")):
        if (now := getattr(keras.config, name)()) != needed:
            getattr(keras.config, f"set_{name}")(needed)
            changed.append(f"{name} {needed} instead of {now}")
    if (policy := keras.config.dtype_policy().name) != "float32":
        keras.config.set_dtype_policy("float32")
        if not any(text.startswith("floatx") for text in changed):
            changed.append(f"dtype_policy float32 instead of {policy}")
    for name in ("max_epochs", "max_steps_per_epoch"):  # later versions of Keras let the environment cut a training
        if getattr(keras.config, name, lambda: None)() is not None:
            getattr(keras.config, f"set_{name}")(None)
            changed.append(f"no {name}")
    return changed


__all__ = ["keras", "settle"]
