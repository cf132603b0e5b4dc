"""Where a result goes: whole or not at all, and never over something that is there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from aecourse.checks import short
from aecourse.files.pictures import LETTERS, place


def target(where: object, endings: tuple[str, ...], *, name: str, overwrite: bool) -> Path:
    """The path to save at, with an ending that says the format.

    Raises:
        TypeError: `where` is no path.
        ValueError: its ending is another one.
        FileNotFoundError: its folder is not there.
        FileExistsError: there is a file, and `overwrite` is False.
    """
    path = place(where, f"a file that ends in {' or '.join(endings)}", name=name)
    if path.suffix.lower() not in endings:
        raise ValueError(f"{name} is {short(path, LETTERS)}; expected a file that ends in {' or '.join(endings)}")
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"{name}: there is no folder {short(path.parent, LETTERS)}; Path(…).mkdir(parents=True) makes it"
        )
    if path.is_dir() or (path.exists() and not overwrite):
        what = "is a folder" if path.is_dir() else "is there already; overwrite=True replaces it"
        raise FileExistsError(f"{name}: {short(path, LETTERS)} {what}")
    return path


def written(path: Path, write: Callable[[Path], None]) -> Path:
    """Let `write` make a file beside `path`, and put it in its place when it is whole."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-", suffix=path.suffix)
    os.close(handle)
    part = Path(name)
    try:
        write(part)
        part.chmod(0o666 & ~_umask())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
