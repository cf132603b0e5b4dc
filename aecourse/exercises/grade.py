"""Grade a folder of notebooks: `python -m aecourse.exercises.grade SUBMISSIONS/ --out marks.csv`.

Each notebook's checks are put back from the course, and it runs in a process of its own, with limits of time and
memory and without the network, several at once. There is a row for each student in the table and a page of feedback
beside it. What a submission does wrong is a remark in its own row.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import numpy as np
from tqdm import tqdm

from aecourse.exercises import challenge
from aecourse.exercises.grading import fence, marks, one, process, putting_back, submissions

SECRET = 1000  # digits of the challenge's test
FORGED = (
    "A student's code shares a process with the checks, and whoever wants to can forge their own mark. For marks that "
    "count, run this in a container and read the code of whoever surprises you."
)


def main(arguments: list[str] | None = None) -> int:
    """Grade what the command line names; 0 when a table was written."""
    parser = argparse.ArgumentParser(
        prog="python -m aecourse.exercises.grade",
        description=(__doc__ or "").partition("\n")[0],
        epilog=FORGED,
    )
    parser.add_argument("submissions", type=Path, help="a folder with a folder or a notebook for each student")
    parser.add_argument("--out", type=Path, required=True, help="the table of marks to write, a .csv")
    parser.add_argument("--feedback", type=Path, help="the folder for the pages; without it, beside the table")
    parser.add_argument("--own", action="store_true", help="draw numbers for each student, named in start() or not")
    parser.add_argument(
        "--limit", type=int, default=600, metavar="S", help="seconds of computing for one notebook (600)"
    )
    parser.add_argument("--clock", type=int, metavar="S", help="seconds on the clock (three times those of computing)")
    parser.add_argument("--memory", type=float, default=4.0, metavar="GB", help="memory for one notebook (4)")
    parser.add_argument("--jobs", type=int, default=cores(), metavar="N", help=f"how many at once ({cores()})")
    parser.add_argument("--challenge", type=int, metavar="SEED", help="score the challenge on digits from this seed")
    options = parser.parse_args(arguments)
    feedback = options.feedback or options.out.with_name(f"{options.out.stem}_feedback")
    if problem := wrong_options(options):
        parser.error(problem)
    lessons = putting_back.course()
    found = submissions.found(options.submissions, [lesson.topic for lesson in lessons])
    if not found:
        parser.error(f"no notebook (.ipynb) lies in {options.submissions} or below it")
    clock = options.clock or 3 * options.limit
    print(f"{len(found)} notebooks, {options.jobs} at once, each at most {options.limit} s of computing.")
    for gap in fence.missing():
        print(f"On this system there is not {gap}. Use a container.")
    print(FORGED)
    limits = process.Limits(options.limit, clock, int(options.memory * 2**30), options.jobs)
    before = package_state()
    secret = None if options.challenge is None else challenge.damaged_digits(SECRET, seed=options.challenge)
    graded = all_graded(found, lessons, limits, own=options.own, secret=secret)
    rows = marks.by_student(graded)
    marks.save(rows, lessons, options.out, feedback)
    print(f"{options.out}: {len(rows)} students. Pages of feedback: {feedback}")
    if package_state() != before:
        print("The course's own files were changed meanwhile: a submission may have done that. Trust no row.")
        return 1
    return 0


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def wrong_options(options: argparse.Namespace) -> str:
    """What is wrong with the command line; empty where nothing is."""
    if not options.submissions.is_dir():
        return f"{options.submissions} is no folder"
    if options.out.suffix.lower() != ".csv":
        return f"--out must end in .csv, and is {options.out}"
    if not options.out.resolve().parent.is_dir():
        return f"--out: there is no folder {options.out.parent}"
    if options.limit < 1 or (options.clock or 1) < 1 or options.jobs < 1 or options.memory < 1:
        return "--limit, --clock, --jobs and --memory must be at least 1"
    if options.challenge is not None and options.challenge < 0:
        return "--challenge takes a seed of at least 0"
    return ""


def all_graded(
    found: list[submissions.Submission],
    lessons: list[submissions.Lesson],
    limits: process.Limits,
    *,
    own: bool,
    secret: tuple[np.ndarray, np.ndarray] | None,
) -> list[one.Graded]:
    """Grade all submissions, several at once, with a bar; in the order in which they came."""
    with ThreadPoolExecutor(max_workers=limits.jobs) as pool:
        waiting = {
            pool.submit(one.grade, each, lessons, limits, own=own, secret=secret): i for i, each in enumerate(found)
        }
        done: dict[int, one.Graded] = {}
        try:
            for future in tqdm(as_completed(waiting), total=len(waiting), unit="notebook", file=sys.stderr):
                done[waiting[future]] = future.result()
        except KeyboardInterrupt:
            print("Stopping: those that run are awaited, the others are not begun.", file=sys.stderr)
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [done[i] for i in range(len(found))]


def package_state() -> dict[str, tuple[int, int]]:
    """Size and date of each file of the package's code."""
    root = Path(__file__).resolve().parents[1]
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(root.rglob("*.py"))}


if __name__ == "__main__":
    sys.exit(main())
