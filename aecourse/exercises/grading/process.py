"""Run a submission in a process of its own, for a time, and collect what it has said by then."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PASSED_ON = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "LD_LIBRARY_PATH", "KERAS_BACKEND", "SYSTEMROOT", "WINDIR")
MOST_SAID = 2 * 2**20  # bytes of what a submission reports


@dataclass(frozen=True)
class Limits:
    """What a submission may take, and how many run at once.

    Attributes:
        seconds: of computing, whatever else the machine does.
        clock: seconds on the clock, for those that wait instead.
        memory: bytes.
        jobs: how many run at once.
    """

    seconds: int
    clock: int
    memory: int
    jobs: int


def executed(
    job: dict[str, Any], folder: Path, student: str | None, limits: Limits
) -> tuple[list[dict[str, Any]], str]:
    """Run a job in `folder`; what it reported, and how it ended, "" where it came to its end."""
    # What it reports goes into a file that has no name: it cannot keep the grader waiting, nor fill its memory.
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "aecourse.exercises.grading.run"],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=environment(folder, student, limits),
            start_new_session=True,
        )
        late = False
        try:
            process.communicate(json.dumps(job).encode(), timeout=limits.clock)
        except subprocess.TimeoutExpired:
            late = True
        finally:
            _end(process)
        out.seek(0)
        lines = list(_lines(out.read(MOST_SAID)))
    if late:
        return lines, f"stopped after {limits.clock} s on the clock"
    if -process.returncode == getattr(signal, "SIGXCPU", 0):
        return lines, f"stopped after {limits.seconds} s of computing"
    return lines, "" if any(
        line.get("done") is True for line in lines
    ) else f"ended by itself{_why(process.returncode)}"


def _why(code: int) -> str:
    if code < 0:
        try:
            return f" ({signal.Signals(-code).name})"
        except ValueError:
            return f" (signal {-code})"
    return f" (exit {code})"


def environment(folder: Path, student: str | None, limits: Limits) -> dict[str, str]:
    """What a submission finds in its environment: nothing of the teacher's but where Python and its packages are."""
    threads = str(max(1, (os.cpu_count() or 1) // limits.jobs))
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    homes = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_DATA_HOME", "XDG_CACHE_HOME", "IPYTHONDIR")
    return {
        **passed_on,
        **dict.fromkeys((*homes, "TMPDIR", "TEMP", "TMP"), str(folder)),
        "PYTHONPATH": os.pathsep.join([_root(), *filter(None, [passed_on.get("PYTHONPATH")])]),
        "PYTHONIOENCODING": "utf-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": _fonts(folder),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        **dict.fromkeys(("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), threads),
        "AECOURSE_RECORD": "off",
        **({"AECOURSE_STUDENT": student[:60]} if student else {}),
    }


def _root() -> str:
    """The folder that holds the package that grades: the submission is to meet this one and no other."""
    return str(Path(importlib.import_module("aecourse").__file__ or "").resolve().parents[1])


def _fonts(folder: Path) -> str:
    """Matplotlib's list of fonts, copied: making it anew takes seconds."""
    import matplotlib as mpl

    place = folder / "matplotlib"
    place.mkdir()
    for path in Path(mpl.get_cachedir()).glob("fontlist-*.json"):
        shutil.copy(path, place)
    return str(place)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a submission's process, and whatever else it left in its group."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _lines(data: bytes) -> Iterator[dict[str, Any]]:
    """What a submission reported; what is no report is passed over."""
    for line in data.splitlines():
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(said, dict):
            yield said
