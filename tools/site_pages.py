"""What the site's own pages are filled with: the map of lessons, duels, glossary, the data's licences, costs."""

from __future__ import annotations

import base64
import functools
import re
import tomllib
from collections.abc import Callable
from html import escape
from pathlib import Path

from nbformat import NotebookNode

from tools import results
from tools.lesson_format import BuildError, Course, Lesson
from tools.site_lessons import LESSON_LINK, Files, anchor, picture, terms
from tools.stamp import Times, cell_text, expanded, hosted_addresses, reading_time
from tools.stored import path_of, read_notebook, times_of

FILLING = re.compile(r"\{\{(\w+)\}\}")
# What the front page shows first: a lesson, and how the title of one of its figures begins.
SHOWN = (
    ("denoising", "The filter leaves"),
    ("watermarks", "Trained on pieces"),
    ("compression", "A whole photograph in"),
)

# Names keep their capital letter where they open a sentence.
NAMES = {"Adam", "Gaussian noise", "Wiener filter"}
GLOSSARY = "glossary.toml"  # in site/: what is said of words whose sentence does not stand alone


def filled(text: str, course: Course, figures: Files) -> str:
    """Replace every `{{name}}` of a page by what is made from the course."""
    makers: dict[str, Callable[[], str]] = {
        "lessons": lambda: lessons(course),
        "contents": lambda: contents(course),
        "pictures": lambda: pictures(course, figures),
        "duels": lambda: LESSON_LINK.sub(r"](lessons/\1.ipynb)", results.duels(course)),
        "results": lambda: LESSON_LINK.sub(r"](lessons/\1.ipynb)", results.table(course)),
        "glossary": lambda: glossary(course),
        "data": lambda: data(course),
        "costs": lambda: costs(course),
        "teaching": lambda: teaching(course),
        "changes": lambda: course.root.joinpath("CHANGELOG.md").read_text(encoding="utf-8").partition("\n")[2],
        "licence": lambda: course.root.joinpath("LICENSE").read_text(encoding="utf-8"),
        "binder": lambda: hosted_addresses(course, f"notebooks/{course.lessons[0].name}.ipynb")[0],
        "address": lambda: f"https://github.com/{course.address}",
        "version": lambda: course.version,
        "first": lambda: course.lessons[0].topic,
        "start": lambda: start(course),
    }

    def made(found: re.Match[str]) -> str:
        if found[1] not in makers:
            raise BuildError(f"site/: {found[0]} means nothing; known are {', '.join(makers)}")
        return makers[found[1]]()

    return FILLING.sub(made, text)


def lessons(course: Course) -> str:
    """Return the lessons by part: title, what it is about, minutes to read and seconds to run."""
    blocks = []
    for part in course.parts:
        rows = ["| | Lesson | Read | Run |", "|---|---|---|---|"]
        for lesson in filter(None, map(course.lesson, part.topics)):
            about = LESSON_LINK.sub(r"](lessons/\1.ipynb)", expanded(course, lesson.summary))
            seconds = times(course, lesson)[0]
            title = f"[{cell_text(lesson.title)}](lessons/{lesson.topic}.ipynb)<br>{cell_text(about)}"
            # A number and its unit stay on one line.
            costs = f"{reading_time(lesson, 'notebooks')}\N{NO-BREAK SPACE}min | {seconds}\N{NO-BREAK SPACE}s"
            rows.append(f"| {lesson.number:02d} | {title} | {costs} |")
        blocks.append(f"### {part.title}\n\n" + "\n".join(rows))
    return "\n\n".join(blocks)


@functools.cache
def stored_notebook(path: Path) -> NotebookNode | None:
    """Read a stored notebook once for all pages."""
    return read_notebook(path)


def start(course: Course) -> str:
    """Return how the course is installed, as README says it."""
    text = course.root.joinpath("README.md").read_text(encoding="utf-8")
    return text.partition("\n## Start\n")[2].partition("\n## ")[0]


def times(course: Course, lesson: Lesson) -> Times:
    """Return seconds and CPU seconds that a lesson took when it was built, 0 without a stored notebook."""
    notebook = stored_notebook(path_of(course, lesson, "notebooks"))
    return times_of(notebook) if notebook else Times(0, 0)


def contents(course: Course) -> str:
    """Return the side bar's table of contents: the lessons by part."""
    trees = []
    for part in course.parts:
        names = "\n".join(f"lessons/{topic}" for topic in part.topics)
        trees.append(f"```{{toctree}}\n:hidden:\n:caption: {part.title}\n\n{names}\n```")
    return "\n\n".join(trees)


def pictures(course: Course, figures: Files) -> str:
    """Return the front page's pictures with their captions, each a link to its lesson."""
    found = []
    for topic, title in SHOWN:
        lesson = course.lesson(topic)
        notebook = stored_notebook(path_of(course, lesson, "notebooks")) if lesson else None
        outputs = [o for cell in (notebook.cells if notebook else []) for o in cell.get("outputs", [])]
        for output in outputs:
            for mime, about in output.get("metadata", {}).items():
                if str(about.get("alt", "")).startswith(title):
                    found.append(shown(topic, about["alt"], output["data"][mime], figures))
        if len(found) <= [shown_topic for shown_topic, _ in SHOWN].index(topic):
            raise BuildError(
                f"the lesson on {topic} has no figure whose title begins with '{title}' (tools/site_pages.py)"
            )
    return '<div class="course-shown">\n' + "\n".join(found) + "\n</div>"


def shown(topic: str, title: str, data: str, figures: Files) -> str:
    """Return one of the front page's pictures."""
    image = picture(base64.b64decode(data), title, f"front-{topic}.png", figures)
    return f'<figure><a href="lessons/{topic}.html">{image}</a><figcaption>{escape(title)}</figcaption></figure>'


def glossary(course: Course) -> str:
    """Return every term that a lesson explains: what it means, from its lesson or from site/, and where to read on."""
    written = tomllib.loads((course.root / "site" / GLOSSARY).read_text(encoding="utf-8"))
    spelled = {word.lower().removesuffix("s"): word for word in written}
    meanings = {key: written[word] for key, word in spelled.items()}
    links: dict[str, list[str]] = {}
    for term in terms(course):
        key = term.word.lower().removesuffix("s")
        kept = term.word in NAMES or term.word[1:] != term.word[1:].lower()
        spelled.setdefault(key, term.word if kept else term.word[:1].lower() + term.word[1:])
        meanings.setdefault(key, term.sentence)
        link = f'<a href="lessons/{term.lesson.topic}.html#{anchor(term.word)}">{escape(term.lesson.title)}</a>'
        links.setdefault(key, [])
        if link not in links[key]:
            links[key].append(link)
    if (lesson := course.lesson("bottleneck")) and "bottleneck" not in links:
        links["bottleneck"] = [f'<a href="lessons/bottleneck.html">{escape(lesson.title)}</a>']
    if unknown := sorted(spelled[key] for key in spelled.keys() - links.keys()):
        raise BuildError(f"site/{GLOSSARY}: no lesson explains {', '.join(unknown)}")
    lines = ["```{glossary}"]
    for key in sorted(links, key=str.lower):
        sentence = meanings[key]
        about = f"{sentence[:1].upper()}{sentence[1:]}"
        lines += [spelled[key], f"    {about}", "", f"    {' · '.join(links[key])}", ""]
    return "\n".join([*lines, "```"])


def data(course: Course) -> str:
    """Return a table of the data and weights that the course carries, with source and licence."""
    files = tomllib.loads((course.root / "aecourse" / "data" / "sources.toml").read_text(encoding="utf-8"))
    rows = ["| File | What it is | From | Licence |", "|---|---|---|---|"]
    for name, about in files.items():
        cells = (
            about.get("title", ""),
            "; ".join(filter(None, map(about.get, ("source", "authors")))),
            about["licence"],
        )
        rows.append(f"| `{name}` | " + " | ".join(cell_text(plain_markdown(cell)) for cell in cells) + " |")
    return "\n".join(rows)


def plain_markdown(text: str) -> str:
    """Return a text as Markdown shows it letter for letter."""
    return re.sub(r"([*_<>\[\]$])", r"\\\1", text)


def teaching(course: Course) -> str:
    """Return the page for teachers without its title, with the site's lessons for the notebooks that it links to."""
    text = LESSON_LINK.sub(r"](lessons/\1.ipynb)", course.root.joinpath("TEACHING.md").read_text(encoding="utf-8"))
    return text.partition("\n")[2].replace("](README.md)", f"](https://github.com/{course.address}#readme)")


def costs(course: Course) -> str:
    """Return what thirty people cost who run a lesson at once, from what each lesson took when it was built."""
    rows = ["| Lesson | CPU seconds, one learner | CPU minutes, thirty learners |", "|---|---|---|"]
    total = 0
    for lesson in course.lessons:
        cpu = times(course, lesson)[1]
        total += cpu
        rows.append(f"| [{cell_text(lesson.title)}](lessons/{lesson.topic}.ipynb) | {cpu} | {cpu * 30 / 60:.0f} |")
    rows.append(f"| **all** | {total} | {total * 30 / 60:.0f} |")
    return "\n".join(rows)
