"""The glossary: letters to jump to, and the lesson in which each term is taught.

A term is taught in the first lesson of the course that links it; a lesson links a term where it
explains it.
"""

from __future__ import annotations

import html
from itertools import groupby

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

from course_site import store
from course_site.lessons import Stop, stops


def note_terms(app: Sphinx, doctree: nodes.document) -> None:
    """Note which terms of the glossary a page links."""
    for link in doctree.findall(addnodes.pending_xref):
        if link.get("reftype") == "term":
            store.record(app.env, app.env.docname).terms.add(link["reftarget"].lower())


def taught_in(app: Sphinx, term: str) -> Stop | None:
    """Give the first lesson that links a term."""
    linked = (s for s in stops(app) if term.lower() in store.record(app.env, s.page).terms)
    return next(linked, None)


def finish_glossary(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put letters before a glossary, and behind each definition where it is taught."""
    for glossary in list(doctree.findall(addnodes.glossary)):
        terms = list(glossary.findall(nodes.term))
        firsts = [
            next(group) for _, group in groupby(terms, key=lambda term: term.astext()[0].upper())
        ]
        letters = "".join(
            f'<a href="#{term["ids"][0]}">{html.escape(term.astext()[0].upper())}</a>'
            for term in firsts
            if term["ids"]
        )
        nav = f'<nav class="letters" aria-label="Letters">{letters}</nav>'
        glossary.parent.insert(glossary.parent.index(glossary), nodes.raw("", nav, format="html"))
        for item in glossary.findall(nodes.definition_list_item):
            term = next(item.findall(nodes.term)).astext()
            if not (found := taught_in(app, term)):
                continue
            uri = html.escape(app.builder.get_relative_uri(docname, found.page))
            title = f"{found.lesson.number} {html.escape(found.facts.title)}"
            text = f'<p class="taught">Taught in <a href="{uri}">{title}</a></p>'
            next(item.findall(nodes.definition)).append(nodes.raw("", text, format="html"))


def setup(app: Sphinx) -> None:
    """Note terms while pages are read, and finish the glossary when all were."""
    app.connect("doctree-read", note_terms)
    app.connect("doctree-resolved", finish_glossary)
