"""Which of the lesson's own cells a submission's answers need: figures, rivals and claims are not run for a mark.

A cell that stands in the notebook as the course wrote it is left out unless a later one that runs needs what it makes.
Whatever is the student's own always runs, and what it reads is needed. This is decided where the submission runs: to
read code that somebody else wrote is not without danger either.
"""

from __future__ import annotations

import ast
import hashlib
import re
import symtable
from collections.abc import Iterable, Iterator, Sequence

FOLDED = "#@title Claims checked\n"
# Calls that give what no lesson overwrites: data, generators, and what NumPy computes.
PURE = re.compile(r"(split|load)_\w+|default_rng|start|reshape|astype|mean|len|float|int|str|tuple|range|round")


def digest(source: str) -> str:
    """What a cell is recognised by: its code without blanks, as a lesson and a notebook write it."""
    text = source.removeprefix(FOLDED)
    return hashlib.sha256("".join(text.split()).encode(errors="replace")).hexdigest()[:16]


def needed(sources: Sequence[str], known: Iterable[str]) -> list[bool]:
    """For each cell whether it has to run.

    Args:
        sources: the code of the cells in order, checks among them.
        known: digests of the cells that are the lesson's own and no part of an exercise.

    Returns:
        a list of True and False.

    Example:
        >>> cells = ["x = 3", "y = slow(x)", "show(y)", "answer = x + 1", "check(answer)"]
        >>> needed(cells, [digest(cell) for cell in cells[:3]])
        [True, False, False, True, True]
    """
    own = set(known)
    trees = [_parsed(source) if digest(source) in own else None for source in sources]
    steady = _steady([tree for tree in trees if tree is not None])
    wanted: set[str] = set()
    runs: list[bool] = []
    for source, tree in zip(reversed(sources), reversed(trees), strict=True):
        if tree is None:
            runs.append(True)
            wanted |= _read(source)
        elif (_bound(tree) | (_touched(tree) - steady)) & wanted:
            runs.append(True)
            wanted = (wanted - _surely_bound(tree, source)) | _read(source)
        else:
            runs.append(False)
    return runs[::-1]


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except SyntaxError:  # a line of IPython's own: then the cell runs
        return None


def _bound(tree: ast.AST) -> set[str]:
    """Names that a cell gives a value, an attribute or an item, in its functions, too."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            names |= set(_roots(node))
    return names


def _surely_bound(tree: ast.Module, source: str) -> set[str]:
    """Names that a cell gives a value at its top, whatever happens, without reading them."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Assign):
            names |= {n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
    return names - _read(source)


def _read(source: str) -> set[str]:
    """Names of the notebook that code reads, in its functions, too; of what is no Python every word."""
    try:
        tables = [symtable.symtable(source, "cell", "exec")]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"\w+", source))
    names: set[str] = set()
    while tables:
        table = tables.pop()
        top = table.get_type() == "module"
        names |= {name.get_name() for name in table.get_symbols() if name.is_referenced() and (top or name.is_global())}
        tables += table.get_children()
    return names


def _touched(tree: ast.AST) -> set[str]:
    """Names that a call may change: what it is handed, and what it is a method of."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            parts = [*node.args, *[keyword.value for keyword in node.keywords], node.func]
            names |= {name for part in parts if not isinstance(part, ast.Name) or part is not node.func
                      for name in _roots(part)}  # fmt: skip
    return names


def _roots(node: ast.AST) -> Iterator[str]:
    """The name at the root of `model.layers[0]`, and those in a list or tuple of such."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        yield from _roots(node.value)
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        for item in node.elts:
            yield from _roots(item)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _roots(value)


def _steady(trees: Sequence[ast.Module]) -> set[str]:
    """Names that stay what they are whoever is handed them: functions, modules, data, numbers, generators."""
    steady: set[str] = set()
    other: set[str] = set()
    for tree in trees:
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                steady.add(node.name)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                steady |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.Assign):
                names = {n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)}
                if _is_steady(node.value):
                    steady |= names
                else:
                    other |= names
            else:
                other |= _bound(node)
    return steady - other


def _is_steady(value: ast.AST) -> bool:
    if isinstance(value, ast.Call):
        name = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
        of_numpy = next(iter(_roots(value.func)), "") == "np"
        return of_numpy or PURE.fullmatch(name) is not None
    if isinstance(value, ast.Tuple):
        return all(_is_steady(item) for item in value.elts)
    return isinstance(value, ast.Constant | ast.BinOp | ast.Compare | ast.UnaryOp | ast.JoinedStr | ast.Lambda)
