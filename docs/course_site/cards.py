"""Cards on links: what a term means, and what a name of a library is, without leaving the page.

When all pages are written, their links say which terms and names need a card. Definitions come from
the glossary, signatures and first sentences from the docstrings that are installed. The cards are a
script that a page loads when a reader first points at such a link, or reaches it by keyboard.
"""

from __future__ import annotations

import inspect
import json
import pydoc
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

from course_site.cache import kept
from course_site.later import when_written

NAME = "cards_data.js"
LINKED = re.compile(r'href="[^"]*#((?:torch|torchvision|numpy|matplotlib|pytorch_primer)\.[\w.]+)"')
LENGTH = 220


def first_sentence(text: str) -> str:
    """Give the first sentence of a docstring, without its markup."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r":[\w:]+:`~?([^`<]+)(?: <[^>]*>)?`", r"\1", text).replace("`", "")
    sentence = re.split(r"(?<=[.!?])\s+(?=[A-Z.])", text, maxsplit=1)[0]
    return textwrap.shorten(sentence, LENGTH, placeholder=" …")


def card_of(name: str) -> tuple[str, str] | None:
    """Give signature and first sentence of what an importable name stands for."""
    found: Any = pydoc.locate(name)
    doc = inspect.getdoc(found) if found is not None else None
    if not doc or inspect.ismodule(found):
        return None
    head, _, rest = doc.partition("\n")
    if re.match(r"[\w.]+\(.*\)", head):  # functions in C write their signature there
        return head.strip(), first_sentence(rest.strip().partition("\n\n")[0])
    try:
        signature = str(inspect.signature(found)) if callable(found) else ""
    except (TypeError, ValueError):
        signature = ""
    signature = re.sub(r"<[^>]*>", "…", signature)
    shown = textwrap.shorten(f"{name.rpartition('.')[2]}{signature}", LENGTH, placeholder=" …")
    return shown, first_sentence(doc.partition("\n\n")[0])


def term_cards(app: Sphinx) -> Iterator[tuple[str, tuple[str, str]]]:
    """Give the anchor of each term, the term, and its definition."""
    objects = app.env.domaindata["std"]["objects"]
    for docname in sorted({page for (kind, _), (page, _) in objects.items() if kind == "term"}):
        for glossary in app.env.get_doctree(docname).findall(addnodes.glossary):
            for item in glossary.findall(nodes.definition_list_item):
                definition = next(item.findall(nodes.definition))
                text = next(definition.findall(nodes.paragraph)).astext()
                for term in item.findall(nodes.term):
                    yield term["ids"][0], (term.astext(), first_sentence(text))


def write(app: Sphinx) -> None:
    """Write the cards of all that the finished pages link."""
    pages = (path.read_text(encoding="utf-8") for path in Path(app.outdir).rglob("*.html"))
    names = sorted({name for page in pages for name in LINKED.findall(page)})
    found = kept(
        app.doctreedir, "cards", [repr(names).encode()], lambda: {n: card_of(n) for n in names}
    )
    cards = dict(term_cards(app)) | {name: card for name, card in found.items() if card}
    text = json.dumps(cards, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    Path(app.outdir, "_static", NAME).write_text(f"var LINK_CARDS = {text};\n", encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Write when sphinx-gallery has linked the names in code."""
    when_written(app, write, priority=700)
