"""Run a lesson's cells in a fresh kernel, and keep of their outputs what belongs in a stored notebook."""

from __future__ import annotations

import math
import os
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import NotebookNode
from tqdm import tqdm

from tools.lesson_format import BuildError, Lesson, is_solving, where
from tools.stamp import Times

CELL_TIMEOUT = 300
WIDGET = "application/vnd.jupyter.widget-view+json"
IMAGES = ("image/png", "image/jpeg", "image/svg+xml")
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
}
# User and system time of the kernel and of what it started; asked in the kernel, because Windows keeps no other record.
CPU_SECONDS = "__import__('builtins').sum(__import__('os').times()[:4])"


def run(cells: list[NotebookNode], lesson: Lesson, folder: Path) -> Times:
    """Execute code cells in place, in a fresh kernel that works in `folder`, and clean their outputs.

    The seconds that are returned are those of the learner's notebook, without the worked answers and their checks; the
    CPU seconds are those of the whole run.

    Raises:
        BuildError: a cell raises, takes too long, ends the kernel, or shows an image without alt text.
    """
    require_own_kernel()
    environment = {name: value for name, value in os.environ.items() if name != "AECOURSE_SEED"}
    environment["AECOURSE_RECORD"] = "off"  # what the build solves is nobody's record
    clock = nbformat.v4.new_code_cell(CPU_SECONDS, id="cpu-seconds")
    notebook = nbformat.v4.new_notebook(cells=[*cells, clock], metadata=METADATA)
    current = cells[0]
    begun = started = time.perf_counter()
    solving = 0.0  # seconds that the learner's notebook does without

    def starts(cell: NotebookNode, **_: object) -> None:
        nonlocal current, started
        current, started = cell, time.perf_counter()

    def ends(cell: NotebookNode, **_: object) -> None:
        nonlocal solving
        bar.update()
        if is_solving(cell):
            solving += time.perf_counter() - started

    bar = tqdm(desc=lesson.name, total=len(notebook.cells), unit="cell", leave=False, file=sys.stderr)
    with bar, tempfile.TemporaryFile() as log:  # of the kernel's own process: what the cells print goes to the notebook
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            timeout=CELL_TIMEOUT,
            record_timing=False,
            store_widget_state=False,
            resources={"metadata": {"path": str(folder)}},
            on_cell_execute=starts,
            on_cell_executed=ends,
        )
        try:
            client.execute(env=environment, stderr=log)
        except CellExecutionError as error:
            raise BuildError(failure(lesson, current, f"{error.ename}: {error.evalue}")) from None
        except CellTimeoutError:
            raise BuildError(failure(lesson, current, f"took over {CELL_TIMEOUT} s")) from None
        except RuntimeError as error:
            log.seek(0)
            last_words = "".join(f"\n{line}" for line in log.read().decode(errors="replace").splitlines()[-10:])
            raise BuildError(failure(lesson, current, f"{error} (out of memory?){last_words}")) from None
    for cell in cells:
        cell.outputs = clean_outputs(cell.outputs)
        if any(map(lacks_alt_text, cell.outputs)):
            raise BuildError(f"{where(lesson, cell)}: an image among its outputs has no alt text")
    cpu_seconds = float(clock.outputs[0].data["text/plain"])
    return Times(*(5 * math.ceil(seconds / 5) for seconds in (time.perf_counter() - begun - solving, cpu_seconds)))


def require_own_kernel() -> None:
    """Raise `BuildError` unless Jupyter's kernel "python3" is the Python that runs this."""
    program = Path(KernelSpecManager().get_kernel_spec("python3").argv[0])
    if program.name != str(program) and program.parent != Path(sys.executable).parent:
        raise BuildError(
            f"Jupyter's kernel 'python3' is {program}, not {sys.executable}: install ipykernel beside the latter"
        )


def failure(lesson: Lesson, cell: NotebookNode, what: str) -> str:
    """Describe on one page what went wrong in a cell."""
    lines = cell.source.splitlines()
    shown = lines[:30] + ["…"] * (len(lines) > 30)
    source = "\n".join(f"    {line}" for line in shown)
    return f"{where(lesson, cell)}: {what[:1500]}\n\n{source}\n"


def clean_outputs(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Drop stderr, live widgets and what shows nothing; join what was printed; leave a progress line's last state."""
    kept: list[NotebookNode] = []
    for output in outputs:
        if "data" in output:
            output.data.pop(WIDGET, None)  # a stored notebook has no kernel to answer it; its picture stays
        if output.output_type == "stream":
            if output.name == "stderr":
                continue
            if kept and kept[-1].output_type == "stream":
                kept[-1].text += output.text
                continue
        elif "data" in output and not any(str(value).strip() for value in output.data.values()):
            continue
        kept.append(output)
    for output in kept:
        if output.output_type == "stream":
            output.text = collapse_carriage_returns(output.text)
    return [output for output in kept if output.output_type != "stream" or output.text.strip(" ")]


def collapse_carriage_returns(text: str) -> str:
    """Keep of every line what stands after its last carriage return, as a terminal would."""
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))


def lacks_alt_text(output: NotebookNode) -> bool:
    """Tell whether an output shows an image without alt text in its metadata."""
    about = output.get("metadata", {})
    images = [mime for mime in IMAGES if mime in output.get("data", {})]
    return any(not str(about.get(mime, {}).get("alt") or about.get("alt") or "").strip() for mime in images)


def is_clean(cell: NotebookNode) -> bool:
    """Tell whether a stored cell was executed (nbval skips it otherwise) and holds neither stderr nor an error."""
    outputs = cell.get("outputs", [])
    noisy = any(output.output_type == "error" or output.get("name") == "stderr" for output in outputs)
    return cell.cell_type != "code" or (cell.execution_count is not None and not noisy)
