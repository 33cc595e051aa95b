"""Warnings about a lesson's page name the line of its script, which is what its author edits."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util.logging import NAMESPACE

# What sphinx-gallery writes before a cell (with the lines of the script) and before the title.
CELL = re.compile(r"\.\. GENERATED FROM PYTHON SOURCE LINES (\d+)-(\d+)")
TITLE = re.compile(r"\.\. _sphx_glr_(?!download_).*:$")
WARNING_PLACE = re.compile(r"(?P<page>.+\.rst):(?P<line>\d+)")


def script_line(page: list[str], line: int) -> int | None:
    """Give the line of the script that line `line` of its page (both from 1) came from."""
    for mark in range(min(line, len(page)), 0, -1):
        text = page[mark - 1]
        if cell := CELL.match(text):
            first, after = int(cell[1]), int(cell[2])
            return max(first, min(first + line - mark - 2, after - 1))
        if TITLE.match(text):
            return max(1, line - mark - 1)
    return None


class ScriptPlaces(logging.Filter):
    """Replace the place in a page by the place in the script, in every record that names one."""

    def __init__(self, pages: Path, scripts: Path) -> None:
        super().__init__()
        self.pages = pages
        self.scripts = scripts

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, with its place translated."""
        place = WARNING_PLACE.match(str(getattr(record, "location", None) or ""))
        if place and Path(place["page"]).is_relative_to(self.pages):
            page = Path(place["page"])
            script = self.scripts / page.relative_to(self.pages).with_suffix(".py")
            if script.exists():
                lines = page.read_text(encoding="utf-8").splitlines()
                number = script_line(lines, int(place["line"]))
                record.location = f"{script}:{number}" if number else str(script)
        return True


def start(app: Sphinx) -> None:
    """Translate what Sphinx's handlers are about to print."""
    conf = app.config.sphinx_gallery_conf
    source = Path(app.srcdir)
    places = ScriptPlaces(
        pages=(source / conf["gallery_dirs"]).resolve(),
        scripts=(source / conf["examples_dirs"]).resolve(),
    )
    for handler in logging.getLogger(NAMESPACE).handlers:
        handler.addFilter(places)


def setup(app: Sphinx) -> dict[str, Any]:
    """Translate from the moment the configuration is known."""
    app.connect("builder-inited", start, priority=1)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
