"""Sphinx's settings for the course as a web site; `python -m tools.site` writes the sources beside it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml

ROOT = next(p for p in Path(__file__).resolve().parents if (p / "pyproject.toml").is_file())
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = "Autoencoders, from h = f(x) to y = g(f(x))"
author = "the authors of the autoencoder course"
copyright = "2026, the authors of the autoencoder course. Prose and figures: CC BY 4.0; code: MIT"  # noqa: A001
version = release = PROJECT["version"]
language = "en"

extensions = ["myst_nb"]
exclude_patterns = ["_*", "hub"]
nb_execution_mode = "off"
nb_render_markdown_format = "myst"
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3
# What Python itself raises is described elsewhere.
nitpick_ignore_regex = [("py:exc", r"[A-Z]\w+(Error|Warning)")]

html_theme = "sphinx_book_theme"
html_title = project
html_short_title = "Autoencoders"
html_static_path = ["_static"]
templates_path = ["_templates"]
html_css_files = ["course.css"]
html_js_files = [("course.js", {"defer": "defer"})]
html_extra_path = ["../extra"]
html_math_renderer = "mathml"
html_copy_source = False
html_show_sourcelink = False
html_last_updated_fmt = ""
html_context = {"default_mode": "auto"}
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_navbar_depth": 1,
    "search_bar_text": "Search the course",
    "navbar_start": [],
    "navbar_center": [],
    "navbar_end": [],
    "navbar_persistent": [],
    "footer_content_items": "copyright.html",
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}


def formula(node, **how):
    """Return a formula in MathML; brackets grow with what is in them without being told."""
    return tex2mathml(re.sub(r"\\[bB]igg?[lr]?(?![a-z])", "", node.astext()), **how)


def visit_inline(self, node):
    """Write a formula that stands in a line, in the browser's own language for formulas."""
    self.body.append(formula(node))
    raise nodes.SkipNode


def visit_block(self, node):
    """Write a formula that stands by itself."""
    self.body.append(f'<div class="math">{formula(node, as_block=True)}</div>')
    raise nodes.SkipNode


FRAME = re.compile(r'<p class="course-(?:advice|launch)">')


def keep_out_of_search(_app, doctree):
    """Mark worked answers, and what frames every lesson alike, so that Sphinx's index leaves them out."""
    for node in doctree.findall(nodes.container):
        if "tag_unsearched" in node["classes"]:
            node["classes"].append("no-search")
    for node in doctree.findall(nodes.raw):
        if FRAME.match(node.astext()):
            node["classes"].append("no-search")


def setup(app):
    """Register what this file adds."""
    app.add_html_math_renderer("mathml", inline_renderers=(visit_inline, None), block_renderers=(visit_block, None))
    app.connect("doctree-read", keep_out_of_search)
    return {"parallel_read_safe": True}
