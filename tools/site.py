"""Build the course as a web site: the stored notebooks, pages of its own, the playground, the package's reference.

    python -m tools.site                    # into build/site/html
    python -m tools.site --serve            # build, then serve it on this machine
    python -m tools.site --external         # list the addresses of other hosts that the pages link to

Nothing is executed and nothing is fetched. What is made lies in `build/site/`: `source/` is what Sphinx reads, `html/`
is the site, which any web server can serve from any folder.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import shutil
import sys
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

from tools import reference, site_lessons, site_pages
from tools.lesson_format import FOLDERS, BuildError, Course, read_course
from tools.site_lessons import Files

ROOT = Path(__file__).resolve().parents[1]
PLAYGROUND = Path("aecourse") / "playground" / "static"
# What the theme leaves without a name, or gives one that hides the words that are seen.
MENDED = (
    (re.compile(r'<summary>(?=<span class="toctree-toggle")'), '<summary aria-label="Pages of this chapter">'),
    (re.compile(r'(<button class="btn search-button-field[^>]*?) aria-label="Search"'), r"\1"),
    (re.compile(r'(<summary) aria-label="Toggle hidden content"'), r"\1"),
)


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Build the site, and serve it or list what it links to; return 0 if all is well, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m tools.site", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--to", type=Path, default=root / "build" / "site", help="the folder to build in")
    parser.add_argument("--serve", action="store_true", help="serve the site on this machine when it is built")
    parser.add_argument("--external", action="store_true", help="list the links to other hosts, one a line")
    options = parser.parse_args(arguments)
    try:
        html = build(read_course(root), options.to)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    if problems := list(broken(html)):
        print("\n".join(problems), file=sys.stderr)
        return 1
    if options.external:
        print("\n".join(external(html)))
    if options.serve:
        serve(html)
    return 0


def build(course: Course, place: Path) -> Path:
    """Write the sources anew, let Sphinx make the pages, and return the folder of the site."""
    source, extra, html = place / "source", place / "extra", place / "html"
    for folder in (source, extra, html):
        shutil.rmtree(folder, ignore_errors=True)
    write_sources(course, source, extra)
    from sphinx.cmd.build import build_main

    flags = ["--builder", "html", "--nitpicky", "--fail-on-warning", "--keep-going", "--quiet"]
    if build_main([*flags, "--doctree-dir", str(place / "doctrees"), str(source), str(html)]):
        raise BuildError("the site has warnings, see above")
    for path in html.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for found, better in MENDED:
            text = found.sub(better, text)
        path.write_text(text, encoding="utf-8")
    for name in ("objects.inv", ".buildinfo"):
        (html / name).unlink(missing_ok=True)
    return html


def write_sources(course: Course, source: Path, extra: Path) -> None:
    """Write what Sphinx reads, and what it copies as it is."""
    shutil.copytree(course.root / "site", source, ignore=shutil.ignore_patterns("hub", "*.toml"))
    for path in source.glob("*.md"):
        figures = Files(extra / "figures" / "pages", "figures/pages")
        path.write_text(site_pages.filled(path.read_text(encoding="utf-8"), course, figures), encoding="utf-8")
    (source / "lessons").mkdir()
    for lesson in course.lessons:
        files = Files(extra / "figures" / lesson.topic, f"../figures/{lesson.topic}")
        text = site_lessons.page(course, lesson, files)
        (source / "lessons" / f"{lesson.topic}.ipynb").write_text(text, encoding="utf-8")
    (source / "reference").mkdir()
    for room, text in reference.pages(course.root):
        (source / "reference" / f"{room}.rst").write_text(text, encoding="utf-8")
    for folder in FOLDERS:
        shutil.copytree(course.root / folder, extra / folder, ignore=shutil.ignore_patterns(".*"))
    shutil.copytree(course.root / PLAYGROUND, extra / "playground")
    shutil.copy(course.root / "aecourse" / "data" / "clothes.bin", extra / "playground")
    shutil.copy(course.root / "benchmarks" / "error_against_seconds.png", extra / "figures")
    (extra / ".nojekyll").touch()


# --- links ----------------------------------------------------------------------------------------


class Page(HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = {""}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where an element leads, and by which name it can be reached."""
        for name, value in attrs:
            if name in ("href", "src") and value and not (tag == "link" and "preconnect" in str(attrs)):
                self.links.append(value)
            elif name in ("id", "name") and value:
                self.anchors.add(value)


def read_pages(html: Path) -> dict[Path, Page]:
    """Read every page of the site."""
    paths = [
        path for path in sorted(html.rglob("*.html")) if "_static" not in path.parts
    ]  # the theme keeps templates there
    return {path: Page(path.read_text(encoding="utf-8")) for path in paths}


def broken(html: Path) -> Iterator[str]:
    """Yield every link of the site to a page, a file or an anchor that is not there."""
    pages = read_pages(html)
    for path, page in pages.items():
        base = f"site:/{path.relative_to(html).as_posix()}"
        for link in dict.fromkeys(page.links):
            if re.match(r"(https?:|mailto:|data:|//)", link):
                continue
            address, fragment = urldefrag(urljoin(base.replace("site:", "http://site"), link))
            target = html / unquote(address.removeprefix("http://site").split("?")[0]).lstrip("/")
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file():
                yield f"{path.relative_to(html)}: {link} leads nowhere"
            elif target in pages and unquote(fragment) not in pages[target].anchors:
                yield f"{path.relative_to(html)}: {link} names no place in that page"


def external(html: Path) -> list[str]:
    """Return the addresses of other hosts that the pages link to."""
    links = {urldefrag(link)[0] for page in read_pages(html).values() for link in page.links}
    return sorted(link for link in links if re.match(r"(https?:)?//", link))


def serve(html: Path) -> None:
    """Serve the site on this machine until it is interrupted."""
    from tools.browser import a_site

    with a_site(html) as address, contextlib.suppress(KeyboardInterrupt):
        print(f"{address}/index.html (end it with Ctrl+C)")
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    sys.exit(main())
