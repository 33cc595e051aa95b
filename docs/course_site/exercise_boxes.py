"""Exercises on the pages: ``.. exercise:: x_grad`` and ``.. exercise-index::``.

An exercise's text, starter, hints and solution come from the one place where it is defined. The
build fails if its solution, as shown, does not pass its own check; if a lesson lacks an exercise
that the curriculum gives it; and if an exercise stands on two pages.
"""

from __future__ import annotations

import html
import re
import sys
from textwrap import indent
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from course_site import store
from course_site.doctrees import box
from course_site.later import add_place, later_place
from course_site.scripts import outline_of, page_of
from pytorch_primer.exercises.checking import judge
from pytorch_primer.exercises.exercise import Exercise, load, written_ids
from pytorch_primer.outline import Lesson

logger = logging.getLogger(__name__)

HARDEST = 3
TEMPLATE = """\
.. code-block:: python

{code}

{hints}

.. dropdown:: Solution

   .. code-block:: python

{solution}
"""
HINT = """\
.. dropdown:: Hint {number}

   {text}
"""


class exercise_box(nodes.container):  # docutils names nodes so
    """An exercise: title, text, and the rest; its id and code are its attributes."""


def anchor(id: str) -> str:
    """Give the anchor of an exercise on its page."""
    return f"exercise-{id.replace('_', '-')}"


def starter_code(made: Exercise) -> str:
    """Give what a reader copies: imports, starter and the line that checks."""
    imports = "\n".join([made.source.imports, "\nfrom pytorch_primer import check"]).strip()
    return f'{imports}\n\n\n{made.source.starter}\n\n\ncheck("{made.id}", {made.id})'


def difficulty(made: Exercise) -> str:
    """Write the difficulty as dots."""
    return "●" * made.difficulty + "○" * (HARDEST - made.difficulty)


def rst_of(made: Exercise) -> str:
    """Write what follows the text of an exercise, in reST: code, hints, solution."""
    hints = (
        HINT.format(number=number, text=re.sub(r"`([^`]+)`", r"``\1``", text))
        for number, text in enumerate(made.hints, 1)
    )
    return TEMPLATE.format(
        code=indent(starter_code(made), "   "),
        hints="\n".join(hints),
        solution=indent(made.source.solution, "      "),
    )


class ExerciseDirective(SphinxDirective):
    """Put one exercise on the page; ``:aim:`` says which aims of the lesson it assesses."""

    required_arguments = 1
    option_spec: ClassVar = {"aim": directives.positive_int_list}

    def run(self) -> list[nodes.Node]:
        """Read the exercise, prove its solution and make its box."""
        id = self.arguments[0]
        if id not in written_ids():
            raise self.error(f"there is no exercise {id!r}")
        made = load(id)
        namespace: dict[str, Any] = {}
        exec(
            compile(f"{made.source.imports}\n{made.source.solution}", f"<{id}>", "exec"), namespace
        )
        result = judge(id, namespace[id])
        if not result:
            raise self.error(f"the solution of {id!r} fails its own check: {result.message}")
        kept = store.record(self.env, self.env.docname)
        kept.exercises.append(id)
        kept.exercise_aims[id] = tuple(self.options.get("aim", ()))
        box = exercise_box(ids=[anchor(id)], exercise=id, code=starter_code(made))
        title = nodes.paragraph(classes=["exercise-title"])
        title += [nodes.strong("", exercise_title(made)), nodes.Text(" "), nodes.literal("", id)]
        title += nodes.Text(" ")
        title += nodes.inline("", difficulty(made), classes=["exercise-difficulty"])
        prompt = nodes.container("", *self.parse_text_to_nodes(made.prompt))
        box += [title, prompt, *self.parse_text_to_nodes(rst_of(made))]
        self.set_source_info(box)
        return [box]


def check_pages(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of exercises that stand on a wrong page, on two pages, or on none of theirs."""
    for lesson in outline_of(app.config).lessons:
        page = page_of(app.config, lesson.name)
        own = [page] if page in store.lessons_of(env) else []
        for id in lesson.exercises:
            found = store.pages_of(env, id)
            if found != own:
                where = own or f"lesson {lesson.name}, which was not read"
                said = (
                    f"exercise {id!r} belongs on {where} and stands on {found or 'no page'}: mend"
                    f" `exercises` in the outline, or the directive `.. exercise:: {id}` in the"
                    " lesson"
                )
                logger.warning("%s", said, location=page if own else None, type="exercise")
    known = set(outline_of(app.config).exercises)
    for page, kept in store.records(env).items():
        for id in set(kept.exercises) - known:
            said = f"exercise {id!r} is in no lesson of the outline"
            mend = "add it to `exercises` of its lesson"
            logger.warning("%s: %s", said, mend, location=page, type="exercise")


FILTER = """\
<form class="page-filter" data-filters="all-exercises">
<label>Find <input type="search" name="words" autocomplete="off"></label>
<label>Part <select name="part"><option value="">all</option>{parts}</select></label>
<label>Difficulty <select name="difficulty"><option value="">all</option>{levels}</select></label>
<output aria-live="polite"></output>
</form>
"""
TABLE = """\
<div class="table-wrapper container"><table class="docutils exercise-table" id="all-exercises">
<thead><tr><th scope="col">Exercise</th><th scope="col">Lesson</th><th scope="col">Difficulty</th>
</tr></thead>
{bodies}</table></div>
"""
BODY = """\
<tbody class="part-{number}" data-group><tr><th colspan="3" scope="rowgroup">{number} · {title}</th>
</tr>{rows}</tbody>
"""
ROW = """\
<tr data-words="{words}"><td><a href="{uri}" data-exercise="{id}">{title}</a> <code>{id}</code></td>
<td>{lesson}</td><td><span aria-hidden="true">{dots}</span>
<span class="visually-hidden">{level} of {hardest}</span></td></tr>
"""


def exercise_title(made: Exercise) -> str:
    """Give what an exercise is about, in words: the first line of its file."""
    text = sys.modules[made.solution.__module__].__doc__ or made.id
    return text.strip().splitlines()[0].rstrip(".").replace("`", "")


def index_html(app: Sphinx, docname: str, left: later_place) -> str:
    """Write the table of all exercises, and the fields that narrow it."""
    parts = [part for part in outline_of(app.config).parts if part.exercises]
    bodies, levels = [], sorted({load(id).difficulty for part in parts for id in part.exercises})
    for part in parts:
        rows = "".join(
            index_row(app, docname, part.number, load(id), lesson)
            for lesson in part.lessons
            for id in lesson.exercises
        )
        bodies.append(BODY.format(number=part.number, title=html.escape(part.title), rows=rows))
    choices = "".join(
        f'<option value="part {part.number};">{part.number} · {html.escape(part.title)}</option>'
        for part in parts
    )
    hard = "".join(f'<option value="difficulty {n};">{"●" * n} {n}</option>' for n in levels)
    return FILTER.format(parts=choices, levels=hard) + TABLE.format(bodies="".join(bodies))


def index_row(app: Sphinx, docname: str, part: str, made: Exercise, lesson: Lesson) -> str:
    """Write the row of one exercise, with a link to where it stands."""
    pages = store.pages_of(app.env, made.id)
    uri = app.builder.get_relative_uri(docname, pages[0]) if pages else ""
    facts = store.lessons_of(app.env).get(page_of(app.config, lesson.name))
    where = f"{lesson.number} {facts.title if facts else lesson.short}"
    title = exercise_title(made)
    words = f"{title} {made.id} {where} part {part}; difficulty {made.difficulty};".lower()
    return ROW.format(
        words=html.escape(words),
        uri=f"{uri}#{anchor(made.id)}",
        id=made.id,
        title=html.escape(title),
        lesson=html.escape(where),
        dots=difficulty(made),
        level=made.difficulty,
        hardest=HARDEST,
    )


def setup(app: Sphinx) -> None:
    """Add both directives and the check of the pages."""
    app.add_node(exercise_box, html=box("exercise"))
    app.add_directive("exercise", ExerciseDirective)
    add_place(app, "exercise-index", index_html)
    app.connect("env-check-consistency", check_pages)
