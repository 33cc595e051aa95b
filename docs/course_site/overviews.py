"""The course at a glance: the home page, and the rows in which lessons and parts are listed.

``{course-hero}`` has the promise, two ways to begin, and counts that this build took; what stands
in it is shown beside them. ``{course-parts}`` lists the parts with what one can do afterwards.
``{course-proof}`` shows a sentence of a lesson, its assertion, and what the build says of the same
sentence with another number: what it says now, not once. The pages that sphinx-gallery makes of its
folders get one row a lesson.
"""

from __future__ import annotations

import ast
import html
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from course_site import numbers
from course_site.cache import kept
from course_site.lessons import install_line, launch_links
from course_site.practice import data_attributes
from course_site.scripts import outline_of, page_of
from course_site.store import LessonFacts, lessons_of
from course_site.syllabus import MINUTES_PER_EXERCISE
from pytorch_primer.outline import Lesson, Part

logger = logging.getLogger(__name__)

TAGS = "sg-tag-list"


class overview(nodes.General, nodes.Element):  # docutils names nodes so
    """Where a view of the whole course will stand; its `kind` says which."""


class Overview(SphinxDirective):
    """Leave a place for a view of the course: not all lessons have been read yet."""

    kind: ClassVar[str]

    def run(self) -> list[nodes.Node]:
        """Make the place."""
        return [self.place()]

    def place(self) -> overview:
        """Give a place with the options in it."""
        place = overview(kind=self.kind, **self.options)
        self.set_source_info(place)
        return place


class CourseHero(Overview):
    """Read ``{course-hero}``."""

    kind = "hero"
    has_content = True
    option_spec: ClassVar = {"start": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Put what it contains beside the place for words and counts."""
        beside = nodes.container("", *self.parse_content_to_nodes(), classes=["hero-beside"])
        return [self.place(), beside]


class CourseParts(Overview):
    """Read ``{course-parts}``."""

    kind = "parts"


class CourseProof(Overview):
    """Read ``{course-proof}``."""

    kind = "proof"
    option_spec: ClassVar = dict.fromkeys(
        ("lesson", "sentence", "assertion", "wrong"), directives.unchanged_required
    )


# -- facts -----------------------------------------------------------------------------------------


def script_of(app: Sphinx, lesson: str) -> Path:
    """Give the script of a lesson."""
    conf = app.config.sphinx_gallery_conf
    return Path(app.srcdir, conf["examples_dirs"], f"{lesson}.py")


def count_assertions(app: Sphinx) -> int:
    """Count the assertions of all lessons that can fail."""
    scripts = (script_of(app, lesson.name) for lesson in outline_of(app.config).lessons)
    texts = [script.read_bytes() for script in scripts if script.exists()]

    def count() -> int:
        return sum(len(list(numbers.assertions(ast.parse(text)))) for text in texts)

    return kept(app.doctreedir, "assertions", texts, count)


def told(app: Sphinx, lesson: Lesson) -> LessonFacts | None:
    """Give what a lesson says of itself, if it was read."""
    return lessons_of(app.env).get(page_of(app.config, lesson.name))


def minutes(lesson: Lesson, facts: LessonFacts) -> int:
    """Give the time for a lesson with its exercises."""
    return facts.reading_minutes + MINUTES_PER_EXERCISE * len(lesson.exercises)


def plural(count: int, word: str) -> str:
    """Say how many there are."""
    return f"{count} {word}{'s' * (count != 1)}"


def sentence(text: str) -> str:
    """Write an aim as a sentence."""
    return f"{text[0].upper()}{text[1:].rstrip('.')}."


def pictogram(app: Sphinx, lesson: Lesson) -> str:
    """Give the drawing that stands for a lesson, if it has one."""
    path = Path(app.srcdir, "pictograms", f"{lesson.name}.svg")
    if not path.exists():
        return ""
    return path.read_text("utf-8").strip().replace("<svg ", '<svg aria-hidden="true" ', 1)


def address(app: Sphinx, start: str, page: str) -> str:
    """Give the relative address of a page."""
    return html.escape(app.builder.get_relative_uri(start, page))


# -- views -----------------------------------------------------------------------------------------


def hero(app: Sphinx, docname: str, place: overview) -> str:
    """Write two ways to begin, the counts, and the line that installs the package."""
    outline = outline_of(app.config)
    read = [(lesson, facts) for lesson in outline.lessons if (facts := told(app, lesson))]
    hours = sum(minutes(lesson, facts) for lesson, facts in read) / 60
    start = place["start"]
    notebook = f"{start}.ipynb"
    launch = launch_links(app.config.repository_url, "", notebook)
    name, target = launch[0] if launch else ("Download the course", "downloads/course.zip")
    counts = (
        f"<b>{len(read)}</b> lessons · <b>{hours:.0f}</b> hours ·"
        f" <b>{len(outline.exercises)}</b> exercises · <b>{count_assertions(app):,}</b>"
        " assertions, all passed · no GPU, no account"
    )
    facts = lessons_of(app.env)[start]
    return (
        '<div class="hero-words"><p class="hero-actions">'
        f'<a class="action" href="{address(app, docname, start)}">{html.escape(facts.title)}</a>'
        f'<a class="action action-second" href="{html.escape(target)}">{name}</a></p>'
        f'<p class="counts">{counts}</p>{install_line(app.config.html_baseurl)}</div>'
    )


def part_rows(app: Sphinx, docname: str) -> str:
    """Write a row for each part: what one can do afterwards, and how long it takes."""
    folder = app.config.sphinx_gallery_conf["gallery_dirs"]
    rows = []
    for part in outline_of(app.config).parts:
        read = [(lesson, facts) for lesson in part.lessons if (facts := told(app, lesson))]
        if not read:
            continue
        total = sum(minutes(*each) for each in read)
        can = "".join(
            f"<code>{html.escape(text)}</code>" if odd % 2 else html.escape(text)
            for odd, text in enumerate(part.can.split("`"))
        )
        rows.append(
            f'<li class="part-row part-{part.number}"><span class="row-number">{part.number}</span>'
            f'<div><a href="{address(app, docname, f"{folder}/{part.folder}/index")}">'
            f"{html.escape(part.title)}</a><p>{can}</p></div>"
            f'<span class="pictograms">{"".join(pictogram(app, each) for each, _ in read)}</span>'
            f'<span class="row-facts">{plural(len(read), "lesson")} · {total} min with exercises'
            "</span></li>"
        )
    return f'<ol class="rows">{"".join(rows)}</ol>'


def proof(app: Sphinx, place: overview) -> str:
    """Show a sentence, its assertion, and what the build says when the number is another."""
    lesson, text, wrong = place["lesson"], place["sentence"], place["wrong"]
    script = script_of(app, lesson)
    lines = script.read_text("utf-8").splitlines()
    row = next((n for n, line in enumerate(lines, 1) if place["assertion"] in line), 0)
    right = place["assertion"].split()[-1]
    docname = page_of(app.config, lesson)
    sources = (Path(app.doctreedir, f"{docname}.doctree").read_bytes(), script.read_bytes())

    def complaints() -> list[str]:
        doctree = app.env.get_doctree(docname)
        proofs = numbers.proofs_of(doctree, script)
        changed = [
            (claim.changed(claim.numbers[0], float(wrong)), cell)
            for block, cell in numbers.prose(doctree)
            if text in " ".join(block.astext().split())
            for claim in numbers.claims_of(docname, block)
            if claim.text.strip() == right
        ]
        return [proofs.complaint(*claim) for claim in changed if not proofs.prove(*claim)]

    asked = " ".join([text, right, wrong]).encode()
    found = kept(app.doctreedir, "proof", (*sources, asked), complaints)
    if not row or len(found) != 1:
        logger.warning("the proof is no longer one of lesson %s", lesson, location=place)
        return ""
    (said,) = found
    marked = html.escape(text).replace(right, f"<mark>{right}</mark>")
    facts = lessons_of(app.env)[docname]
    number = next(each.number for each in outline_of(app.config).lessons if each.name == lesson)
    page = address(app, "index", docname)
    return (
        f'<div class="proof part-{number[0]}"><div><p class="proof-sentence">“{marked}”</p>'
        f'<p class="proof-from">from <a href="{page}">{number} {html.escape(facts.title)}</a></p>'
        f'</div><div class="proof-code"><p class="proof-label">In the source, line {row}</p>'
        f"<pre>{html.escape(place['assertion'])}</pre>"
        f'<p class="proof-label">With {wrong} in the sentence, the build ends</p>'
        f'<pre class="proof-fails">{html.escape(said)}</pre></div></div>'
    )


def lesson_rows(app: Sphinx, docname: str, part: Part) -> str:
    """Write a row for each lesson of a part."""
    rows = []
    for lesson in part.lessons:
        if not (facts := told(app, lesson)):
            continue
        count = len(lesson.exercises)
        extent = f"{facts.reading_minutes} min" + (f" · {plural(count, 'exercise')}" * bool(count))
        rows.append(
            f'<li class="lesson-row"><span class="row-number">{lesson.number}</span>'
            f'<span class="pictograms">{pictogram(app, lesson)}</span>'
            f'<div><a href="{address(app, docname, page_of(app.config, lesson.name))}"'
            f' data-lesson="{lesson.name}"{data_attributes(app, lesson.name)}>'
            f"{html.escape(facts.title)}</a>"
            f"<p>{html.escape(sentence(facts.aims[0]))}</p></div>"
            f'<span class="row-facts">{extent}</span></li>'
        )
    return f'<ol class="rows part-{part.number}">{"".join(rows)}</ol>'


def raw(text: str) -> nodes.raw:
    """Make a node of HTML."""
    return nodes.raw("", text, format="html", classes=["computed"])


def fill_places(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the views where a page asks for them."""
    for place in list(doctree.findall(overview)):
        if place["kind"] == "hero":
            text = hero(app, docname, place)
        elif place["kind"] == "parts":
            text = part_rows(app, docname)
        else:
            text = proof(app, place)
        place.replace_self(raw(text))


def replace_cards(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put one row a lesson where sphinx-gallery has cards."""
    folder = app.config.sphinx_gallery_conf["gallery_dirs"]
    parts = {f"{folder}/{part.folder}/index": part for part in outline_of(app.config).parts}
    if docname not in (f"{folder}/index", *parts):
        return
    for section in doctree.findall(nodes.section):
        part = parts.get(docname) or part_of_cards(section, list(parts.values()))
        seen = 0
        for node in list(section.children[1:]):
            seen += isinstance(node, nodes.paragraph)
            words = isinstance(node, nodes.paragraph) and (seen == 1 or part is None)
            if not (words or isinstance(node, nodes.section)):
                section.remove(node)
        if part:
            section["classes"].append(f"part-{part.number}")
            section.append(raw(lesson_rows(app, docname, part)))


def part_of_cards(section: nodes.section, parts: list[Part]) -> Part | None:
    """Give the part to whose lessons the cards of a section lead."""
    for child in section.children:
        if not isinstance(child, nodes.section):
            for link in child.findall(nodes.reference):
                folder = link.get("refuri", "").partition("/")[0]
                return next((part for part in parts if part.folder == folder), None)
    return None


def setup(app: Sphinx) -> None:
    """Add the directives, and fill their places."""
    app.add_node(overview)
    for name, directive in (
        ("course-hero", CourseHero),
        ("course-parts", CourseParts),
        ("course-proof", CourseProof),
    ):
        app.add_directive(name, directive)
    app.connect("doctree-resolved", fill_places)
    app.connect("doctree-resolved", replace_cards)
