"""The lessons as one course: their order, their syllabus, and plans of study.

``{syllabus}`` draws a lane for each part: its lessons with the minutes that they take, and the
lessons that each assumes. ``{course-plans}`` shows the plans of the outline with the time that
each takes; a plan that takes too long, or leaves out what its lessons assume, fails the build.
"Previous" and "next" of a lesson follow the course, across its parts.
"""

from __future__ import annotations

import html
from itertools import pairwise
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from course_site.lessons import LESSON
from course_site.practice import data_attributes
from course_site.scripts import outline_of, page_of
from course_site.store import LessonFacts, lessons_of
from pytorch_primer.outline import Lesson, StudyPlan, plan_lessons

logger = logging.getLogger(__name__)

MINUTES_PER_EXERCISE = 8


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


def lanes(app: Sphinx, docname: str) -> str:
    """Write a lane for each part, with a node for each lesson: its minutes, and what it assumes."""
    known = {lesson.name: (lesson, page, facts) for lesson, page, facts in course(app)}
    made = []
    for part in outline_of(app.config).parts:
        stops = []
        for lesson, page, facts in (known[x.name] for x in part.lessons if x.name in known):
            uri = html.escape(app.builder.get_relative_uri(docname, page))
            before = [known[x][0] for x in facts.assumes if x in known]
            count = len(lesson.exercises)
            time = f"{facts.reading_minutes} min"
            time += f" + {MINUTES_PER_EXERCISE * count} min practice" * bool(count)
            needs = ", ".join(each.number for each in before)
            stops.append(
                f'<li><a href="{uri}" data-lesson="{lesson.name}"'
                f"{data_attributes(app, lesson.name)}>"
                f'<span class="row-number">'
                f"{lesson.number}</span> {html.escape(facts.title)}</a>"
                f'<span class="row-facts">{time}</span>'
                + (f'<span class="row-facts">after {needs}</span>' if needs else "")
                + "</li>"
            )
        if stops:
            made.append(
                f'<div class="lane part-{part.number}"><h2>{part.number} ·'
                f" {html.escape(part.title)}</h2><ol>{''.join(stops)}</ol></div>"
            )
    return f'<div class="lanes">{"".join(made)}</div>'


def lesson_line(
    app: Sphinx, docname: str, lesson: Lesson, page: str, facts: LessonFacts
) -> nodes.paragraph:
    """Begin a line with the number of a lesson and a link to it."""
    line = nodes.paragraph("", f"{lesson.number} ")
    line += link(app, docname, page, facts.title)
    return line


def plan_section(app: Sphinx, docname: str, plan: StudyPlan) -> tuple[nodes.section, list[str]]:
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
        place.replace_self(nodes.raw("", lanes(app, docname), format="html"))
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
