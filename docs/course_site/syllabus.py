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

from course_site.later import add_place, later_place
from course_site.lessons import LESSON, course, stops
from course_site.pages import as_html
from course_site.practice import data_attributes
from course_site.scripts import outline_of
from pytorch_primer.outline import StudyPlan, plan_lessons

logger = logging.getLogger(__name__)

MINUTES_PER_EXERCISE = 8


def lanes(app: Sphinx, docname: str, left: later_place) -> list[nodes.Element]:
    """Write a lane for each part, with a node for each lesson: its minutes, and what it assumes."""
    numbers = {stop.lesson.name: stop.lesson.number for stop in stops(app)}
    made = []
    for part, of_part in course(app):
        items = []
        for lesson, page, facts in of_part:
            uri = html.escape(app.builder.get_relative_uri(docname, page))
            count = len(lesson.exercises)
            time = f"{facts.reading_minutes} min"
            time += f" + {MINUTES_PER_EXERCISE * count} min practice" * bool(count)
            needs = ", ".join(numbers[name] for name in facts.assumes if name in numbers)
            items.append(
                f'<li><a href="{uri}" data-lesson="{lesson.name}"'
                f"{data_attributes(app, lesson.name)}>"
                f'<span class="row-number">'
                f"{lesson.number}</span> {html.escape(facts.title)}</a>"
                f'<span class="row-facts">{time}</span>'
                + (f'<span class="row-facts">after {needs}</span>' if needs else "")
                + "</li>"
            )
        made.append(
            f'<div class="lane part-{part.number}"><h2>{part.number} ·'
            f" {html.escape(part.title)}</h2><ol>{''.join(items)}</ol></div>"
        )
    return [nodes.raw("", f'<div class="lanes">{"".join(made)}</div>', format="html")]


def plan_section(app: Sphinx, docname: str, plan: StudyPlan) -> tuple[nodes.section, list[str]]:
    """List the lessons of a plan and say what time they take; give what is wrong with it, too."""
    known = {stop.lesson.name: stop for stop in stops(app)}
    assumed = {
        name: [item for item in stop.facts.assumes if LESSON.fullmatch(item)]
        for name, stop in known.items()
    }
    lessons, problems = plan_lessons(plan, outline_of(app.config), assumed)
    items, reading, doing = nodes.bullet_list(), 0, 0
    for name in (lesson.name for lesson in lessons if lesson.name in known):
        lesson, page, facts = known[name]
        reading += facts.reading_minutes
        doing += MINUTES_PER_EXERCISE * len(lesson.exercises) * plan.exercises
        uri = app.builder.get_relative_uri(docname, page)
        link = nodes.reference("", facts.title, refuri=uri, internal=True)
        items += nodes.list_item("", nodes.paragraph("", f"{lesson.number} ", link))
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


def plans(app: Sphinx, docname: str, left: later_place) -> list[nodes.Element]:
    """Give the sections of all plans, and warn of what is wrong with them."""
    made = [plan_section(app, docname, plan) for plan in outline_of(app.config).plans]
    for problem in (problem for _, problems in made for problem in problems):
        logger.warning("%s", problem, location=left, type="outline")
    return [section for section, _ in made]


def follow_course(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Let "previous" and "next" of a lesson lead through the lessons, and say what they bring."""
    for before, after in pairwise(stops(app)):
        for key, here, there in (("next", before, after), ("prev", after, before)):
            if here.page == pagename:
                lesson, page, facts = there
                context[key] = {
                    "link": app.builder.get_relative_uri(pagename, page),
                    "number": lesson.number,
                    "title": as_html(app.env.titles[page]),
                    "part": lesson.number[0] if "." in lesson.number else "1",
                    "sentence": sentence(facts.aims[0]),
                    "minutes": facts.reading_minutes,
                }


def sentence(text: str) -> str:
    """Write an aim as a sentence."""
    return f"{text[0].upper()}{text[1:].rstrip('.')}."


def setup(app: Sphinx) -> None:
    """Add both directives, and lead through the course."""
    add_place(app, "syllabus", lanes)
    add_place(app, "course-plans", plans)
    app.connect("html-page-context", follow_course, priority=400)
