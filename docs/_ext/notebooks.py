"""The downloads of a lesson, ``plot_N_topic.ipynb`` and ``.py``, beside its page.

sphinx-gallery's own notebooks leak reST; these have the page's text as `markdown_writer` gives it,
and the script's code without the blocks that only check the lesson.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from sphinx.application import Sphinx
from sphinx_gallery.py_source_parser import (
    Block,
    remove_config_comments,
    remove_ignore_blocks,
    split_code_and_text_blocks,
)

from lesson_header import is_lesson
from markdown_writer import CODE_CELL, MarkdownWriter

PACKAGE = "pytorch_primer"
ABOUT = """\
> Lesson **{title}** of `{package}` {version}, run with PyTorch {torch} when the course was built.
> Read it online: [{url}]({url})
>
> The next cell installs the course's package, unless it is there already."""
INSTALL = """\
import importlib.util

if importlib.util.find_spec("{package}") is None:
    %pip install --quiet {wheel}"""


def wheel_url(site: str) -> str:
    """Give the address of the wheel that the site serves."""
    return urljoin(site, f"{PACKAGE}-{version(PACKAGE)}-py3-none-any.whl")


def first_cells(title: str, url: str, site: str) -> list[tuple[str, str]]:
    """Say what a notebook is, and install what it needs."""
    about = ABOUT.format(
        title=title,
        package=PACKAGE,
        version=version(PACKAGE),
        torch=version("torch").partition("+")[0],
        url=url,
    )
    return [("markdown", about), ("code", INSTALL.format(package=PACKAGE, wheel=wheel_url(site)))]


def lesson_cells(blocks: list[Block], texts: list[str]) -> Iterator[tuple[str, str]]:
    """Pair the blocks of a script with the texts of its page.

    Raises
    ------
    ValueError
        If there are not as many texts as blocks.
    """
    visible = [(block.type, visible_code(block.content)) for block in blocks]
    if not visible[-1][1].strip():
        visible.pop()  # as sphinx-gallery does
    for (kind, code), text in zip(visible, texts, strict=True):
        if kind == "code":
            yield "code", code.strip("\n")
        else:  # what stands between two marks is the code of an exercise
            parts = text.split(CODE_CELL)
            yield from zip(itertools.cycle(["markdown", "code"]), map(str.strip, parts))


def visible_code(text: str) -> str:
    """Leave out what checks or configures a lesson."""
    shown = remove_config_comments(remove_ignore_blocks(text))
    return re.sub(r"\n{4,}", "\n\n\n", str(shown))


def notebook(cells: list[tuple[str, str]]) -> dict[str, Any]:
    """Make a notebook of version 4.5 without outputs."""
    made: list[dict[str, Any]] = []
    for kind, source in cells:
        if source.strip():
            cell = {"cell_type": kind, "id": f"cell-{len(made)}", "metadata": {}, "source": source}
            made.append(cell | ({"execution_count": None, "outputs": []} if kind == "code" else {}))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def write_downloads(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Write both files of a lesson whose page is about to be written."""
    if app.builder.format != "html" or not is_lesson(app, docname):
        return
    site = app.config.html_baseurl
    url = urljoin(site, app.builder.get_target_uri(docname))
    images = {uri: urljoin(site, f"_images/{name}") for uri, (_, name) in app.env.images.items()}
    writer = MarkdownWriter(url, images, urljoin(site, "_downloads/"))
    script = Path(app.srcdir, f"{docname}.py")
    _, blocks = split_code_and_text_blocks(script)
    title = next(doctree.findall(nodes.title)).astext()
    cells = [*first_cells(title, url, site), *lesson_cells(blocks, writer.cells(doctree))]
    target = Path(app.outdir, docname)
    target.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(notebook(cells), indent=1, ensure_ascii=False) + "\n"
    target.with_name(f"{target.name}.ipynb").write_text(text, encoding="utf-8")
    code = visible_code(script.read_text(encoding="utf-8"))
    target.with_name(f"{target.name}.py").write_text(code, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the downloads once references are resolved."""
    app.connect("doctree-resolved", write_downloads, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
