"""The course at a glance: the home page, and the rows in which lessons and parts are listed.

``{course-hero}`` has the promise, two ways to begin, and counts that this build took; what stands
in it is shown beside them. ``{course-parts}`` lists the parts with what one can do afterwards.
``{course-proof}`` shows a sentence of a lesson, its assertion, and what the build says of the same
sentence with another number: what it says now, not once. The pages that sphinx-gallery makes of its
folders get one row a lesson.
"""

from __future__ import annotations

import html
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging

from course_site import numbers
from course_site.cache import kept
from course_site.later import Place, add_place, computed, later_place
from course_site.lessons import Stop, course, install_line, launch_links, stops, stops_of
from course_site.practice import data_attributes
from course_site.scripts import outline_of, page_of
from course_site.store import lessons_of
from course_site.syllabus import MINUTES_PER_EXERCISE, sentence
from pytorch_primer.outline import Lesson, Part

logger = logging.getLogger(__name__)


class CourseHero(Place):
    """Read ``{course-hero}``."""

    has_content = True
    option_spec: ClassVar = {"start": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Put what it contains beside the place for words and counts."""
        beside = nodes.container("", *self.parse_content_to_nodes(), classes=["hero-beside"])
        return [*super().run(), beside]


class CourseProof(Place):
    """Read ``{course-proof}``."""

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
    return sum(numbers.count_assertions(app, script) for script in scripts if script.exists())


def minutes(lessons: list[Stop]) -> int:
    """Give the time for lessons with their exercises."""
    exercises = sum(len(stop.lesson.exercises) for stop in lessons)
    return sum(stop.facts.reading_minutes for stop in lessons) + MINUTES_PER_EXERCISE * exercises


def plural(count: int, word: str) -> str:
    """Say how many there are."""
    return f"{count} {word}{'s' * (count != 1)}"


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


def hero(app: Sphinx, docname: str, left: later_place) -> str:
    """Write two ways to begin, the counts, and the line that installs the package."""
    read, start = stops(app), left["start"]
    exercises = len(outline_of(app.config).exercises)
    notebook = f"{start}.ipynb"
    launch = launch_links(app.config.repository_url, "", notebook)
    name, target = launch[0] if launch else ("Download the course", "downloads/course.zip")
    counts = (
        f"<b>{len(read)}</b> lessons · <b>{minutes(read) / 60:.0f}</b> hours ·"
        f" <b>{exercises}</b> exercises · <b>{count_assertions(app):,}</b>"
        " assertions, all passed · no GPU, no account"
    )
    facts = lessons_of(app.env)[start]
    return (
        '<div class="hero-words"><p class="hero-actions">'
        f'<a class="action" href="{address(app, docname, start)}">{html.escape(facts.title)}</a>'
        f'<a class="action action-second" href="{html.escape(target)}">{name}</a></p>'
        f'<p class="counts">{counts}</p>{install_line(app.config.html_baseurl)}</div>'
    )


def part_rows(app: Sphinx, docname: str, left: later_place) -> str:
    """Write a row for each part: what one can do afterwards, and how long it takes."""
    rows = []
    for part, read in course(app):
        index = page_of(app.config, f"{part.folder}/index")
        pictograms = "".join(pictogram(app, each.lesson) for each in read)
        can = "".join(
            f"<code>{html.escape(text)}</code>" if odd % 2 else html.escape(text)
            for odd, text in enumerate(part.can.split("`"))
        )
        rows.append(
            f'<li class="part-row part-{part.number}"><span class="row-number">{part.number}</span>'
            f'<div><a href="{address(app, docname, index)}">'
            f"{html.escape(part.title)}</a><p>{can}</p></div>"
            f'<span class="pictograms">{pictograms}</span>'
            f'<span class="row-facts">{plural(len(read), "lesson")} · {minutes(read)} min with'
            " exercises</span></li>"
        )
    return f'<ol class="rows">{"".join(rows)}</ol>'


def proof(app: Sphinx, docname: str, left: later_place) -> str:
    """Show a sentence, its assertion, and what the build says when the number is another."""
    lesson, text, wrong = left["lesson"], left["sentence"], left["wrong"]
    script = script_of(app, lesson)
    lines = script.read_text("utf-8").splitlines()
    row = next((n for n, line in enumerate(lines, 1) if left["assertion"] in line), 0)
    right = left["assertion"].split()[-1]
    source = page_of(app.config, lesson)
    sources = (Path(app.doctreedir, f"{source}.doctree").read_bytes(), script.read_bytes())

    def complaints() -> list[str]:
        doctree = app.env.get_doctree(source)
        proofs = numbers.proofs_of(doctree, script)
        changed = [
            (claim.changed(claim.numbers[0], float(wrong)), cell)
            for block, cell in numbers.prose(doctree)
            if text in " ".join(block.astext().split())
            for claim in numbers.claims_of(source, block)
            if claim.text.strip() == right
        ]
        return [proofs.complaint(*claim) for claim in changed if not proofs.prove(*claim)]

    asked = " ".join([text, right, wrong]).encode()
    found = kept(app.doctreedir, "proof", (*sources, asked), complaints)
    if not row or len(found) != 1:
        logger.warning("the proof is no longer one of lesson %s", lesson, location=left)
        return ""
    (said,) = found
    marked = html.escape(text).replace(right, f"<mark>{right}</mark>")
    facts = lessons_of(app.env)[source]
    number = next(each.number for each in outline_of(app.config).lessons if each.name == lesson)
    page = address(app, "index", source)
    return (
        f'<div class="proof part-{number[0]}"><div><p class="proof-sentence">“{marked}”</p>'
        f'<p class="proof-from">from <a href="{page}">{number} {html.escape(facts.title)}</a></p>'
        f'</div><div class="proof-code"><p class="proof-label">In the source, line {row}</p>'
        f"<pre>{html.escape(left['assertion'])}</pre>"
        f'<p class="proof-label">With {wrong} in the sentence, the build ends</p>'
        f'<pre class="proof-fails">{html.escape(said)}</pre></div></div>'
    )


def lesson_rows(app: Sphinx, docname: str, part: Part) -> str:
    """Write a row for each lesson of a part."""
    rows = []
    for lesson, page, facts in stops_of(app, part):
        count = len(lesson.exercises)
        extent = f"{facts.reading_minutes} min" + (f" · {plural(count, 'exercise')}" * bool(count))
        rows.append(
            f'<li class="lesson-row"><span class="row-number">{lesson.number}</span>'
            f'<span class="pictograms">{pictogram(app, lesson)}</span>'
            f'<div><a href="{address(app, docname, page)}"'
            f' data-lesson="{lesson.name}"{data_attributes(app, lesson.name)}>'
            f"{html.escape(facts.title)}</a>"
            f"<p>{html.escape(sentence(facts.aims[0]))}</p></div>"
            f'<span class="row-facts">{extent}</span></li>'
        )
    return f'<ol class="rows part-{part.number}">{"".join(rows)}</ol>'


def replace_cards(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put one row a lesson where sphinx-gallery has cards."""
    parts = {page_of(app.config, f"{p.folder}/index"): p for p in outline_of(app.config).parts}
    if docname not in (page_of(app.config, "index"), *parts):
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
            section.append(computed(lesson_rows(app, docname, part)))


def part_of_cards(section: nodes.section, parts: list[Part]) -> Part | None:
    """Give the part to whose lessons the cards of a section lead."""
    own = (child for child in section.children if not isinstance(child, nodes.section))
    links = (link for child in own for link in child.findall(nodes.reference))
    folder = next((link.get("refuri", "").partition("/")[0] for link in links), "")
    return next((part for part in parts if part.folder == folder), None)


def setup(app: Sphinx) -> None:
    """Add the directives, and replace sphinx-gallery's cards."""
    add_place(app, "course-hero", hero, CourseHero)
    add_place(app, "course-parts", part_rows)
    add_place(app, "course-proof", proof, CourseProof)
    app.connect("doctree-resolved", replace_cards)
