"""What the theme lacks for readers with a screen reader or a keyboard."""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

REPAIRS = {
    # furo: two landmarks without names
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="Site">',
    '<aside class="toc-drawer">': '<aside class="toc-drawer" aria-label="This page">',
    '<aside class="toc-drawer no-toc">': '<aside class="toc-drawer no-toc" aria-label="This page">',
    # Sphinx: captions of the table of contents without a level, a page without a heading
    'role="heading">': 'role="heading" aria-level="2">',
}


def repaired(page: str) -> str:
    """Give the text of a page with every repair made once."""
    for before, after in REPAIRS.items():
        if after not in page:
            page = page.replace(before, after)
    return page


def repair(app: Sphinx, exception: Exception | None) -> None:
    """Repair all pages of a build that ended well."""
    if exception or app.builder.format != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        before = path.read_text(encoding="utf-8")
        if (after := repaired(before)) != before:
            path.write_text(after, encoding="utf-8")


class PageTranslator(HTML5Translator):
    """Write pages as Sphinx does, but for what an accessible page has otherwise."""

    def visit_citation(self, node: nodes.citation) -> None:
        """Write a source without docutils' role, which is deprecated and which no list may hold."""
        super().visit_citation(node)
        self.body[-1] = self.body[-1].replace('role="doc-biblioentry"', 'role="listitem"')


def setup(app: Sphinx) -> None:
    """Write with the translator, and repair when everything is written."""
    app.set_translator("html", PageTranslator)
    app.connect("build-finished", repair)
