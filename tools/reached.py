"""Which modules of the package a lesson reaches: only a change of these can change what the lesson shows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path


def modules_reached(root: Path, text: str, package: str = "aecourse") -> list[Path]:
    """Return the package's files that Python code imports, directly or through each other, sorted.

    Args:
        root: the folder that holds the package.
        text: Python source. If it cannot be parsed (a magic command), all files of the package are returned.
        package: the package's name; its `__init__.py` counts as imported.
    """
    found: set[Path] = set()
    names = {package}
    try:
        names |= set(_imported(text))
    except SyntaxError:
        return sorted((root / package).rglob("*.py"))
    while names:
        name = names.pop()
        if (path := _file(root, name, package)) and path not in found:
            found.add(path)
            names |= set(_imported(path.read_text(encoding="utf-8")))
    return sorted(found)


def _imported(text: str) -> Iterator[str]:
    """Yield the dotted names that code may import: modules, their parents, and members that may be modules."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            parts = name.split(".")
            yield from (".".join(parts[: i + 1]) for i in range(len(parts)))


def _file(root: Path, name: str, package: str) -> Path | None:
    """Return the file of a module of the package, if there is one of this name."""
    if name.partition(".")[0] != package:
        return None
    path = root.joinpath(*name.split("."))
    return next((file for file in (path / "__init__.py", path.with_suffix(".py")) if file.is_file()), None)
