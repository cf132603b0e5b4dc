"""Turn `lessons/` into `notebooks/` and `solutions/`: keep or drop cells by tag, stamp, execute, clean, store.

    python tools/build_notebooks.py                 # rebuild what is stale, and the README's map
    python tools/build_notebooks.py 01 --force      # rebuild one lesson, stale or not
    python tools/build_notebooks.py --check         # execute nothing; say whether the stored notebooks fit

What a lesson is, and what may be wrong with one, stands in `lesson_format.py`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import NotebookNode
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # so that the file also runs as a script, from any folder

from tools import lesson_format  # noqa: E402
from tools.lesson_format import FOLDERS, BuildError, Course, Lesson  # noqa: E402
from tools.reached import modules_reached  # noqa: E402

CELL_TIMEOUT = 300
WIDGET = "application/vnd.jupyter.widget-view+json"
LARGEST_NOTEBOOK = 1_500_000
IMAGES = ("image/png", "image/jpeg", "image/svg+xml")
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
}


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Build or check the lessons named on the command line; return 0 if all is well, 1 otherwise."""
    parser = argparse.ArgumentParser(description="Turn lessons/ into executed notebooks/ and solutions/.")
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="such as 01 or 01_encode_decode; default: all")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="execute nothing; fail if a notebook does not fit")
    mode.add_argument("--force", action="store_true", help="rebuild even what is up to date or edited by hand")
    options = parser.parse_args(arguments)
    try:
        course = lesson_format.read_course(root)
        lessons = chosen(course, options.lessons)
        failed = False
        for problem in check(course, lessons) if options.check else build(course, lessons, force=options.force):
            failed = True
            print(problem, file=sys.stderr)
    except BuildError as error:
        failed = True
        print(error, file=sys.stderr)
    return 1 if failed else 0


def chosen(course: Course, names: list[str]) -> list[Lesson]:
    """Return the lessons called by number, slug or path; all of them if `names` is empty."""
    stems = [Path(name).stem for name in names]
    unknown = [stem for stem in stems if not any(answers_to(lesson, stem) for lesson in course.lessons)]
    if unknown:
        raise BuildError(
            f"no such lesson: {', '.join(unknown)} (there are: {', '.join(x.slug for x in course.lessons)})"
        )
    return [lesson for lesson in course.lessons if not stems or any(answers_to(lesson, stem) for stem in stems)]


def answers_to(lesson: Lesson, name: str) -> bool:
    """Tell whether `name` is the lesson's number or slug."""
    return name in (lesson.slug, lesson.slug.partition("_")[0])


# --- check and build ------------------------------------------------------------------------------


def check(course: Course, lessons: list[Lesson]) -> Iterator[str]:
    """Print how each stored notebook stands and yield what is not as it should be, executing nothing."""
    for lesson in lessons:
        errors = lesson_format.lesson_errors(course, lesson)
        yield from errors
        for folder in FOLDERS if not errors else ():
            state = status(course, lesson, folder)
            if state == "up to date":
                print(f"{folder}/{lesson.slug}.ipynb: {state}")
            else:
                yield f"{folder}/{lesson.slug}.ipynb: {state}"
    if len(lessons) == len(course.lessons):
        slugs = [lesson.slug for lesson in lessons]
        strays = [path for folder in FOLDERS for path in sorted((course.root / folder).glob("*.ipynb"))]
        yield from (f"{path.parent.name}/{path.name}: no lesson" for path in strays if path.stem not in slugs)
        if stamped_readme(course) != read_readme(course):
            yield "README.md: the stamped map or badges are stale"


def build(course: Course, lessons: list[Lesson], *, force: bool) -> Iterator[str]:
    """Rebuild what is stale (all, if `force`), stamp the README if nothing went wrong, and yield what did."""
    failed = False
    for lesson in lessons:
        problems = lesson_format.lesson_errors(course, lesson)
        if not problems:
            try:
                problems = build_lesson(course, lesson, force=force)
            except BuildError as error:
                problems = [str(error)]
        failed = failed or bool(problems)
        yield from problems
    if not failed and (text := stamped_readme(course)) != read_readme(course):
        write_atomically(course.root / "README.md", text.encode())
        print("README.md: stamped")


def build_lesson(course: Course, lesson: Lesson, *, force: bool) -> list[str]:
    """Store both notebooks of a lesson, or neither; return which were left alone because somebody edited them."""
    states = {folder: status(course, lesson, folder) for folder in FOLDERS}
    due = [folder for folder in FOLDERS if force or states[folder] in ("missing", "stale")]
    built = {folder: executed(course, lesson, folder) for folder in due}
    for folder, data in built.items():
        write_atomically(course.root / folder / f"{lesson.slug}.ipynb", data)
    edited = [folder for folder in FOLDERS if folder not in built and states[folder] == "edited by hand"]
    for folder in FOLDERS:
        if folder not in edited:
            print(f"{folder}/{lesson.slug}.ipynb: {'built' if folder in built else 'up to date'}")
    return [f"{folder}/{lesson.slug}.ipynb was edited by hand and left alone; --force replaces it" for folder in edited]


def status(course: Course, lesson: Lesson, folder: str) -> str:
    """Say how a stored notebook stands: `up to date`, `missing`, `stale` or `edited by hand`."""
    path = course.root / folder / f"{lesson.slug}.ipynb"
    if not path.exists():
        return "missing"
    notebook = stored(path)
    if notebook is None or notebook.metadata.aecourse.digest != digest(course, lesson):
        return "stale"
    expected = lesson_format.notebook_cells(course, lesson, folder, notebook.metadata.aecourse.seconds)
    fits = [identity(cell) for cell in notebook.cells] == [identity(cell) for cell in expected]
    return "up to date" if fits and all(map(is_clean, notebook.cells)) else "edited by hand"


def stored(path: Path) -> NotebookNode | None:
    """Read a notebook that the build stored; `None` if it is missing, damaged or not the build's."""
    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        return notebook if {"digest", "seconds"} <= set(notebook.metadata["aecourse"]) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def identity(cell: NotebookNode) -> tuple[str, str, str, list[str]]:
    """Return what the lesson determines of a cell."""
    return cell.get("id", ""), cell.cell_type, cell.source, lesson_format.tags(cell)


def is_clean(cell: NotebookNode) -> bool:
    """Tell whether a stored cell was executed (nbval skips it otherwise) and holds neither stderr nor an error."""
    outputs = cell.get("outputs", [])
    noisy = any(output.output_type == "error" or output.get("name") == "stderr" for output in outputs)
    return cell.cell_type != "code" or (cell.execution_count is not None and not noisy)


def digest(course: Course, lesson: Lesson) -> str:
    """Return a SHA-256 of everything that a lesson's notebooks are made from."""
    package = course.root / "aecourse"
    files = [*modules_reached(course.root, lesson.text), *package.glob("data/sources.toml")]
    parts = [[path.relative_to(course.root).as_posix(), path.read_text(encoding="utf-8")] for path in files]
    parts += [[path.name, path.read_text(encoding="utf-8")] for path in (Path(__file__), Path(lesson_format.__file__))]
    parts += [[near.slug, near.title] if near else [] for near in lesson_format.neighbours(course, lesson)]
    parts += [[lesson.slug, lesson.text], [course.address, course.version]]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


# --- execution ------------------------------------------------------------------------------------


def executed(course: Course, lesson: Lesson, folder: str) -> bytes:
    """Execute one notebook of a lesson and return it as it will be stored."""
    (course.root / folder).mkdir(exist_ok=True)
    cells = lesson_format.notebook_cells(course, lesson, folder, seconds=0)
    seconds = run(cells, lesson, course.root / folder)
    for cell in cells:
        if cell.cell_type == "code":
            cell.outputs = clean_outputs(cell.outputs)
            if any(map(lacks_alt_text, cell.outputs)):
                raise BuildError(f"{lesson_format.where(lesson, cell)}: an image among its outputs has no alt text")
    cells[0] = lesson_format.notebook_cells(course, lesson, folder, seconds)[0]
    about = {"aecourse": {"digest": digest(course, lesson), "seconds": seconds}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=METADATA | about)
    nbformat.validate(notebook)
    data = (nbformat.writes(notebook).rstrip("\n") + "\n").encode()
    if len(data) > LARGEST_NOTEBOOK:
        raise BuildError(
            f"{folder}/{lesson.slug}.ipynb: {len(data) / 1e6:.1f} MB, over its {LARGEST_NOTEBOOK / 1e6} MB"
        )
    return data


def run(cells: list[NotebookNode], lesson: Lesson, folder: Path) -> int:
    """Execute cells in place, in a fresh kernel that works in `folder`; return the seconds, rounded up to fives."""
    require_own_kernel()
    environment = {name: value for name, value in os.environ.items() if name != "AECOURSE_SEED"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=METADATA)
    current = cells[0]

    def starts(cell: NotebookNode, **_: object) -> None:
        nonlocal current
        current = cell

    label, total = f"{folder.name}/{lesson.slug}", sum(cell.cell_type == "code" for cell in cells)
    begun = time.perf_counter()
    bar = tqdm(desc=label, total=total, unit="cell", leave=False, file=sys.stderr)
    with bar, tempfile.TemporaryFile() as log:  # of the kernel's own process: what the cells print goes to the notebook
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            timeout=CELL_TIMEOUT,
            record_timing=False,
            store_widget_state=False,
            resources={"metadata": {"path": str(folder)}},
            on_cell_execute=starts,
            on_cell_executed=lambda **_: bar.update(),
        )
        try:
            client.execute(env=environment, stderr=log)
        except CellExecutionError as error:
            raise BuildError(failure(lesson, folder, current, f"{error.ename}: {error.evalue}")) from None
        except CellTimeoutError:
            raise BuildError(failure(lesson, folder, current, f"took over {CELL_TIMEOUT} s")) from None
        except RuntimeError as error:
            log.seek(0)
            last_words = "".join(f"\n{line}" for line in log.read().decode(errors="replace").splitlines()[-10:])
            raise BuildError(failure(lesson, folder, current, f"{error} (out of memory?){last_words}")) from None
    return 5 * math.ceil((time.perf_counter() - begun) / 5)


def require_own_kernel() -> None:
    """Raise `BuildError` unless Jupyter's kernel "python3" is the Python that runs this."""
    program = Path(KernelSpecManager().get_kernel_spec("python3").argv[0])
    if program.name != str(program) and program.parent != Path(sys.executable).parent:
        raise BuildError(
            f"Jupyter's kernel 'python3' is {program}, not {sys.executable}: install ipykernel beside the latter"
        )


def failure(lesson: Lesson, folder: Path, cell: NotebookNode, what: str) -> str:
    """Describe on one page what went wrong in a cell."""
    lines = cell.source.splitlines()
    shown = lines[:30] + ["…"] * (len(lines) > 30)
    source = "\n".join(f"    {line}" for line in shown)
    return f"{lesson_format.where(lesson, cell)}, executed for {folder.name}/: {what[:1500]}\n\n{source}\n"


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


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that a reader, or an interruption, finds the former or the new content and nothing between."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


# --- the README -----------------------------------------------------------------------------------


def read_readme(course: Course) -> str:
    """Return the README's text."""
    return (course.root / "README.md").read_text(encoding="utf-8")


def stamped_readme(course: Course) -> str:
    """Return the README with the map of lessons and the badges as they should be."""
    binder, colab = lesson_format.hosted_addresses(course, f"notebooks/{course.lessons[0].slug}.ipynb")
    badges = (
        f"[![Open in Binder](https://mybinder.org/badge_logo.svg)]({binder})\n"
        f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({colab})"
    )
    head = "| | Lesson | What it is about | Read | Run | Open |\n|---|---|---|---|---|---|"
    table = "\n".join([head, *(map_row(course, lesson) for lesson in course.lessons)])
    return stamp(stamp(read_readme(course), "map", table), "badges", badges)


def map_row(course: Course, lesson: Lesson) -> str:
    """Return a lesson's row in the README's map."""
    notebook = stored(course.root / "notebooks" / f"{lesson.slug}.ipynb")
    links = [f"[Solutions](solutions/{lesson.slug}.ipynb)", *lesson_format.hosted_links(course, lesson, "notebooks")]
    columns = [
        lesson.slug.partition("_")[0],
        f"[{lesson.title}](notebooks/{lesson.slug}.ipynb)",
        lesson.summary,
        f"{lesson_format.reading_minutes(lesson, 'notebooks')} min",
        f"{notebook.metadata.aecourse.seconds} s" if notebook else "–",
        " · ".join(links),
    ]
    return "| " + " | ".join(column.replace("|", "\\|") for column in columns) + " |"


def stamp(text: str, name: str, content: str) -> str:
    """Replace what stands between `<!-- name:start -->` and `<!-- name:end -->`."""
    start, end = f"<!-- {name}:start -->", f"<!-- {name}:end -->"
    before, started, rest = text.partition(start)
    _, ended, after = rest.partition(end)
    if not (started and ended):
        raise BuildError(f"README.md: the lines {start} and {end} are missing")
    return f"{before}{start}\n{content}\n{end}{after}"


if __name__ == "__main__":
    sys.exit(main())
