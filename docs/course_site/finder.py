"""What the search looks through: one entry for each lesson, section, term, exercise and name.

Sphinx's own search weighs every page alike. Here an entry says what it is ("lesson 2.4",
"glossary"), so that ``finder.js`` can put lessons and headings first, and it has the names of torch
that a lesson uses and the messages of errors that it shows. The entries are a script, because from
disk a page can read nothing else.
"""

from __future__ import annotations

import inspect
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

import pytorch_primer
from course_site import store
from course_site.cache import kept
from course_site.exercise_boxes import anchor, exercise_title
from course_site.later import when_written
from course_site.lessons import is_practice
from course_site.scripts import lesson_of, outline_of, page_of
from pytorch_primer.exercises.exercise import load

NAME = "finder_data.js"
LEFT_OUT = (nodes.raw, nodes.comment, nodes.math, nodes.math_block, nodes.title)
TORCH = re.compile(r"\b(?:torch|nn|F|optim)(?:\.\w+)+|\.(\w+_?)\(")
NO_TOPIC = re.compile(r"Recap$|Exercises$|Practice$|Where to go next$|Lessons that use ")
ERROR = re.compile(r"\b\w*(?:Error|Warning)\b: [^\n]{0,160}")


def entry(
    kind: str, title: str, uri: str, text: str, names: str = "", note: str = "", heads: str = ""
) -> Any:
    """Make an entry: kind, title, address, text, names in its code, a line to show, headings.

    A word that is said often stands there up to four times.
    """
    said = Counter(re.findall(r"[a-z][a-z_0-9]+", text.lower()))
    words = [word for word in sorted(said) for _ in range(min(4, said[word].bit_length()))]
    return [kind, title, uri, " ".join(words), names, note, heads]


def own_text(section: nodes.section, whole: bool = False) -> str:
    """Give the text of a section, with its subsections if it is to be the whole."""
    found = []
    for child in section.children:
        if isinstance(child, LEFT_OUT) or (isinstance(child, nodes.section) and not whole):
            continue
        found += [
            text.astext()
            for text in child.findall(nodes.Text)
            if not isinstance(text.parent, LEFT_OUT) and not is_practice(text)
        ]
    return " ".join(found)


def code_names(doctree: nodes.Element) -> str:
    """Give the names of torch in the code of a page, and the errors that it shows."""
    found: list[str] = []
    for block in doctree.findall(nodes.literal_block):
        if block.get("language") == "none" and "Error" not in block.astext():
            continue
        text = block.astext()
        found += [match[0].strip(".(") for match in TORCH.finditer(text)]
        found += ERROR.findall(text)
    for literal in doctree.findall(nodes.literal):
        if not is_practice(literal):  # what it names may be an answer that is wrong
            found += literal.astext().split()
    counts = Counter(found)
    return " ".join(name for name in sorted(counts) for _ in range(min(3, counts[name])))


def sections(app: Sphinx, docname: str, doctree: nodes.document) -> Iterator[Any]:
    """Give an entry for a page and for each of its sections."""
    uri = app.builder.get_target_uri(docname)
    lesson = lesson_of(app.config, docname)
    facts = store.lessons_of(app.env).get(docname)
    top = next(doctree.findall(nodes.section), None)
    if top is None:
        return
    kind = f"lesson {lesson.number}" if lesson and facts else "page"
    headings = [s.astext() for s in top.findall(nodes.title)][1:]
    rubrics = [s.astext() for s in top.findall(nodes.rubric) if not NO_TOPIC.match(s.astext())]
    aims = list(facts.aims) if facts else []
    heads = " ".join([*headings, *rubrics, *aims])
    title, note = top[0].astext(), aims[0] if aims else ""
    yield entry(kind, title, uri, own_text(top, whole=True), code_names(top), note, heads)
    for section in top.findall(nodes.section):
        if section is top or NO_TOPIC.match(section[0].astext()):
            continue
        where = f"{uri}#{section['ids'][0]}"
        heading = section[0].astext()
        yield entry(f"in {kind}", heading, where, own_text(section), code_names(section), title)


def page_entries(app: Sphinx, docname: str) -> list[Any]:
    """Give the entries of a page: its sections, and the terms that it explains."""
    found: list[Any] = []
    doctree = app.env.get_doctree(docname)
    if not (docname.startswith(page_of(app.config, "")) and docname.endswith("/index")):
        found += sections(app, docname, doctree)
    for glossary in doctree.findall(addnodes.glossary):
        for item in glossary.findall(nodes.definition_list_item):
            term = next(item.findall(nodes.term))
            uri = f"{app.builder.get_target_uri(docname)}#{term['ids'][0]}"
            text = next(item.findall(nodes.definition)).astext()
            found.append(entry("glossary", term.astext(), uri, text, "", text.split(". ")[0]))
    return found


def exercise_entries(uris: dict[str, str]) -> list[Any]:
    """Give the entries of exercises, by the addresses at which they stand."""
    found = []
    for id, uri in uris.items():
        made = load(id)
        found.append(entry("exercise", exercise_title(made), uri, made.prompt, id, id))
    return found


def entries(app: Sphinx) -> Iterator[Any]:
    """Give all entries of the site."""
    env = app.env
    for docname in sorted(env.found_docs):
        doctree = Path(app.doctreedir, f"{docname}.doctree").read_bytes()
        yield from kept(
            app.doctreedir, f"finder/{docname}", [doctree], partial(page_entries, app, docname)
        )
    uris = {
        id: f"{app.builder.get_target_uri(page)}#{anchor(id)}"
        for id in outline_of(app.config).exercises
        for page in store.pages_of(env, id)[:1]
    }
    yield from kept(app.doctreedir, "finder", [repr(uris).encode()], lambda: exercise_entries(uris))
    objects = env.domains["py"].objects
    for name in pytorch_primer.__all__:
        if found := objects.get(f"pytorch_primer.{name}"):
            line = (inspect.getdoc(getattr(pytorch_primer, name)) or "").partition("\n")[0]
            uri = f"{app.builder.get_target_uri(found.docname)}#{found.node_id}"
            yield entry("reference", name, uri, line, name, line)


def write(app: Sphinx) -> None:
    """Write the entries beside the pages."""
    rows = json.dumps(list(entries(app)), ensure_ascii=False, separators=(",", ":"))
    Path(app.outdir, NAME).write_text(f"var FINDER_ENTRIES = {rows};\n", encoding="utf-8")


def take_place(app: Sphinx) -> None:
    """Have Sphinx make no index of its own, which no page of this site reads."""
    if isinstance(app.builder, StandaloneHTMLBuilder):
        app.builder.search = False


def setup(app: Sphinx) -> None:
    """Write when all pages are."""
    app.connect("builder-inited", take_place)
    when_written(app, write, priority=600)
