"""Turn `lessons/` into `notebooks/`, `solutions/` and `aecourse/recipes/`: choose cells by tag, stamp, execute, store.

    python -m tools.build                   # rebuild what is stale, restamp what only reads differently, the README
    python -m tools.build sound --force     # rebuild one lesson, stale or not
    python -m tools.build --check           # execute and write nothing; say whether what is stored fits
    python -m tools.build --merged FOLDER   # write the notebooks as they were executed, for the tests

What a lesson is stands in `lesson_format`, what may be wrong with it in `lesson_errors`, what is stamped in `stamp`,
when a stored notebook fits in `stored`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from tools import contents, execute, readme, recipes, stored, teaching
from tools.lesson_errors import lesson_errors, rerun_warnings
from tools.lesson_format import FOLDERS, BuildError, Course, Lesson, read_course
from tools.stamp import merged_code

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Build or check the lessons named on the command line; return 0 if all is well, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m tools.build", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("topics", nargs="*", metavar="TOPIC", help="such as sound, or lessons/sound/lesson.py")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="execute nothing; fail if something stored does not fit")
    mode.add_argument("--force", action="store_true", help="rebuild even what is up to date or edited by hand")
    mode.add_argument("--merged", type=Path, metavar="FOLDER", help="write there each lesson's one notebook as it ran")
    options = parser.parse_args(arguments)
    try:
        course = read_course(root)
        lessons = chosen(course, options.topics)
        if options.merged:
            problems = write_merged(course, lessons, options.merged)
        else:
            problems = check(course, lessons) if options.check else build(course, lessons, force=options.force)
        failed = False
        for problem in problems:
            failed = True
            print(problem, file=sys.stderr)
    except BuildError as error:
        failed = True
        print(error, file=sys.stderr)
    return 1 if failed else 0


def chosen(course: Course, names: list[str]) -> list[Lesson]:
    """Return the lessons called by topic or by the path of their source; all of them if `names` is empty."""
    topics = [Path(name).parent.name if name.endswith(".py") else Path(name).name for name in names]
    if unknown := [topic for topic in topics if course.lesson(topic) is None]:
        there_are = ", ".join(lesson.topic for lesson in course.lessons)
        raise BuildError(f"no such lesson: {', '.join(unknown)} (there are: {there_are})")
    return [lesson for lesson in course.lessons if not topics or lesson.topic in topics]


# --- check ----------------------------------------------------------------------------------------


def check(course: Course, lessons: list[Lesson]) -> Iterator[str]:
    """Print how what is stored of each lesson stands and yield what is not as it should be, executing nothing."""
    for lesson in lessons:
        errors = lesson_errors(course, lesson)
        yield from errors
        if not errors:
            warn(lesson)
            yield from check_recipe(course, lesson)
            digest = stored.execution_digest(course, lesson)
            for folder in FOLDERS:
                yield from check_notebook(course, lesson, folder, digest)
    if len(lessons) == len(course.lessons):
        yield from (f"aecourse/recipes/{path.name}: no lesson exports it" for path in recipes.strays(course))
        yield from (f"{path.parent.name}/{path.name}: no lesson" for path in stored.strays(course))
        if contents.stale(course):
            yield "aecourse/exercises/lessons.json: stale"
        if readme.stamped_readme(course) != readme.read_readme(course):
            yield "README.md: the stamped map, badges or tables of results are stale"
        if teaching.stale(course):
            yield "TEACHING.md: the stamped table or the lessons' sections are stale"


def check_recipe(course: Course, lesson: Lesson) -> Iterator[str]:
    """Yield whether a lesson's stored recipe differs from what its exported cells make."""
    path = recipes.recipe_path(course, lesson.topic)
    if (text := recipes.recipe(course, lesson)) and not (path.exists() and path.read_bytes() == text.encode()):
        yield f"aecourse/recipes/{path.name}: {'stale' if path.exists() else 'missing'}"


def check_notebook(course: Course, lesson: Lesson, folder: str, digest: str) -> Iterator[str]:
    """Print or yield how a lesson's notebook in `folder` stands, and yield what lies under other numbers."""
    wanted = stored.path_of(course, lesson, folder)
    state = stored.status(course, lesson, folder, digest)
    name = f"{folder}/{wanted.name}"
    if state == "up to date":
        print(f"{name}: {state}")
    elif state == "restamp":
        yield f"{name}: to be restamped"
    elif state != "misplaced":
        yield f"{name}: {state}"
    for path in stored.paths_of(course, lesson, folder):
        if path != wanted:
            yield f"{folder}/{path.name}: misplaced, belongs to {name}"


def warn(lesson: Lesson) -> None:
    """Print what may surprise who runs a lesson's cells twice."""
    for warning in rerun_warnings(lesson):
        print(f"warning: {warning}")


# --- build ----------------------------------------------------------------------------------------


def build(course: Course, lessons: list[Lesson], *, force: bool) -> Iterator[str]:
    """Write all recipes, rebuild what is stale (all, if `force`), stamp the README if nothing went wrong."""
    failed = False
    faultless: list[Lesson] = []
    for lesson in lessons:
        errors = lesson_errors(course, lesson)
        failed = failed or bool(errors)
        yield from errors
        if not errors:
            warn(lesson)
            faultless.append(lesson)
    if contents.stale(course):
        stored.write_atomically(contents.contents_path(course), contents.contents(course).encode())
        print("aecourse/exercises/lessons.json: written")
    write_recipes(course, faultless, every=len(faultless) == len(course.lessons))
    for lesson in faultless:
        try:
            problems = build_lesson(course, lesson, force=force)
        except BuildError as error:
            problems = [str(error)]
        failed = failed or bool(problems)
        yield from problems
    if not failed and (text := readme.stamped_readme(course)) != readme.read_readme(course):
        stored.write_atomically(course.root / "README.md", text.encode())
        print("README.md: stamped")
    if not failed and teaching.stale(course):
        stored.write_atomically(teaching.page_path(course), teaching.stamped(course).encode())
        print("TEACHING.md: stamped")


def write_recipes(course: Course, lessons: list[Lesson], *, every: bool) -> None:
    """Write the lessons' recipes where they differ, and remove those that no lesson exports any more."""
    for lesson in lessons:
        path, text = recipes.recipe_path(course, lesson.topic), recipes.recipe(course, lesson)
        if text and not (path.exists() and path.read_bytes() == text.encode()):
            stored.write_atomically(path, text.encode())
            print(f"aecourse/recipes/{path.name}: written")
    topics = [lesson.topic for lesson in lessons]
    for path in recipes.strays(course):
        if every or path.stem in topics:
            path.unlink()
            print(f"aecourse/recipes/{path.name}: removed, no lesson exports it")


def build_lesson(course: Course, lesson: Lesson, *, force: bool) -> list[str]:
    """Store both notebooks of a lesson, or neither; return which were left alone because somebody edited them."""
    digest = stored.execution_digest(course, lesson)
    states = {folder: stored.status(course, lesson, folder, digest) for folder in FOLDERS}
    edited = [folder for folder in FOLDERS if states[folder] == "edited by hand" and not force]
    files: dict[str, bytes] = {}
    done = dict.fromkeys(FOLDERS, "up to date")
    if force or any(state in ("missing", "stale") for state in states.values()):
        files = execute_lesson(course, lesson, [folder for folder in FOLDERS if folder not in edited], digest)
        done |= dict.fromkeys(files, "built")
    else:
        for folder in [folder for folder in FOLDERS if states[folder] in ("restamp", "misplaced")]:
            notebook = stored.read_notebook(stored.paths_of(course, lesson, folder)[0])
            assert notebook is not None
            cells = stored.restamped(course, lesson, folder, notebook)
            files[folder] = stored.encoded(cells, digest, stored.times_of(notebook), f"{folder}/{lesson.name}.ipynb")
            done[folder] = "restamped"
    for folder, data in files.items():
        stored.write_atomically(stored.path_of(course, lesson, folder), data)
    for folder in FOLDERS:
        if folder not in edited:
            remove_former(course, lesson, folder)
            print(f"{folder}/{lesson.name}.ipynb: {done[folder]}")
    return [
        f"{folder}/{stored.paths_of(course, lesson, folder)[0].name} was edited by hand and left alone; "
        "--force replaces it"
        for folder in edited
    ]


def execute_lesson(course: Course, lesson: Lesson, folders: list[str], digest: str) -> dict[str, bytes]:
    """Execute a lesson once and return the notebooks of `folders` as they will be stored."""
    (course.root / FOLDERS[0]).mkdir(exist_ok=True)
    cells = merged_code(course, lesson)
    times = execute.run(cells, lesson, course.root / FOLDERS[0])
    return {
        folder: stored.encoded(
            stored.executed(course, lesson, folder, cells, times), digest, times, f"{folder}/{lesson.name}.ipynb"
        )
        for folder in folders
    }


def remove_former(course: Course, lesson: Lesson, folder: str) -> None:
    """Remove the notebooks on a lesson's topic that lie under former numbers."""
    for path in stored.paths_of(course, lesson, folder):
        if path != stored.path_of(course, lesson, folder):
            path.unlink()
            print(f"{folder}/{path.name}: removed, it is {lesson.name}.ipynb now")


# --- for the tests --------------------------------------------------------------------------------


def write_merged(course: Course, lessons: list[Lesson], folder: Path) -> Iterator[str]:
    """Write into `folder` one notebook a lesson, stub and solution, with the outputs that are stored."""
    if folder.resolve() in [course.root / name for name in FOLDERS]:
        raise BuildError(f"--merged must not write into {folder.name}/")
    for lesson in lessons:
        try:
            data = stored.merged(course, lesson)
        except BuildError as error:
            yield str(error)
        else:
            stored.write_atomically(folder / f"{lesson.name}.ipynb", data)


if __name__ == "__main__":
    sys.exit(main())
