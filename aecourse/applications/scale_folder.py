"""A folder with more pictures than memory holds: an autoencoder learns from it, and every picture gets its code."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aecourse.backend import keras
from aecourse.checks import whole_number
from aecourse.files import pictures_in, place, read_images, tell
from aecourse.files.saving import target, written
from aecourse.models import Autoencoder, dense_autoencoder, outputs

SMALLEST, LARGEST = 8, 256  # pixels a side
FEWEST = 10  # pictures


class PictureFolder(keras.utils.PyDataset):
    """The pictures of a folder in batches, each read when it is asked for: what memory holds does not grow with them.

    Each picture is turned as its EXIF data say, made grey, cut to a square around its middle and resized. A picture
    that cannot be read is noted in `skipped`, and another one of its batch stands in for it.

    Args:
        folder: a folder with at least 10 pictures.
        size: pixels a side, 8 to 256.
        batch_size: pictures a batch, at most as many as there are.
        seed: of the order, which is a new one in each epoch.

    Attributes:
        files: the pictures' paths.
        skipped: for each file that could not be read, its name and why.

    Raises:
        TypeError: `folder` is no path.
        FileNotFoundError: there is no such folder.
        ValueError: there are too few pictures, or a number is out of range.

    Example:
        >>> PictureFolder("no such folder")
        Traceback (most recent call last):
        ...
        FileNotFoundError: folder: there is no folder no such folder; expected one with pictures
    """

    def __init__(self, folder: str | os.PathLike[str], *, size: int = 28, batch_size: int = 100, seed: int = 0) -> None:
        super().__init__()
        path = place(folder, "a folder with pictures", name="folder")
        if not path.is_dir():
            raise FileNotFoundError(f"folder: there is no folder {path.name}; expected one with pictures")
        self.size = whole_number("size", size, low=SMALLEST, high=LARGEST)
        self.files, self.left_out = pictures_in(path)
        if len(self.files) < FEWEST:
            raise ValueError(f"folder must hold at least {FEWEST} pictures to learn from, and holds {len(self.files)}")
        self.batch_size = min(whole_number("batch_size", batch_size), len(self.files))
        self.skipped: dict[str, str] = {}
        self._rng = np.random.default_rng(whole_number("seed", seed, low=0))
        self.on_epoch_end()

    def __len__(self) -> int:
        return len(self.files) // self.batch_size

    def __getitem__(self, i: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Batch number i, twice, as an autoencoder takes it: `(batch_size, size, size, 1)`."""
        rows = self._order[i * self.batch_size : (i + 1) * self.batch_size]
        x = [picture for row in rows if (picture := self.read(self.files[row])) is not None]
        if not x:
            raise ValueError(f"folder: none of {len(rows)} pictures in a row can be read: {self._first_reason()}")
        both = np.stack([x[k % len(x)] for k in range(len(rows))])
        return both, both

    def on_epoch_end(self) -> None:
        """Mix anew."""
        self._order = self._rng.permutation(len(self.files))

    def in_order(self) -> Iterator[tuple[list[str], NDArray[np.float32]]]:
        """Names and pixels of all pictures that can be read, batch by batch, as they stand in the folder."""
        for first in range(0, len(self.files), self.batch_size):
            files = self.files[first : first + self.batch_size]
            read = [(file.name, picture) for file in files if (picture := self.read(file)) is not None]
            if read:
                names, pictures = zip(*read, strict=True)
                yield list(names), np.stack(pictures)

    def read(self, file: Path) -> NDArray[np.float32] | None:
        """One picture, `(size, size, 1)`; None where it cannot be read."""
        try:
            return read_images(file, size=self.size, grey=True).images[0]
        except (ValueError, OSError) as error:
            self.skipped[file.name] = str(error)[:200]
            return None

    def _first_reason(self) -> str:
        return next(iter(self.skipped.values()))


@dataclass(frozen=True)
class Learned:
    """What came of a folder: the model, its mean loss in each epoch, the pictures, and those that were left out."""

    model: Autoencoder
    losses: list[float]
    pictures: PictureFolder

    @property
    def skipped(self) -> dict[str, str]:
        """Names of the files that could not be read, and why."""
        return self.pictures.skipped


def train_on_folder(
    folder: str | os.PathLike[str],
    *,
    size: int = 28,
    code: int = 16,
    epochs: int = 5,
    batch_size: int = 100,
    seed: int = 0,
) -> Learned:
    """Train an autoencoder on the pictures of a folder, which are read batch by batch.

    A dense network takes each picture as `size` × `size` greys. That is enough to sort pictures by what they show at a
    glance, and to find the odd ones. It is no network for details.

    Args:
        folder: a folder with at least 10 pictures.
        size: pixels a side, 8 to 256.
        code: numbers that each picture becomes, 1 to 1,024.
        epochs: how often each picture is read.
        batch_size: pictures a batch.
        seed: of the first weights and of the order.

    Raises:
        TypeError, FileNotFoundError, ValueError: as in `PictureFolder`, or a number is out of range.

    Warns:
        UserWarning: some files were left out.
    """
    pictures = PictureFolder(folder, size=size, batch_size=batch_size, seed=seed)
    code, epochs = whole_number("code", code, high=1024), whole_number("epochs", epochs)
    keras.utils.set_random_seed(seed)
    model = dense_autoencoder(code, hidden=(128,), input_shape=(size, size, 1))
    model.compile(keras.optimizers.Adam(1e-3), "binary_crossentropy")
    history = model.fit(pictures, epochs=epochs, shuffle=False, verbose=0)
    left_out = pictures.left_out + [f"{name} ({why})" for name, why in pictures.skipped.items()]
    tell(left_out, len(pictures.files) - len(pictures.skipped))
    return Learned(model, history.history["loss"], pictures)


def save_codes(learned: Learned, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
    """Save a table with a row for each picture: its name, the error of its reconstruction, and its code.

    Args:
        learned: what `train_on_folder` returned.
        path: a file that ends in .csv, in a folder that is there.
        overwrite: whether a file that is there may be replaced.

    Raises:
        TypeError, ValueError, FileNotFoundError, FileExistsError: nothing can be written there.
    """

    def write(part: Path) -> None:
        with part.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            size = learned.model.encoder.output_shape[-1]
            table.writerow(["picture", "error", *(f"h{i}" for i in range(size))])
            for names, x in learned.pictures.in_order():
                h = outputs(learned.model.encoder, x)
                error = ((outputs(learned.model.decoder, h) - x) ** 2).mean(axis=(1, 2, 3))
                table.writerows(
                    [n, f"{e:.6f}", *(f"{v:.5f}" for v in c)] for n, e, c in zip(names, error, h, strict=True)
                )

    return written(target(path, (".csv",), name="path", overwrite=overwrite), write)
