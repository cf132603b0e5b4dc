"""The course for a class: a zip without solutions, and every figure of the lessons as a picture for slides.

    python -m tools.handout        # writes dist/handout.zip and dist/figures/

What the zip holds is what `make lab`, conda, uv and the Windows line need. The lessons' sources, which hold the
solutions, the tests and the comparisons stay here.
"""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).resolve().parents[1]
FILES = (
    "README.md", "CHANGELOG.md", "CITATION.cff", "LICENSE", "LICENSE-prose.md", "Makefile", "constraints.txt",
    "environment.yml", "pyproject.toml", "requirements.lock",
)  # fmt: skip
FOLDERS = ("aecourse", "notebooks")
SOLUTION_LINK = re.compile(
    r"\[Solutions\]\((?:\.\./)?solutions/[^)]*\)(?: · )?| · \[Solutions\]\((?:\.\./)?solutions/[^)]*\)"
)
NOT_FOR_THEM = re.compile(
    r"\s*The folder `solutions/` holds[^.]*\.|^## For teachers and authors\n.*?(?=^## )", re.M | re.S
)
DATE = (1980, 1, 1, 0, 0, 0)  # the same content gives the same zip
ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg"}


def main(root: Path = ROOT) -> int:
    """Write the zip and the folder of figures; return 0."""
    out = root / "dist"
    figures = out / "figures"
    shutil.rmtree(figures, ignore_errors=True)
    figures.mkdir(parents=True)
    count = 0
    for name, data, _ in all_figures(root):
        (figures / name).write_bytes(data)
        count += 1
    (figures / "figures.md").write_text(index(root), encoding="utf-8")
    path = out / "handout.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents(root):
            archive.writestr(zipfile.ZipInfo(f"autoencoders/{name}", DATE), content, zipfile.ZIP_DEFLATED)
        for name, data, _ in all_figures(root):
            archive.writestr(zipfile.ZipInfo(f"autoencoders/figures/{name}", DATE), data, zipfile.ZIP_STORED)
        archive.writestr(zipfile.ZipInfo("autoencoders/figures/figures.md", DATE), index(root), zipfile.ZIP_DEFLATED)
    print(f"dist/handout.zip: {path.stat().st_size / 1e6:.1f} MB without solutions; dist/figures: {count} figures")
    return 0


def contents(root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each file of the handout, links to solutions taken out."""
    for name in names(root):
        data = (root / name).read_bytes()
        if name.endswith((".md", ".ipynb")):
            data = without_solutions(data.decode(), notebook=name.endswith(".ipynb")).encode()
        yield name, data


def names(root: Path) -> list[str]:
    """Return what goes into the zip: of the folders what is committed, or would be."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *FOLDERS]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, encoding="utf-8", check=False)
    if listed.returncode == 0 and listed.stdout:
        found = {name for name in listed.stdout.split("\0") if name and (root / name).is_file()}
    else:
        paths = (path for folder in FOLDERS for path in (root / folder).rglob("*") if path.is_file())
        found = {p.relative_to(root).as_posix() for p in paths if "__pycache__" not in p.parts}
    return sorted(found | {name for name in FILES if (root / name).exists()})


def without_solutions(text: str, *, notebook: bool) -> str:
    """Return text without its links to solutions, and README without what it says to teachers and authors."""
    text = SOLUTION_LINK.sub("", text)
    return text if notebook else NOT_FOR_THEM.sub("", text)


def all_figures(root: Path) -> Iterator[tuple[str, bytes, str]]:
    """Yield file name, content and description of each figure that a learner's notebook shows."""
    for path in sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        number = 0
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                for mime in (m for m in ENDINGS if m in output.get("data", {})):
                    number += 1
                    name = f"{path.stem}-{number:02d}.{ENDINGS[mime]}"
                    yield name, decoded(mime, output.data[mime]), described(output)
                    break


def decoded(mime: str, data: Any) -> bytes:
    """Return an image as it is stored in a file."""
    text = data if isinstance(data, str) else "".join(data)
    return text.encode() if mime == "image/svg+xml" else base64.b64decode(text)


def described(output: Any) -> str:
    """Return what an image shows, in words."""
    about = output.get("metadata", {})
    alts = [about.get("alt"), *[about.get(mime, {}).get("alt") for mime in ENDINGS]]
    return " ".join(str(next((alt for alt in alts if alt), "")).split())


def index(root: Path) -> str:
    """Return the list of figures with what each one shows: a text for your slides, and for those who cannot see it."""
    lines = ["# Figures", "", "CC BY 4.0: say where they are from.", ""]
    return "\n".join([*lines, *[f"- `{name}`: {text}" for name, _, text in all_figures(root)], ""])


if __name__ == "__main__":
    sys.exit(main())
