"""A lesson as a page of the site: both stored notebooks put together, its pictures and sounds as files of their own.

Nothing is executed. A page is a notebook again, which Sphinx reads: its outputs are those that the build stored.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from nbformat import NotebookNode
from PIL import Image

from tools import stored
from tools.execute import METADATA
from tools.lesson_format import FOLDERS, SOLVED, BuildError, Course, Lesson, kind, plan, stored_id
from tools.stamp import FOLDED_TITLE, hosted_addresses, merged_order

SETUP_PROMPT = "Show the cell that only Colab needs"
CLAIM_PROMPT = "Show how this was checked"
SOLUTION_PROMPT = "Show a solution, and what its check says"
UNSEARCHED = "unsearched"  # the tag of cells that the search leaves out: solutions, and what is the same in all lessons
LIVE = "The autoencoder playground: "  # how the text in place of a playground begins that needs no kernel
LESSON_LINK = re.compile(r"\]\((?:\.\./)?(?:notebooks/|solutions/)?\d\d_(\w+)\.ipynb\)")
TERM = re.compile(r"\{term:([^{}]*)\}")
SOUND = re.compile(r'<audio([^>]*)>\s*<source src="data:audio/(\w+);base64,([^"]+)"[^>]*>.*?</audio>', re.DOTALL)
PLAYGROUND = (
    '<iframe class="course-playground" src="../playground/index.html" title="The autoencoder playground" '
    'loading="lazy"></iframe>'
)


class Files(NamedTuple):
    """Where a page's pictures and sounds go, and how the page calls that folder."""

    folder: Path
    address: str

    def add(self, name: str, data: bytes) -> str:
        """Write a file and return its address as seen from the page."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(data)
        return f"{self.address}/{name}"


def page(course: Course, lesson: Lesson, files: Files) -> str:
    """Return a lesson's page as a notebook: stub, check, and folded behind a click solution and check."""
    notebooks = {folder: stored.read_notebook(stored.path_of(course, lesson, folder)) for folder in FOLDERS}
    if None in notebooks.values():
        raise BuildError(f"{lesson.topic} has no stored notebook: run python -m tools.build first")
    by_id = {folder: {cell.id: cell for cell in found.cells} for folder, found in notebooks.items() if found}
    kinds = {planned.cell.id: kind(planned.cell) for planned in plan(lesson)}
    sources = {stored_id(planned.cell.id): planned.cell.source for planned in plan(lesson)}
    cells: list[NotebookNode] = []
    for cell_id, folder in merged_order(lesson)[:-1]:
        found = by_id[folder].get(stored_id(cell_id))
        if found is None:
            raise BuildError(f"{folder}/{lesson.name}.ipynb does not fit its lesson: run python -m tools.build first")
        cell = NotebookNode({**found, "id": cell_id, "metadata": NotebookNode()})
        if cell.cell_type == "markdown":
            text = LESSON_LINK.sub(r"](\1.ipynb)", cell.source).replace("](../README.md)", "](../duels.md)")
            cell.source = with_anchors(text, sources[cell_id])
        else:
            folded(cell, found, cell_id, kinds.get(cell_id, ""))
            cell.outputs = [shown(output, f"{cell_id}-{i}", files) for i, output in enumerate(cell.outputs)]
        if cell_id.endswith(SOLVED) and kinds.get(cells[-1].id) == "solution":
            cells[-1].source += f"\n\n{cell.source}"
            cells[-1].outputs = [*cells[-1].outputs, *cell.outputs]
        else:
            cells.append(cell)
    cells[0].source = head(course, lesson, cells[0].source)
    about = METADATA | {"myst": {"html_meta": {"description": escape(lesson.summary)}}}
    return str(nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata=about)))


def head(course: Course, lesson: Lesson, source: str) -> str:
    """Return the first cell with its line of links as buttons: run it elsewhere, or take it along."""
    title, _, text = source.split("\n\n", 2)
    binder, colab = hosted_addresses(course, f"notebooks/{lesson.name}.ipynb")
    links = (
        (binder, "Run on Binder", ""),
        (colab, "Open in Colab", ""),
        (f"../notebooks/{lesson.name}.ipynb", "Download the notebook", " download"),
        (f"../solutions/{lesson.name}.ipynb", "Download the solved one", " download"),
    )
    advice = "This page is for reading: nothing runs here. To run the cells and do the exercises:"
    buttons = "\n".join(f'<a href="{escape(href)}"{flag}>{label}</a>' for href, label, flag in links)
    return f'{title}\n\n<p class="course-advice">{advice}</p>\n\n<p class="course-launch">\n{buttons}\n</p>\n\n{text}'


def folded(cell: NotebookNode, found: NotebookNode, cell_id: str, role: str) -> None:
    """Fold away what a reader need not see first, behind a click that says what it shows."""
    prompt, tags = "", ["hide-input"]
    if cell_id.endswith("-setup"):
        prompt, tags = SETUP_PROMPT, ["hide-input", UNSEARCHED]
    elif role == "solution":
        prompt, tags = SOLUTION_PROMPT, ["hide-cell", "solution", UNSEARCHED]
    elif found.metadata.get("jupyter", {}).get("source_hidden"):
        prompt = CLAIM_PROMPT
        cell.source = cell.source.removeprefix(FOLDED_TITLE)
    if prompt:
        hide = prompt.replace("Show", "Hide", 1)
        cell.metadata = NotebookNode(tags=tags, mystnb={"code_prompt_show": prompt, "code_prompt_hide": hide})


def with_anchors(text: str, source: str) -> str:
    """Mark in a stored text where it explains the terms of its source, so that the glossary can point there."""
    for word in TERM.findall(source):
        text = text.replace(f"*{word}*", f'<span id="{anchor(word)}"></span>*{word}*', 1)
    return text


def anchor(word: str) -> str:
    """Return the name of the place where a term is explained."""
    return "term-" + re.sub(r"\W+", "-", word.lower())


# --- outputs --------------------------------------------------------------------------------------


def shown(output: NotebookNode, name: str, files: Files) -> NotebookNode:
    """Return an output as the page shows it: what browsers know as HTML, with files in the place of long texts."""
    data: dict[str, Any] = output.get("data", {})
    alt = output.get("metadata", {})
    for mime, ending in (("image/png", "png"), ("image/jpeg", "jpg")):
        if mime in data:
            text = alt.get(mime, {}).get("alt") or "".join(data.get("text/plain", "")).strip("'")
            return html_output(picture(base64.b64decode("".join(data[mime])), text, f"{name}.{ending}", files))
    if "text/html" in data:
        return html_output(tidied("".join(data["text/html"]), name, files))
    return output


def html_output(text: str) -> NotebookNode:
    """Return an output that is HTML."""
    return nbformat.v4.new_output("display_data", data={"text/html": text})


def picture(data: bytes, alt: str, name: str, files: Files) -> str:
    """Return a picture that says its size before it is there; or the playground where it stood for one."""
    if alt.startswith(LIVE):
        return PLAYGROUND
    width, height = Image.open(io.BytesIO(data)).size
    address = files.add(name, data)
    return (
        f'<img class="course-figure" src="{address}" alt="{escape(alt)}" width="{width}" height="{height}" '
        'loading="lazy" decoding="async">'
    )


def tidied(text: str, name: str, files: Files) -> str:
    """Return HTML with its sounds as files, without colours and styles that hold only in a notebook."""
    count = iter(range(1000))

    def sound(found: re.Match[str]) -> str:
        attributes, kind_of, data = found.groups()
        address = files.add(f"{name}-{next(count)}.{kind_of.removeprefix('x-')}", base64.b64decode(data))
        return f'<audio {" ".join(attributes.split())} preload="none" src="{address}"></audio>'

    text = re.sub(r"<style scoped>.*?</style>", "", SOUND.sub(sound, text), flags=re.DOTALL)
    text = re.sub(r"color: #\w+; text-decoration-color: #\w+;?", "", text)
    return text.replace('border="1" ', "")


# --- terms ----------------------------------------------------------------------------------------


class Term(NamedTuple):
    """A word that a lesson explains: the sentence that does, and the place."""

    word: str
    sentence: str
    lesson: Lesson


def terms(course: Course) -> Iterator[Term]:
    """Yield every `{term:…}` of every lesson, in order."""
    for lesson in course.lessons:
        for cell in lesson.cells:
            if cell.cell_type == "markdown":
                for word in TERM.findall(cell.source):
                    yield Term(" ".join(word.split()), sentence_of(cell.source, word), lesson)


def sentence_of(source: str, word: str) -> str:
    """Return the sentence that explains a term, with a neighbour where it points back or says little by itself."""
    paragraph = next(p for p in source.split("\n\n") if f"{{term:{word}}}" in p)
    lines = [re.sub(r"^\s*(?:[-*] |\d+\. )", "", line) for line in paragraph.split("\n") if not line.startswith("#")]
    text, mark = " ".join(" ".join(lines).split()), f"{{term:{' '.join(word.split())}}}"
    sentences = re.split(r"(?<=[.!?])\s+(?=[A-Z{*`])", text)
    place = next((i for i, sentence in enumerate(sentences) if mark in sentence), 0)
    points_back = re.match(r"(This|That|It|Its|They|Their|These|Those|Such|Both|He|Here|There)\b", sentences[place])
    chosen = sentences[place - 1 : place + 1] if points_back and place else sentences[place : place + 1]
    if len(" ".join(chosen).split()) < 14 and place + 1 < len(sentences):
        chosen.append(sentences[place + 1])
    text = re.sub(r"\*(Predict|Answer):\*\s*", "", " ".join(chosen))
    text = re.sub(r"\{[Ll]esson:(\w+)\}", "another lesson", text)
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", TERM.sub(r"*\1*", text))
