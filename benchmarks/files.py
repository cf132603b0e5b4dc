"""One's own files through the applications, from file to saved result: `python -m benchmarks files`.

Each runs in a process of its own, so that its peak memory is its own:

    python -m benchmarks.files photograph FOLDER
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.core import Ask, Row

ROOT = Path(__file__).resolve().parents[1]
SECONDS, GIGABYTES = 300, 2.5  # at most
Task = tuple[Callable[[Path, int], None], Callable[[Path], None]]  # what makes the files, and what is measured


def make_photograph(folder: Path, seed: int) -> None:
    """Twelve megapixels with a half-transparent mark, lying on its side with the EXIF entry that says so."""
    from PIL import Image, ImageDraw, ImageFont

    from aecourse.datasets import load_photos

    _, (photos, _) = load_photos()
    pixels = np.asarray(photos[seed % len(photos)])
    small = Image.fromarray(pixels if pixels.dtype == np.uint8 else (255 * pixels).round().astype(np.uint8))
    photo = small.resize((4000, 3000), Image.Resampling.BICUBIC).convert("RGBA")
    mark = Image.new("RGBA", photo.size)
    draw = ImageDraw.Draw(mark)
    draw.text((2000, 1500), "SAMPLE", (255, 255, 255, 128), ImageFont.load_default(600), anchor="mm")
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by a quarter to see it
    turned = Image.alpha_composite(photo, mark).convert("RGB").transpose(Image.Transpose.ROTATE_90)
    turned.save(folder / "photo.jpg", quality=92, exif=exif)


def lift_photograph(folder: Path) -> None:
    """Read, lift, save."""
    from aecourse.applications.watermarks import lift_photo
    from aecourse.files import read_images, save_images

    save_images(lift_photo(read_images(folder / "photo.jpg").images[0]), folder / "lifted.jpg")


def make_recording(folder: Path, seed: int) -> None:
    """Ten minutes of speech and noise, stereo at 44,100 samples a second."""
    import soundfile
    from scipy.signal import resample_poly

    from aecourse.datasets import load_speech

    rng = np.random.default_rng(seed)
    (x, _), _ = load_speech()
    with soundfile.SoundFile(folder / "recording.wav", "w", 44100, 2, "PCM_16") as file:
        for piece in x[rng.integers(0, len(x), 300)]:
            wide = resample_poly(piece, 441, 80)
            noisy = np.stack([wide, 0.8 * wide], axis=1) + rng.normal(0, 0.03, (len(wide), 2))
            file.write(np.clip(0.8 * noisy, -1, 1))


def clean_recording(folder: Path) -> None:
    """Read, clean at its own rate in both channels, save."""
    import soundfile

    from aecourse.applications.sound import clean_sound
    from aecourse.files import save_sound

    wave, rate = soundfile.read(folder / "recording.wav", dtype="float32")
    save_sound(clean_sound(wave, rate), folder / "cleaned.wav", rate=rate)


def make_table(folder: Path, seed: int) -> None:
    """500,000 rows with numbers, categories and gaps, newest first, in two files: the past, and a tenth that is new."""
    import pandas as pd

    rng, n = np.random.default_rng(seed), 500_000
    hour = rng.integers(0, 24, n)
    size = rng.lognormal(3, 1, n)
    table = pd.DataFrame(
        {
            "when": pd.date_range("2025-01-01", periods=n, freq="min").strftime("%Y-%m-%d %H:%M"),
            "hour": hour,
            "size": size.round(2),
            "weight": (size * rng.normal(2, 0.1, n)).round(2),
            **{f"sensor {i}": (np.sin(hour / 24 * 6.3 + i) + rng.normal(0, 0.3, n)).round(3) for i in range(6)},
            "kind": rng.choice([*"abcdefgh"], n, p=[0.4, 0.3, 0.1, 0.1, 0.05, 0.03, 0.015, 0.005]),
            "place": rng.choice([f"place {i}" for i in range(40)], n),
        }
    )
    table.loc[rng.random(n) < 0.02, "weight"] = np.nan
    table = table[::-1]
    table[n // 10 :].to_csv(folder / "past.csv", index=False)
    table[: n // 10].to_csv(folder / "new.csv", index=False)


def score_rows(folder: Path) -> None:
    """Read both, score, save."""
    from aecourse.applications.anomalies import score_table
    from aecourse.files import read_table

    past, new = (read_table(folder / name, time="when") for name in ("past.csv", "new.csv"))
    new.assign(score=score_table(past, new).scores).to_csv(folder / "scored.csv", index=False)


def make_handwriting(folder: Path, seed: int) -> None:
    """Twenty photographs of twelve megapixels, a digit each: dark ink on paper with shade and grain."""
    from PIL import Image

    from aecourse.datasets import split_digits

    rng = np.random.default_rng(seed)
    _, _, (x, _) = split_digits()
    rows, columns = np.mgrid[:3000, :4000].astype(np.float32)
    paper = 0.85 - columns / 20000 - rows / 30000
    grain = rng.normal(0, 0.04, paper.shape).astype(np.float32)
    for i, digit in enumerate(x[rng.integers(0, len(x), 20)]):
        ink = Image.fromarray(digit[..., 0]).resize((1400, 1400), Image.Resampling.BICUBIC)
        sheet = paper + grain
        sheet[800:2200, 1300:2700] *= 1 - 0.6 * np.clip(np.asarray(ink), 0, 1)
        Image.fromarray((255 * np.clip(sheet, 0, 1)).astype(np.uint8)).save(folder / f"digit {i:02}.jpg", quality=85)


def clean_handwriting(folder: Path) -> None:
    """Read, clean, save."""
    from aecourse.applications.denoising import clean_digits
    from aecourse.files import read_digits, save_images

    digits, names = read_digits(folder)
    (folder / "cleaned").mkdir()
    save_images(clean_digits(digits), folder / "cleaned", names=names)


TASKS: dict[str, Task] = {
    "photograph": (make_photograph, lift_photograph),
    "recording": (make_recording, clean_recording),
    "table": (make_table, score_rows),
    "handwriting": (make_handwriting, clean_handwriting),
}
WORDS = {
    "photograph": "a photograph of 12 megapixels",
    "recording": "a recording of ten minutes, 44.1 kHz, stereo",
    "table": "a CSV of 500,000 rows",
    "handwriting": "20 photographs of digits, 12 megapixels each",
}


@dataclass(frozen=True)
class FromFileToFile:
    """A comparison of seconds and memory with what they may be at most."""

    asked: tuple[Ask, ...]
    words: dict[str, str]

    def missing(self) -> str:
        """The operating systems that tell no process's peak memory."""
        try:
            import resource  # noqa: F401
        except ImportError:
            return "this system does not tell how much memory a process took at most"
        return ""

    def run(self, name: str, seed: int) -> list[Row]:
        """Two rows a task, its seconds and its peak memory; Python's start is part of both."""
        rows = []
        for task, words in self.words.items():
            with tempfile.TemporaryDirectory() as folder:
                TASKS[task][0](Path(folder), seed)
                command = [sys.executable, "-m", "benchmarks.files", task, folder]
                began = time.perf_counter()
                done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
                seconds = time.perf_counter() - began
            if done.returncode:
                raise RuntimeError(f"{task}: {done.stderr[-2000:]}")
            gigabytes = json.loads(done.stdout.splitlines()[-1])["gigabytes"]
            rows += [
                Row(name, f"{words}, seconds", 0, seconds, seconds, "s"),
                Row(name, f"{words}, memory", 0, seconds, gigabytes, "GB"),
            ]
        return rows


def at_most(words: str, measure: str, most: float, unit: str) -> Ask:
    """A measure that is to stay below a value."""
    return Ask(f"{words}, {measure}", f"{words}: at most {most} {unit}", lambda ours, _: ours.score <= most)


def limits() -> Iterator[Ask]:
    """What is asked: five minutes and 2.5 GB for each."""
    for words in WORDS.values():
        yield at_most(words, "seconds", SECONDS, "s")
        yield at_most(words, "memory", GIGABYTES, "GB")


COMPARISONS = {"files": FromFileToFile(tuple(limits()), WORDS)}


def main(arguments: list[str] | None = None) -> int:
    """Do one task with the files in a folder, and say how much memory it took at most."""
    import resource

    parser = argparse.ArgumentParser(prog="python -m benchmarks.files", description=main.__doc__)
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    TASKS[options.task][1](options.folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux kilobytes
    print(json.dumps({"gigabytes": peak * unit / 1e9}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
