"""What lessons build for others: their cells tagged `export`, as modules `aecourse/recipes/<topic>.py`.

A recipe is a real module: benchmarks, trainers, tests and later lessons import from it. It holds the lesson's exported
definitions, the imports that these use and no more, and takes Keras through `aecourse.backend`.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from nbformat import NotebookNode

from tools import names
from tools.lesson_format import BuildError, Course, Lesson, code_cells, tags, where

CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")
RECIPES = "aecourse.recipes"
HEAD = '''"""What `lessons/{topic}/lesson.py` builds, for others to import: written by `python -m tools.build`."""

'''
Import = ast.Import | ast.ImportFrom


def recipe_path(course: Course, topic: str) -> Path:
    """Return where the recipe of a topic is stored."""
    return course.root.joinpath(*RECIPES.split("."), f"{topic}.py")


def recipes_of(course: Course) -> dict[str, str]:
    """Map each topic that exports something to the text of its recipe."""
    return {lesson.topic: text for lesson in course.lessons if (text := recipe(course, lesson))}


def recipe(course: Course, lesson: Lesson) -> str:
    """Return the text of a lesson's recipe, `""` if it exports nothing; raise `BuildError` if it cannot be one."""
    cells = exported(lesson)
    if not cells:
        return ""
    if problems := list(recipe_errors(lesson)):
        raise BuildError("\n".join(problems))
    source = "\n\n\n".join(cell.source for cell in cells)
    imports, aliases = imports_for(names.read(source), imports_in(lesson))
    body = "\n".join([*imports, "", *aliases, "", "", without_imports(source)])
    return formatted(HEAD.format(topic=lesson.topic) + body, lesson.topic, course.root)


def strays(course: Course) -> list[Path]:
    """Return the stored recipes whose topic exports nothing, or is no topic."""
    topics = {lesson.topic for lesson in course.lessons if exported(lesson)}
    paths = sorted(recipe_path(course, "*").parent.glob("*.py"))
    return [path for path in paths if path.stem != "__init__" and path.stem not in topics]


def exported(lesson: Lesson) -> list[NotebookNode]:
    """Return the lesson's cells tagged `export`."""
    return [cell for cell in code_cells(lesson) if "export" in tags(cell)]


# --- what may be wrong ----------------------------------------------------------------------------


def recipe_errors(lesson: Lesson) -> Iterator[str]:
    """Say, naming lesson, cell and name, why the cells tagged `export` cannot become a recipe."""
    known = {name for name, lines in imports_in(lesson).items() if is_one(lines)}
    everything = {name for cell in exported(lesson) for name in names.bound(cell.source)}
    so_far: set[str] = set()
    for cell in exported(lesson):
        place = where(lesson, cell)
        if set(tags(cell)) & {"exercise", "solution"}:
            yield f"{place}: a cell tagged 'export' is neither exercise nor solution"
        yield from (f"{place}: {problem}" for node in names.parse(cell.source).body for problem in node_errors(node))
        for name in sorted(names.read(cell.source) - known - so_far):
            used_later = name in everything and not reads_at_once(cell.source, name)
            if not used_later:
                yield f"{place}: '{name}' {reason(lesson, name, name in everything)}"
        imported = {name for node in names.parse(cell.source).body for name in imported_names(node)}
        for name in sorted((names.bound(cell.source) - imported) & so_far):
            yield f"{place}: '{name}' is exported twice"
        so_far |= names.bound(cell.source)


def reads_at_once(source: str, name: str) -> bool:
    """Tell whether a cell reads a name when it runs, and not only when its functions are called."""
    return names.Event("read", name) in names.events(source)


def reason(lesson: Lesson, name: str, comes_later: bool) -> str:
    """Say why an exported cell may not read a name."""
    if comes_later:
        return "is read before it is exported"
    if name in imports_in(lesson):
        return "is imported in two ways in this lesson"
    if any(name in names.bound(cell.source) for cell in code_cells(lesson)):
        return "is a name of the notebook: export it too, or pass it as an argument"
    return "is bound nowhere in this lesson"


def node_errors(node: ast.stmt) -> Iterator[str]:
    """Check that one statement of an exported cell is a definition, and takes no Keras around the package."""
    if isinstance(node, names.Function | ast.ClassDef):
        for part in ast.walk(node):
            if isinstance(part, Import) and any(is_keras(module) for module in modules_of(part)):
                yield f"{node.name} imports Keras for itself: import it at the top of a cell"
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        for name in sorted({event.name for event in names.events(ast.unparse(node)) if event.what == "bind"}):
            if not CONSTANT.fullmatch(name):
                yield f"'{name}' is exported and no CONSTANT: write its name in capitals, or leave it to another cell"
        if any(not isinstance(part, ast.Name | ast.Tuple | ast.expr_context) for part in target_parts(node)):
            yield "a cell tagged 'export' changes nothing: it binds names only"
    elif not isinstance(node, Import):
        yield f"a cell tagged 'export' holds definitions only, found: {ast.unparse(node).partition(chr(10))[0][:60]}"


def target_parts(node: ast.Assign | ast.AnnAssign) -> Iterator[ast.AST]:
    """Yield all that stands to the left of an equals sign."""
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        yield from ast.walk(target)


def borrowing_errors(course: Course, lesson: Lesson) -> Iterator[str]:
    """Check that a lesson imports recipes of earlier lessons only, never its own."""
    earlier = [other.topic for other in course.lessons if other.number < lesson.number]
    for cell in code_cells(lesson):
        for topic in sorted(recipes_imported(cell.source)):
            if topic == lesson.topic:
                yield f"{where(lesson, cell)}: a lesson uses its own definitions, not its recipe"
            elif topic not in earlier:
                yield f"{where(lesson, cell)}: the recipe '{topic}' is of no earlier lesson"


def recipes_imported(source: str) -> set[str]:
    """Return the topics whose recipes a cell imports, anywhere in it."""
    found = set()
    for node in ast.walk(names.parse(source)):
        if isinstance(node, Import):
            modules = modules_of(node)
            if isinstance(node, ast.ImportFrom) and node.module == RECIPES:
                modules = [f"{RECIPES}.{alias.name}" for alias in node.names]
            found |= {module.split(".")[2] for module in modules if module.startswith(f"{RECIPES}.")}
    return found


# --- imports --------------------------------------------------------------------------------------


def modules_of(node: Import) -> list[str]:
    """Return the modules that an import statement names."""
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]


def is_keras(module: str) -> bool:
    """Tell whether a module is Keras or a part of it."""
    return module.partition(".")[0] == "keras"


def imported_names(node: ast.stmt) -> list[str]:
    """Return the names that a statement imports."""
    return [names.import_name(node, alias) for alias in node.names] if isinstance(node, Import) else []


def imports_in(lesson: Lesson) -> dict[str, list[str]]:
    """Map each name that a cell of the lesson imports to its own import statements."""
    found: dict[str, list[str]] = {}
    for cell in code_cells(lesson):
        for node in names.parse(cell.source).body:
            if isinstance(node, Import):
                for alias in node.names:
                    lines = found.setdefault(names.import_name(node, alias), [])
                    if (line := ast.unparse(names.import_of(node, [alias]))) not in lines:
                        lines.append(line)
    return found


def is_one(lines: list[str]) -> bool:
    """Tell whether statements that bind one name agree on it: `import a` and `import a.b` do."""
    return len(lines) == 1 or not any(line.startswith("from ") or " as " in line for line in lines)


def imports_for(used: set[str], imports: dict[str, list[str]]) -> tuple[list[str], list[str]]:
    """Return the import lines that bind the used names, and the lines that give parts of Keras their names."""
    lines, aliases = [], []
    for name in sorted(used & imports.keys()):
        for line in imports[name]:
            node = ast.parse(line).body[0]
            assert isinstance(node, Import)
            if not is_keras(modules_of(node)[0]):
                lines.append(line)
                continue
            lines.append("from aecourse.backend import keras")
            whole = node.names[0].name if isinstance(node, ast.Import) else f"{node.module}.{node.names[0].name}"
            if name != "keras":
                aliases.append(f"{name} = {whole}")
    return list(dict.fromkeys(lines)), aliases


def without_imports(source: str) -> str:
    """Return code without its top-level import statements, comments kept."""
    lines = source.split("\n")
    for node in reversed(names.parse(source).body):
        if isinstance(node, Import):
            del lines[node.lineno - 1 : node.end_lineno]
    return "\n".join(lines)


@lru_cache(maxsize=256)
def formatted(text: str, topic: str, root: Path) -> str:
    """Return code with its imports sorted and its lines as ruff lays them."""
    name = f"aecourse/recipes/{topic}.py"
    sort = ["check", "--fix", "--select", "I", "--config", "lint.isort.known-first-party = ['aecourse']"]
    for command in (sort, ["format"]):
        run = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--quiet", "--no-cache", "--stdin-filename", name, "-"],
            input=text.encode(),
            capture_output=True,
            cwd=root,
            check=False,
        )
        if run.returncode:
            raise BuildError(f"{name}: ruff refuses it: {run.stderr.decode(errors='replace').strip()[:500]}")
        text = run.stdout.decode()
    return text
