"""How trained weights become a file of `aecourse/data`: with half precision, the same bytes for the same weights."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

DATA = Path(__file__).resolve().parents[1] / "aecourse" / "data"
Array = NDArray[np.float32]


def rounded(weights: list[Array]) -> list[Array]:
    """The weights as they will be once they are stored and loaded."""
    return [w.astype(np.float16).astype(np.float32) for w in weights]


def read(path: Path) -> list[Array]:
    """The weights that `store` wrote, to go on from."""
    with np.load(path) as stored:
        return [stored[name].astype(np.float32) for name in sorted(stored.files)]


def store(weights: list[Array], path: Path) -> None:
    """Write the weights and print the file's digest, which belongs into `sources.toml`."""
    arrays: dict[str, Any] = {f"{i:03}": w.astype(np.float16) for i, w in enumerate(weights)}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    path.write_bytes(buffer.getvalue())
    print(f"{path}: {path.stat().st_size:,} bytes, SHA-256 {hashlib.sha256(buffer.getvalue()).hexdigest()}")
