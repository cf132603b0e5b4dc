"""Which modules of the package a lesson reaches: only a change of these can change what the lesson shows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path


def modules_reached(root: Path, text: str, package: str = "aecourse") -> list[Path]:
    """Return the package's files that Python code imports, directly or through each other, sorted.

    A package's `__init__.py` is a table of contents: of what it imports, only the names asked for are followed, so that
    a new dataset does not touch the lessons that use another.

    Args:
        root: the folder that holds the package.
        text: Python source. If it cannot be parsed (a magic command), all files of the package are returned.
        package: the package's name; its `__init__.py` counts as imported.
    """
    found: set[Path] = set()
    waiting = {package}
    try:
        waiting |= set(_imported(text))
    except SyntaxError:
        return sorted((root / package).rglob("*.py"))
    seen: set[str] = set()
    while waiting - seen:
        name = (waiting - seen).pop()
        seen.add(name)
        if name.partition(".")[0] != package:
            continue
        if path := _file(root, name):
            if path not in found and path.name != "__init__.py":
                waiting |= set(_imported(path.read_text(encoding="utf-8")))
            found.add(path)
        elif contents := _file(root, name.rpartition(".")[0]):
            # A name that this module defines, or that a package's __init__ takes from one of its modules.
            module, _, member = name.rpartition(".")
            waiting.add(module)
            if contents.name == "__init__.py":
                listed = _imported(contents.read_text(encoding="utf-8"))
                waiting |= {listed_name for listed_name in listed if listed_name.rpartition(".")[2] == member}
    # Importing a module runs the __init__ of every package on the way to it.
    for path in list(found):
        found |= {folder / "__init__.py" for folder in path.parents if (folder / "__init__.py").is_file()}
    return sorted(found)


def _imported(text: str) -> Iterator[str]:
    """Yield the dotted names that code imports: modules, and for `from a import b` both `a` and `a.b`."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _file(root: Path, name: str) -> Path | None:
    """Return the file of a module or package, if there is one of this name."""
    path = root.joinpath(*name.split("."))
    return next((file for file in (path / "__init__.py", path.with_suffix(".py")) if file.is_file()), None)
