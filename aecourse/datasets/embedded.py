"""The files embedded in the package, verified before use."""

from __future__ import annotations

import hashlib
import importlib.resources
import io
import tomllib

import numpy as np
from numpy.typing import NDArray

DATA = importlib.resources.files("aecourse") / "data"


def arrays(name: str) -> dict[str, NDArray]:
    """Return the arrays of an embedded `.npz` file, by name, read without pickle."""
    with np.load(io.BytesIO(embedded(name)), allow_pickle=False) as archive:
        return {key: archive[key] for key in archive.files}


def embedded(name: str) -> bytes:
    """Return the content of a file in `aecourse/data`, once its SHA-256 agrees with `sources.toml`."""
    restore = "Install the course's package again, or restore its files with `git checkout -- aecourse/data`"
    try:
        expected = tomllib.loads((DATA / "sources.toml").read_text(encoding="utf-8"))[name]["sha256"]
        content = (DATA / name).read_bytes()
    except FileNotFoundError as error:
        raise FileNotFoundError(f"The embedded file {error.filename} is missing. {restore}.") from error
    except (KeyError, ValueError) as error:
        raise ValueError(f"The embedded file {DATA / 'sources.toml'} is damaged: {error}. {restore}.") from error
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise ValueError(
            f"The embedded file {DATA / name} is damaged: {len(content):,} bytes with SHA-256 {found}, expected "
            f"{expected}. {restore}."
        )
    return content
