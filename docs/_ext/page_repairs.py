"""Small repairs to the finished pages, for readers with a screen reader or a keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

REPAIRS = {
    # furo: two landmarks without names
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="Site">',
    '<aside class="toc-drawer">': '<aside class="toc-drawer" aria-label="This page">',
    '<aside class="toc-drawer no-toc">': '<aside class="toc-drawer no-toc" aria-label="This page">',
    # Sphinx: captions of the table of contents without a level, a page without a heading
    'role="heading">': 'role="heading" aria-level="2">',
    # docutils: a role that is deprecated, and that no list may hold
    'role="doc-biblioentry"': 'role="listitem"',
    '<div id="search-results">': '<h1>Search</h1>\n<div id="search-results">',
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


def setup(app: Sphinx) -> dict[str, Any]:
    """Repair when everything is written."""
    app.connect("build-finished", repair)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
