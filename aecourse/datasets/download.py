"""Downloads into Keras's cache, verified before use."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from pathlib import Path

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_WAY_OUT = (
    "fetch the file another way and pass it to the loader as path=; the loader's default, the embedded data, needs no "
    "network"
)


def fetch(name: str, url: str, sha256: str) -> Path:
    """Return the path of `name` in Keras's cache, downloaded from `url` unless it is there with this digest."""
    # Keras's own rule, without its silent fall-back to /tmp and read now instead of when Keras was imported.
    home = os.environ.get("KERAS_HOME") or os.path.join("~", ".keras")
    folder = Path(os.path.expanduser(home)) / "datasets"
    try:
        if (folder / name).is_file():
            with (folder / name).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() == sha256:
                    return folder / name
        folder.mkdir(parents=True, exist_ok=True)
        # get_file leaves a damaged file where it was told to put it: what arrives in the cache's own folder has to be
        # whole and verified, so it is downloaded into a neighbour that vanishes, on the same disk, and then renamed.
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=folder) as neighbour:
            _download(name, url, sha256, Path(neighbour))
            os.replace(Path(neighbour) / name, folder / name)
    except ConnectionError:
        raise
    except OSError as error:
        # With an errno, OSError makes itself the fitting subclass: PermissionError, NotADirectoryError, ...
        raise OSError(
            error.errno,
            f"{name} cannot be kept in Keras's cache folder ({error.strerror}). Set KERAS_HOME to a folder you can "
            f"write to, with room for the file, or {_WAY_OUT}",
            str(folder),
        ) from error
    return folder / name


def _download(name: str, url: str, sha256: str, folder: Path) -> None:
    """Download `url` to `folder / name` with Keras's `get_file`; say what to do when that fails."""
    # Imported here: these cost seconds and the embedded data do not need them.
    from http.client import HTTPException
    from urllib.error import URLError

    from keras.utils import get_file

    failed = f"{name} could not be downloaded from {url}: {{}}. Check the connection and try again, or {_WAY_OUT}."
    try:
        get_file(name, origin=url, file_hash=sha256, cache_dir=str(folder), cache_subdir="")
    except ValueError as error:
        raise ValueError(
            f"What {url} sent is not the {name} that was expected: its SHA-256 is not {sha256}. A network's log-in "
            f"page or a proxy may have answered in its place. Try again on another connection, or {_WAY_OUT}."
        ) from error
    except HTTPException as error:
        raise ConnectionError(failed.format(repr(error))) from error
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise
        raise ConnectionError(failed.format(error)) from error
    except Exception as error:
        # get_file re-raises a URLError (no route, HTTP 404, a transfer cut short) as a bare Exception: there is no
        # narrower class to catch, but the URLError is its context.
        if not isinstance(error.__context__, URLError):
            raise
        raise ConnectionError(failed.format(error.__context__)) from error
