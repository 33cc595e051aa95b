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
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

import pytorch_primer
from course_site import store
from course_site.exercise_boxes import anchor, exercise_title
from course_site.practice import practice_item
from course_site.scripts import lesson_of, outline_of
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
            if not isinstance(text.parent, LEFT_OUT) and not is_asked(text)
        ]
    return " ".join(found)


def is_asked(node: nodes.Node) -> bool:
    """Whether a node is part of a practice item: what it names may be an answer that is wrong."""
    while node.parent is not None and not isinstance(node, nodes.section):
        if isinstance(node, practice_item):
            return True
        node = node.parent
    return False


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
        if not is_asked(literal):
            found += literal.astext().split()
    counts = Counter(found)
    return " ".join(name for name in sorted(counts) for _ in range(min(3, counts[name])))


def sections(app: Sphinx, docname: str) -> Iterator[Any]:
    """Give an entry for a page and for each of its sections."""
    doctree = app.env.get_doctree(docname)
    uri = app.builder.get_target_uri(docname)
    lesson = lesson_of(app.config, docname)
    facts = store.lessons_of(app.env).get(docname)
    top = next(doctree.findall(nodes.section), None)
    if top is None:
        return
    kind = f"lesson {lesson.number}" if lesson and facts else "page"
    headings = [s.astext() for s in top.findall(nodes.title)][1:]
    rubrics = [s.astext() for s in top.findall(nodes.rubric)]
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


def entries(app: Sphinx) -> Iterator[Any]:
    """Give all entries of the site."""
    env, conf = app.env, app.config.sphinx_gallery_conf
    for docname in sorted(env.found_docs):
        index = docname.startswith(f"{conf['gallery_dirs']}/") and docname.endswith("/index")
        if not index:
            yield from sections(app, docname)
        for glossary in env.get_doctree(docname).findall(addnodes.glossary):
            for item in glossary.findall(nodes.definition_list_item):
                term = next(item.findall(nodes.term))
                uri = f"{app.builder.get_target_uri(docname)}#{term['ids'][0]}"
                text = next(item.findall(nodes.definition)).astext()
                yield entry("glossary", term.astext(), uri, text, "", text.split(". ")[0])
    for id in outline_of(app.config).exercises:
        for page in store.pages_of(env, id)[:1]:
            made, uri = load(id), f"{app.builder.get_target_uri(page)}#{anchor(id)}"
            yield entry("exercise", exercise_title(made), uri, made.prompt, id, id)
    objects = env.domains["py"].objects
    for name in pytorch_primer.__all__:
        if found := objects.get(f"pytorch_primer.{name}"):
            line = (inspect.getdoc(getattr(pytorch_primer, name)) or "").partition("\n")[0]
            uri = f"{app.builder.get_target_uri(found.docname)}#{found.node_id}"
            yield entry("reference", name, uri, line, name, line)


def write(app: Sphinx, error: Exception | None) -> None:
    """Write the entries beside the pages."""
    if error is not None or app.builder.format != "html":
        return
    rows = json.dumps(list(entries(app)), ensure_ascii=False, separators=(",", ":"))
    Path(app.outdir, NAME).write_text(f"var FINDER_ENTRIES = {rows};\n", encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Write when all pages are."""
    app.connect("build-finished", write, priority=600)
