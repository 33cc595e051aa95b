"""What has to wait: places on pages until all pages are read, and files until all are written.

A directive such as ``{syllabus}`` leaves a place, as not all lessons have been read when it is.
"""

from __future__ import annotations

from collections.abc import Callable

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class later_place(nodes.General, nodes.Element):  # docutils names nodes so
    """Where something will stand; `name` is that of its directive, whose options it has, too."""


Fill = Callable[[Sphinx, str, later_place], str | list[nodes.Element]]
FILLS: dict[str, Fill] = {}


class Place(SphinxDirective):
    """Leave a place for what needs all pages."""

    def run(self) -> list[nodes.Node]:
        """Make the place."""
        left = later_place(name=self.name, **self.options)
        self.set_source_info(left)
        return [left]


def add_place(app: Sphinx, name: str, fill: Fill, directive: type[Place] = Place) -> None:
    """Offer a directive in whose place stands what `fill` writes for a page: HTML, or nodes."""
    FILLS[name] = fill
    app.add_directive(name, directive)


def computed(text: str) -> nodes.raw:
    """Make a node of HTML that the build has computed."""
    return nodes.raw("", text, format="html", classes=["computed"])


def fill_places(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Fill the places of a page that is about to be written."""
    for left in list(doctree.findall(later_place)):
        made = FILLS[left["name"]](app, docname, left)
        left.replace_self(computed(made) if isinstance(made, str) else made)


def when_written(app: Sphinx, write: Callable[[Sphinx], None], priority: int = 500) -> None:
    """Call `write` when all pages of a site have been written without an error."""

    def finish(app: Sphinx, error: Exception | None) -> None:
        if error is None and app.builder.format == "html":
            write(app)

    app.connect("build-finished", finish, priority=priority)


def setup(app: Sphinx) -> None:
    """Fill places when references are resolved."""
    app.add_node(later_place)
    app.connect("doctree-resolved", fill_places)
