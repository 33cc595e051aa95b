"""The lessons as one course: their order, their syllabus, and plans of study.

``{syllabus}`` draws the lessons with what each assumes, clickable, and lists them with reading
time, run time and exercises. ``{course-plan}`` lists chosen lessons with the time that they take.
"Previous" and "next" of a lesson follow the course, across its parts.
"""

from __future__ import annotations

import re
import textwrap
from itertools import pairwise
from typing import Any, ClassVar

import pygraphviz
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from exercises import lesson_number
from lesson_header import LESSON, Lesson, lessons_of
from pytorch_primer.exercises.bank import CURRICULUM
from pytorch_primer.exercises.session import PARTS

logger = logging.getLogger(__name__)

MINUTES_PER_EXERCISE = 8
GRAPH = """digraph {{
graph [rankdir=TB bgcolor=transparent nodesep=0.12 ranksep=0.3]
node [shape=box style=rounded fontname="Helvetica,Arial,sans-serif" fontsize=11 height=0.35 \
margin="0.08,0.05"]
edge [arrowsize=0.6]
{body}
}}"""


class syllabus(nodes.General, nodes.Element):
    """Where the syllabus will stand."""


class course_plan(nodes.General, nodes.Element):
    """Where a plan will stand; its lessons and its limit are its attributes."""


class Syllabus(SphinxDirective):
    """Read ``{syllabus}``."""

    def run(self) -> list[nodes.Node]:
        """Leave a place: not all lessons have been read yet."""
        return [syllabus()]


class CoursePlan(SphinxDirective):
    """Read ``{course-plan}``: numbers of lessons, and the minutes that they may take."""

    has_content = True
    option_spec: ClassVar = {"minutes": directives.nonnegative_int}

    def run(self) -> list[nodes.Node]:
        """Leave a place: not all lessons have been read yet."""
        plan = course_plan(lessons=" ".join(self.content).split(), limit=self.options["minutes"])
        self.set_source_info(plan)
        return [plan]


def course(app: Sphinx) -> dict[str, tuple[str, Lesson]]:
    """Give page and facts of each lesson by its number, in the order of the course."""
    found = {}
    for docname, lesson in lessons_of(app.env).items():
        if number := lesson_number(app.env, docname):
            found[number] = (docname, lesson)
    return dict(sorted(found.items(), key=lambda item: [int(n) for n in item[0].split(".")]))


def link(app: Sphinx, start: str, docname: str, text: str) -> nodes.reference:
    """Link a page of the site."""
    uri = app.builder.get_relative_uri(start, docname)
    return nodes.reference("", text, refuri=uri, internal=True)


def graph_svg(app: Sphinx, docname: str) -> str:
    """Draw which lesson assumes which, each a link to its page, in the colours of the page."""
    lessons = course(app)
    folder = app.config.sphinx_gallery_conf["gallery_dirs"]
    numbers = {page: number for number, (page, _) in lessons.items()}
    body = []
    for number, (page, lesson) in lessons.items():
        words = "\\n".join(textwrap.wrap(lesson.title, 16)).replace('"', "'")
        title = f"{number}\\n{words}"
        uri = app.builder.get_relative_uri(docname, page)
        body.append(f'"{number}" [label="{title}" URL="{uri}"]')
        for assumed in filter(LESSON.fullmatch, lesson.assumes):
            body.append(f'"{numbers[f"{folder}/{assumed}"]}" -> "{number}"')
    drawn = pygraphviz.AGraph(string=GRAPH.format(body="\n".join(body)))
    drawn.layout(prog="dot")
    svg = drawn.draw(format="svg").decode("utf-8")
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<title>[^<]*</title>|<!--.*?-->", "", svg, flags=re.S)
    svg = svg.replace("<text ", '<text fill="currentColor" ')
    svg = re.sub(r'(stroke|fill)="black"', r'\1="currentColor"', svg)
    svg = re.sub(r' xlink:title="[^"]*"', "", svg)
    label = "Which lesson assumes which; the list below says the same in words."
    return svg.replace("<svg ", f'<svg role="group" aria-label="{label}" ', 1)


def lesson_list(app: Sphinx, docname: str) -> list[nodes.Node]:
    """List all lessons by part, with their times and exercises."""
    made: list[nodes.Node] = []
    for part, title in PARTS.items():
        items = nodes.bullet_list()
        for number, (page, lesson) in course(app).items():
            if not number.startswith(f"{part}."):
                continue
            line = nodes.paragraph("", f"{number} ")
            line += link(app, docname, page, lesson.title)
            line += nodes.Text(f": {facts_of(number, lesson)}")
            items += nodes.list_item("", line)
        made += [nodes.rubric("", f"{part} · {title}"), items]
    return made


def facts_of(number: str, lesson: Lesson) -> str:
    """Say how long a lesson takes to read and to run, and how many exercises it has."""
    count = len(CURRICULUM.get(number, ()))
    facts = [f"{lesson.reading_minutes} min to read"]
    if lesson.run_seconds is not None:
        facts.append(f"{max(1, round(lesson.run_seconds))} s to run")
    facts.append(f"{count} exercise{'s' * (count != 1)}" if count else "no exercises")
    return ", ".join(facts)


def plan_nodes(app: Sphinx, docname: str, plan: course_plan) -> list[nodes.Node]:
    """List the lessons of a plan, and say what time they take; warn where it is too long."""
    lessons = course(app)
    items, minutes = nodes.bullet_list(), 0
    for number in filter(lessons.__contains__, plan["lessons"]):
        page, lesson = lessons[number]
        exercises = len(CURRICULUM.get(number, ()))
        minutes += lesson.reading_minutes + MINUTES_PER_EXERCISE * exercises
        line = nodes.paragraph("", f"{number} ")
        line += link(app, docname, page, lesson.title)
        items += nodes.list_item("", line)
    if missing := [number for number in plan["lessons"] if number not in lessons]:
        logger.warning("a plan names lessons that are not there: %s", missing, location=plan)
    if minutes > plan["limit"]:
        logger.warning("a plan takes %s of %s minutes", minutes, plan["limit"], location=plan)
    words = (
        f"{minutes} minutes: the reading, and {MINUTES_PER_EXERCISE} for each exercise"
        if minutes < 120
        else f"{minutes / 60:.1f} hours: the reading, and {MINUTES_PER_EXERCISE} minutes for each"
        " exercise"
    )
    return [items, nodes.paragraph("", f"Together {words}.")]


def fill_places(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the syllabus and the plans where a page asks for them."""
    for place in list(doctree.findall(syllabus)):
        drawing = f'<div class="pp-graph" tabindex="0">{graph_svg(app, docname)}</div>'
        graph = nodes.raw("", drawing, format="html")
        place.replace_self([graph, *lesson_list(app, docname)])
    for plan in list(doctree.findall(course_plan)):
        plan.replace_self(plan_nodes(app, docname, plan))


def follow_course(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Let "previous" and "next" of a lesson lead through the lessons alone."""
    pages = [page for page, _ in course(app).values()]
    if pagename not in pages:
        return
    titles = {page: lesson.title for page, lesson in course(app).values()}
    ends: dict[str, str | None] = {"prev": None, "next": None}
    for before, after in pairwise(pages):
        if before == pagename:
            ends["next"] = after
        if after == pagename:
            ends["prev"] = before
    for key, page in ends.items():
        if page is not None:
            uri = app.builder.get_relative_uri(pagename, page)
            context[key] = {"link": uri, "title": titles[page]}


def setup(app: Sphinx) -> dict[str, Any]:
    """Add both directives, and lead through the course."""
    app.add_node(syllabus)
    app.add_node(course_plan)
    app.add_directive("syllabus", Syllabus)
    app.add_directive("course-plan", CoursePlan)
    app.connect("doctree-resolved", fill_places)
    app.connect("html-page-context", follow_course, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
