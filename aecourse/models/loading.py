"""Loading a stored autoencoder, and saying what a file is that holds none."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from aecourse.backend import keras
from aecourse.checks import described, first_words
from aecourse.models.autoencoder import Autoencoder

ZIP, HDF5 = b"PK", b"\x89HDF"
AGAIN = "Save the model again with model.save(path), or copy the file again"


def load(path: str | Path, *, custom_objects: Mapping[str, object] | None = None) -> Autoencoder:
    """The autoencoder that `model.save(path)` stored in Keras's own `.keras` format.

    Args:
        path: the file.
        custom_objects: layers, losses and functions of your own that the model uses, by name: `{"Mine": Mine}`.

    Raises:
        TypeError: `path` is no path, or `custom_objects` no dictionary.
        FileNotFoundError: there is no such file.
        ValueError: the file is empty, damaged or of another kind, holds something else than an `Autoencoder`, or what
            this Keras does not know: a newer version's model, or layers of somebody's own.

    Example:
        >>> load("nothing.keras")
        Traceback (most recent call last):
        FileNotFoundError: path: there is no file 'nothing.keras'
    """
    if not isinstance(path, str | os.PathLike) or not isinstance(os.fspath(path), str):
        raise TypeError(f"path must be the path of a file, got {described(path)}")
    if custom_objects is not None and not isinstance(custom_objects, Mapping):
        raise TypeError(
            f'custom_objects must be a dictionary such as {{"Mine": Mine}}, got {described(custom_objects)}'
        )
    own = dict(custom_objects or {})
    path = Path(path)
    stored, version = _opened(path)
    name = _named(path)
    kind = str(stored.get("class_name"))[:60]
    if kind in ("Functional", "Sequential") and str(stored.get("module")).startswith("keras"):
        raise ValueError(
            f"path must lead to an Autoencoder, {name} holds a {kind}. keras.saving.load_model(path) loads it; "
            "Autoencoder(encoder, decoder) joins two such models"
        )
    try:
        model = keras.saving.load_model(path, custom_objects=own)
    except Exception as error:
        raise ValueError(f"path: {name} cannot be loaded. {_reason(error, stored, version, own)}") from None
    if not isinstance(model, Autoencoder):
        raise ValueError(f"path must lead to an Autoencoder, {name} holds a {type(model).__name__[:60]}")
    return model


def _named(path: Path) -> str:
    """The file's name as text, the end of the path where it is long."""
    text = str(path)
    return repr(text if len(text) <= 80 else f"…{text[-79:]}")


def _opened(path: Path) -> tuple[dict[str, object], str]:
    """What the file says of its model, and the Keras version that wrote it."""
    name = _named(path)
    try:
        if path.is_dir():
            raise ValueError(f"path must lead to a .keras file, {name} is a folder")
        if not path.is_file():
            raise FileNotFoundError(f"path: there is no file {name}")
        with path.open("rb") as file:
            start = file.read(8)
    except (OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError) or str(error).startswith("path"):
            raise
        raise ValueError(f"path: {name} cannot be read: {getattr(error, 'strerror', None) or 'no path'}") from None
    if not start:
        raise ValueError(f"path: {name} is empty. {AGAIN}")
    if start.startswith(HDF5):
        raise ValueError(f"path: {name} {_hdf5(path)}")
    if not start.startswith(ZIP):
        raise ValueError(f"path: {name} is no .keras file. model.save('model.keras') writes one")
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if "config.json" not in names or "metadata.json" not in names:
                what = "NumPy arrays: np.load reads it" if any(n.endswith(".npy") for n in names) else "no Keras model"
                raise ValueError(f"path: {name} is a zip file that holds {what}")
            damaged = archive.testzip()
            stored, about = (json.loads(archive.read(part)) for part in ("config.json", "metadata.json"))
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError):
        raise ValueError(f"path: {name} is damaged or cut off. {AGAIN}") from None
    except ValueError as error:
        if str(error).startswith("path"):
            raise
        damaged = "config.json"
    except Exception:  # a damaged zip can raise anything: zlib's own errors, for one
        damaged = "all"
    if damaged or not isinstance(stored, dict) or not isinstance(about, dict):
        raise ValueError(f"path: {name} is damaged. {AGAIN}")
    return stored, str(about.get("keras_version"))[:20]


def _hdf5(path: Path) -> str:
    """What a file in the format of older Keras versions holds."""
    import h5py  # type: ignore[import-untyped]

    try:
        with h5py.File(path) as file:
            whole = "model_config" in file.attrs
    except OSError:
        return f"is a damaged HDF5 file. {AGAIN}"
    if whole:
        return (
            "is a model in Keras's older .h5 format. keras.saving.load_model(path) reads it: take its two parts and "
            "store Autoencoder(encoder, decoder) with model.save('model.keras')"
        )
    return "holds weights without their network. Build the network as before, then model.load_weights(path)"


def _reason(error: Exception, stored: dict[str, object], version: str, own: Mapping[str, object]) -> str:
    """Why Keras could not load the file, and what to do, in a few lines."""
    here = keras.__version__
    versions = f"It was written by Keras {version}; here is Keras {here}."
    lambdas = [c for c in _classes(stored) if c.get("class_name") in ("Lambda", "__lambda__")]
    if lambdas and "ambda" in str(error):
        return (
            "It holds a Lambda layer, Python code that Keras does not run unasked. Where you trust its author: "
            "keras.saving.load_model(path, safe_mode=False). Better: a layer class of your own instead"
        )
    if _numbers(version) > _numbers(here):
        return f"{versions} A newer file needs a newer Keras: pip install 'keras>={version}' in a new environment"
    said = first_words(ValueError(str(error).rpartition("Exception encountered: ")[2]), 150)
    unknown = sorted({_name(c)[:40] for c in _classes(stored) if not _known(c, own)})
    if unknown:
        names = ", ".join(unknown[:5]) + (" and others" if len(unknown) > 5 else "")
        return (
            f"It uses what Keras does not know: {names}. Define or import it, then "
            f'load(path, custom_objects={{"{unknown[0]}": {unknown[0]}}}); it needs a get_config where its __init__ '
            f"takes arguments. Keras says: {said}"
        )
    return f"{versions} Keras says: {said}"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdecimal() else 0 for part in version.split(".")[:3])


def _classes(stored: object) -> Iterator[dict[str, object]]:
    """Each description of an object in the stored configuration."""
    if isinstance(stored, Mapping):
        if isinstance(stored.get("class_name"), str) and "config" in stored:
            yield dict(stored)
        for value in stored.values():
            yield from _classes(value)
    elif isinstance(stored, list):
        for value in stored:
            yield from _classes(value)


def _name(described: Mapping[str, object]) -> str:
    """The name of a class, or of a function, which stands in its configuration."""
    name = str(described.get("class_name"))
    return str(described.get("config")).rpartition(">")[2] if name == "function" else name


def _known(described: Mapping[str, object], own: Mapping[str, object]) -> bool:
    """Whether Keras can find the class or function that a description names."""
    name, registered = _name(described), str(described.get("registered_name"))
    if described.get("class_name") == "function":
        registered = str(described.get("config"))
    elif str(described.get("module") or "").startswith(("keras", "builtins")) or name.startswith("__"):
        return True
    return name in own or registered in own or keras.saving.get_registered_object(registered) is not None
