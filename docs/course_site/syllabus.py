"""The lessons as one course: their order, their syllabus, and plans of study.

``{syllabus}`` draws the lessons with what each assumes, clickable, and lists them with reading
time, run time and exercises. ``{course-plans}`` shows the plans of the outline with the time that
each takes; a plan that takes too long, or leaves out what its lessons assume, fails the build.
"Previous" and "next" of a lesson follow the course, across its parts.
"""

from __future__ import annotations

import re
import textwrap
from itertools import pairwise
from typing import Any

import pygraphviz
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from course_site.lessons import LESSON
from course_site.scripts import outline_of, page_of
from course_site.store import LessonFacts, lessons_of
from pytorch_primer.outline import Lesson, Plan, plan_lessons

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


class course_plans(nodes.General, nodes.Element):
    """Where the plans will stand."""


class Syllabus(SphinxDirective):
    """Read ``{syllabus}``."""

    def run(self) -> list[nodes.Node]:
        """Leave a place: not all lessons have been read yet."""
        return [syllabus()]


class CoursePlans(SphinxDirective):
    """Read ``{course-plans}``."""

    def run(self) -> list[nodes.Node]:
        """Leave a place: not all lessons have been read yet."""
        place = course_plans()
        self.set_source_info(place)
        return [place]


def course(app: Sphinx) -> list[tuple[Lesson, str, LessonFacts]]:
    """Give the lessons that were read, in the order of the course, each with page and facts."""
    facts = lessons_of(app.env)
    found = []
    for lesson in outline_of(app.config).lessons:
        page = page_of(app.config, lesson.name)
        if page in facts:
            found.append((lesson, page, facts[page]))
    return found


def link(app: Sphinx, start: str, docname: str, text: str) -> nodes.reference:
    """Link a page of the site."""
    uri = app.builder.get_relative_uri(start, docname)
    return nodes.reference("", text, refuri=uri, internal=True)


def graph_svg(app: Sphinx, docname: str) -> str:
    """Draw which lesson assumes which, each a link to its page, in the colours of the page."""
    lessons = course(app)
    numbers = {lesson.name: lesson.number for lesson, _, _ in lessons}
    body = []
    for lesson, page, facts in lessons:
        words = "\\n".join(textwrap.wrap(facts.title, 16)).replace('"', "'")
        uri = app.builder.get_relative_uri(docname, page)
        body.append(f'"{lesson.number}" [label="{lesson.number}\\n{words}" URL="{uri}"]')
        for assumed in filter(LESSON.fullmatch, facts.assumes):
            body.append(f'"{numbers[assumed]}" -> "{lesson.number}"')
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
    for part in outline_of(app.config).parts:
        items = nodes.bullet_list()
        for lesson, page, facts in course(app):
            if lesson in part.lessons:
                line = lesson_line(app, docname, lesson, page, facts)
                line += nodes.Text(f": {facts_of(lesson, facts)}")
                items += nodes.list_item("", line)
        if items.children:
            made += [nodes.rubric("", f"{part.number} · {part.title}"), items]
    return made


def lesson_line(
    app: Sphinx, docname: str, lesson: Lesson, page: str, facts: LessonFacts
) -> nodes.paragraph:
    """Begin a line with the number of a lesson and a link to it."""
    line = nodes.paragraph("", f"{lesson.number} ")
    line += link(app, docname, page, facts.title)
    return line


def facts_of(lesson: Lesson, facts: LessonFacts) -> str:
    """Say how long a lesson takes to read and to run, and how many exercises it has."""
    count = len(lesson.exercises)
    said = [f"{facts.reading_minutes} min to read"]
    if facts.run_seconds is not None:
        said.append(f"{max(1, round(facts.run_seconds))} s to run")
    said.append(f"{count} exercise{'s' * (count != 1)}" if count else "no exercises")
    return ", ".join(said)


def plan_section(app: Sphinx, docname: str, plan: Plan) -> tuple[nodes.section, list[str]]:
    """List the lessons of a plan and say what time they take; give what is wrong with it, too."""
    known = {lesson.name: (lesson, page, facts) for lesson, page, facts in course(app)}
    assumed = {
        name: [item for item in facts.assumes if LESSON.fullmatch(item)]
        for name, (_, _, facts) in known.items()
    }
    lessons, problems = plan_lessons(plan, outline_of(app.config), assumed)
    items, reading, doing = nodes.bullet_list(), 0, 0
    for name in (lesson.name for lesson in lessons if lesson.name in known):
        lesson, page, facts = known[name]
        reading += facts.reading_minutes
        doing += MINUTES_PER_EXERCISE * len(lesson.exercises) * plan.exercises
        items += nodes.list_item("", lesson_line(app, docname, lesson, page, facts))
    if reading + doing > plan.minutes:
        problems.append(
            f"the plan {plan.title!r} takes {reading + doing} of {plan.minutes} minutes"
        )
    words = f"Together {duration(reading)} to read"
    if plan.exercises:
        words += f", and {duration(doing)} of exercises, {MINUTES_PER_EXERCISE} minutes for each"
    section = nodes.section(ids=[nodes.make_id(plan.title)])
    section += [nodes.title("", plan.title), items, nodes.paragraph("", f"{words}.")]
    return section, problems


def duration(minutes: int) -> str:
    """Say a time in minutes, or in hours if it is long."""
    return f"{minutes} minutes" if minutes < 120 else f"{minutes / 60:.1f} hours"


def fill_places(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the syllabus and the plans where a page asks for them."""
    for place in list(doctree.findall(syllabus)):
        drawing = f'<div class="pp-graph" tabindex="0">{graph_svg(app, docname)}</div>'
        graph = nodes.raw("", drawing, format="html")
        place.replace_self([graph, *lesson_list(app, docname)])
    for plans in list(doctree.findall(course_plans)):
        made = [plan_section(app, docname, plan) for plan in outline_of(app.config).plans]
        for problem in (problem for _, problems in made for problem in problems):
            logger.warning("%s", problem, location=plans, type="outline")
        plans.replace_self([section for section, _ in made])


def follow_course(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Let "previous" and "next" of a lesson lead through the lessons alone."""
    titles = {page: facts.title for _, page, facts in course(app)}
    if pagename not in titles:
        return
    ends: dict[str, str | None] = {"prev": None, "next": None}
    for before, after in pairwise(titles):
        if before == pagename:
            ends["next"] = after
        if after == pagename:
            ends["prev"] = before
    for key, page in ends.items():
        if page is not None:
            uri = app.builder.get_relative_uri(pagename, page)
            context[key] = {"link": uri, "title": titles[page]}


def setup(app: Sphinx) -> None:
    """Add both directives, and lead through the course."""
    app.add_node(syllabus)
    app.add_node(course_plans)
    app.add_directive("syllabus", Syllabus)
    app.add_directive("course-plans", CoursePlans)
    app.connect("doctree-resolved", fill_places)
    app.connect("html-page-context", follow_course, priority=400)
