"""Which modules of the package a lesson reaches: only a change of these can change what the lesson shows."""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path

CONTENTS = "__init__.py"


def modules_reached(root: Path, text: str, package: str = "aecourse") -> list[Path]:
    """Return the package's files that Python code imports, directly or through each other, sorted.

    A package's `__init__.py` is a table of contents: of what it imports, only the names asked for are followed, be it
    by `from aecourse.plots import show_images` or by `plots.show_images`, so that a new figure does not touch the
    lessons that draw others. All is followed where the package is used in another way, such as `getattr(plots, name)`.

    Args:
        root: the folder that holds the package.
        text: Python source. If it cannot be parsed (a magic command), all files of the package are returned.
        package: the package's name; its `__init__.py` counts as imported.
    """
    try:
        waiting = {package, *_asked_for(text)}
    except SyntaxError:
        return sorted((root / package).rglob("*.py"))
    found: set[Path] = set()
    seen: set[str] = set()
    while waiting - seen:
        name = (waiting - seen).pop()
        seen.add(name)
        if name.partition(".")[0] != package:
            continue
        path, rest = _resolved(root, name)
        if path is None:
            continue
        found.add(path)
        contents = path.read_text(encoding="utf-8")
        if path.name != CONTENTS:
            waiting |= _asked_for(contents)
        elif rest:
            listed = _bindings(contents).get(rest[0])
            # A name that the __init__ imports leads to its module; one that it defines may use all that it imports.
            waiting |= {".".join([listed, *rest[1:]])} if listed else _asked_for(contents)
    # Importing a module runs the __init__ of every package on the way to it.
    for path in list(found):
        found |= {folder / CONTENTS for folder in path.parents if (folder / CONTENTS).is_file()}
    return sorted(path for path in found if path.is_relative_to(root / package))


def _resolved(root: Path, name: str) -> tuple[Path | None, list[str]]:
    """Return the file of the module or package that a dotted name begins with, and what is left of the name."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        path = root.joinpath(*parts[:length])
        for file in (path / CONTENTS, path.with_suffix(".py")):
            if file.is_file():
                return file, parts[length:]
    return None, parts


def _asked_for(text: str) -> frozenset[str]:
    """Return the dotted names that code imports and uses: `aecourse.plots.show_images` for `plots.show_images`.

    Where a name is used in any other way than for its attributes, `.*` stands behind it: whatever it holds is meant.
    """
    return _scanned(text)[1]


def _bindings(text: str) -> dict[str, str]:
    """Map each name that code imports, anywhere in it, to its dotted name."""
    return _scanned(text)[0]


@lru_cache(maxsize=512)
def _scanned(text: str) -> tuple[dict[str, str], frozenset[str]]:
    """Return what `_bindings` and `_asked_for` do, from one walk through the code."""
    bindings: dict[str, str] = {}
    asked: set[str] = set()
    attributes: list[ast.Attribute] = []
    names: list[ast.Name] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name):
            names.append(node)
        elif isinstance(node, ast.Attribute):
            attributes.append(node)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                asked.add(alias.name)
                whole = alias.name if alias.asname else alias.name.partition(".")[0]
                bindings[alias.asname or whole] = whole
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            bindings |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    asked |= set(bindings.values())
    inner = {id(node.value) for node in attributes}
    for attribute in attributes:
        chain: list[str] = []
        part: ast.expr = attribute
        while isinstance(part, ast.Attribute):
            chain, part = [part.attr, *chain], part.value
        if id(attribute) not in inner and isinstance(part, ast.Name) and part.id in bindings:
            asked.add(".".join([bindings[part.id], *chain]))
    asked |= {f"{bindings[name.id]}.*" for name in names if id(name) not in inner and name.id in bindings}
    return bindings, frozenset(asked)
