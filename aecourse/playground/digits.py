"""The digits that travel beside the playground: 1,600 to train on and 400 to validate with, packed for the browser."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

MAGIC = b"AED1"
TRAINING, VALIDATION = 1600, 400


def pack(images: NDArray[np.uint8], labels: NDArray[np.uint8], training: int) -> bytes:
    """Pack images `(n, pixels)` of bytes and labels `(n,)` as `src/engine/data.ts` unpacks them.

    The first `training` images are trained on. The counts stand in front as three little-endian 32-bit numbers; zlib
    goes around it all.
    """
    n, pixels = images.shape
    header = MAGIC + struct.pack("<3I", n, training, pixels)
    return zlib.compress(header + labels.tobytes() + images.tobytes(), 9)


def course_digits() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The first 2,000 of the course's training digits, as bytes: images `(2000, 784)` and labels `(2000,)`."""
    from aecourse.datasets.digits import stored_digits

    (images, labels), _ = stored_digits()
    count = TRAINING + VALIDATION
    return images[:count].reshape(count, -1), labels[:count]


def course_clothes() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The 2,000 pieces of clothing beside the digits, as bytes: images `(2000, 784)` and labels `(2000,)`, 0 to 9.

    They are the first 2,000 training images of Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017). Raises `ValueError` or
    `FileNotFoundError` where the embedded file is damaged or missing.
    """
    from aecourse.datasets.embedded import embedded

    content = np.frombuffer(zlib.decompress(embedded("clothes.bin")), np.uint8)
    count = TRAINING + VALIDATION
    return content[16 + count :].reshape(count, -1), content[16 : 16 + count]


def main() -> None:
    """Write `static/digits.bin` anew: `python -m aecourse.playground.digits`."""
    from pathlib import Path

    path = Path(__file__).with_name("static") / "digits.bin"
    path.write_bytes(pack(*course_digits(), TRAINING))
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
