"""Execute one submission in this process, and report its verdicts line by line; started by `grade`, not by hand.

The job comes as JSON on the standard input, verdicts go as JSON lines to the standard output, and what the notebook
itself prints goes nowhere. All of it happens inside the fence.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from aecourse.exercises.grading import fence
from aecourse.exercises.grading.needed import needed

DAMAGED, RESTORED = "damaged.npy", "restored.float32"  # in the submission's folder
VERDICT = "application/vnd.aecourse.answer+json"


def main() -> None:
    """Read the job, close the fence, run cell by cell."""
    job = json.load(sys.stdin)
    # The standard output becomes a line to the grader that nobody prints on by accident.
    line = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)

    def tell(**what: object) -> None:
        line.write(json.dumps(what) + "\n")
        line.flush()

    fence.close(Path.cwd(), memory=job["memory"], seconds=job["cpu_seconds"])
    tell(fenced=True)
    shell, shown = _shell()
    runs = needed([cell["source"] for cell in job["cells"]], job["lesson"])
    for number, (cell, run) in enumerate(zip(job["cells"], runs, strict=True), start=1):
        if not run:
            continue
        tell(cell=number)
        shown.clear()
        result = shell.run_cell(cell["source"], store_history=False)
        error = result.error_before_exec or result.error_in_exec
        _close_figures()
        if name := cell.get("check"):
            said = [answer for answer in shown if answer["exercise"] == name]
            tell(check=name, error=_described(error), **(said[-1] if said else {}))
        elif error is not None:
            tell(failed=number, error=_described(error))
    if job.get("challenge"):
        tell(challenge=True, error=_restored(shell.user_ns))
    tell(done=True)


def _restored(names: dict[str, Any]) -> str:
    """Hand the secret digits to the learner's `restore`, and leave what it gives in a file; what went wrong."""
    import numpy as np

    try:
        given = np.asarray(names["restore"](np.load(DAMAGED)), dtype=np.float32)
        Path(RESTORED).write_bytes(given.tobytes())
    except Exception as error:
        return _described(error)
    return ""


def _shell() -> tuple[Any, list[dict[str, str]]]:
    """A notebook's Python without a notebook, and the list to which checks add what they say."""
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell

    shown: list[dict[str, str]] = []

    class Publisher(DisplayPublisher):
        def publish(self, data: dict[str, Any], *_: object, **__: object) -> None:
            verdict = data.get(VERDICT)
            if isinstance(verdict, dict):
                message = str(data.get("text/plain", "")).partition(": ")[2]
                shown.append({**verdict, "message": message})

    class Shell(InteractiveShell):
        def enable_gui(self, gui: Any = None) -> None:
            pass

    return Shell.instance(display_pub_class=Publisher), shown


def _close_figures() -> None:
    """Close what a cell drew, as a notebook does."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


def _described(error: BaseException | None) -> str:
    if error is None:
        return ""
    try:
        return f"{type(error).__name__}: {error}"[:500]
    except Exception:
        return type(error).__name__


if __name__ == "__main__":
    main()
