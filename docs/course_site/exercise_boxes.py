"""Exercises on the pages: ``.. exercise:: x_grad`` and ``.. exercise-index::``.

An exercise's text, starter, hints and solution come from the one place where it is defined. The
build fails if its solution, as shown, does not pass its own check; if a lesson lacks an exercise
that the curriculum gives it; and if an exercise stands on two pages.
"""

from __future__ import annotations

import re
from textwrap import indent
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from course_site import store
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


class exercise_index(nodes.General, nodes.Element):
    """Where the table of all exercises will stand."""


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
    """Put one exercise on the page."""

    required_arguments = 1

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
        store.record(self.env, self.env.docname).exercises.append(id)
        box = exercise_box(ids=[anchor(id)], exercise=id, code=starter_code(made))
        title = nodes.paragraph(classes=["exercise-title"])
        title += [nodes.strong("", "Exercise"), nodes.Text(" "), nodes.literal("", id)]
        title += nodes.Text(" ")
        title += nodes.inline("", difficulty(made), classes=["exercise-difficulty"])
        prompt = nodes.container("", *self.parse_text_to_nodes(made.prompt))
        box += [title, prompt, *self.parse_text_to_nodes(rst_of(made))]
        self.set_source_info(box)
        return [box]


class ExerciseIndex(SphinxDirective):
    """Put the table of all exercises on the page."""

    def run(self) -> list[nodes.Node]:
        """Leave a place for the table: not all lessons have been read yet."""
        return [exercise_index()]


def check_pages(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of exercises that stand on a wrong page, on two pages, or on none of theirs."""
    for lesson in outline_of(app.config).lessons:
        page = page_of(app.config, lesson.name)
        own = [page] if page in store.lessons_of(env) else []
        for id in lesson.exercises:
            found = store.pages_of(env, id)
            if found != own:
                logger.warning(
                    "exercise %r belongs on %s and stands on %s: mend `exercises` in the"
                    " outline, or the directive `.. exercise:: %s` in the lesson",
                    id,
                    own or f"lesson {lesson.name}, which was not read",
                    found or "no page",
                    id,
                    location=page if own else None,
                    type="exercise",
                )
    known = set(outline_of(app.config).exercises)
    for page, kept in store.records(env).items():
        for id in set(kept.exercises) - known:
            logger.warning(
                "exercise %r is in no lesson of the outline: add it to `exercises` of its lesson",
                id,
                location=page,
                type="exercise",
            )


def index_rows(app: Sphinx, docname: str) -> nodes.Node:
    """Make the lists of all exercises, part by part."""
    section: list[nodes.Node] = []
    for part in outline_of(app.config).parts:
        if not part.exercises:
            continue
        section.append(nodes.rubric("", f"{part.number} · {part.title}"))
        items = nodes.bullet_list(classes=["exercise-index"])
        for lesson in part.lessons:
            items += [index_row(app, docname, load(id), lesson) for id in lesson.exercises]
        section.append(items)
    return nodes.container("", *section)


def index_row(app: Sphinx, docname: str, made: Exercise, lesson: Lesson) -> nodes.Node:
    """Make the line of one exercise, with a link to where it stands."""
    name: nodes.Node = nodes.literal("", made.id)
    if pages := store.pages_of(app.env, made.id):
        uri = f"{app.builder.get_relative_uri(docname, pages[0])}#{anchor(made.id)}"
        name = nodes.reference("", "", name, refuri=uri, internal=True)
    words = f" lesson {lesson.number}, difficulty {made.difficulty} of {HARDEST} "
    line = nodes.paragraph("", "", name, nodes.Text(words))
    line += nodes.inline("", difficulty(made), classes=["exercise-difficulty"])
    return nodes.list_item("", line)


def fill_index(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the lists of exercises where a page asks for them."""
    for place in list(doctree.findall(exercise_index)):
        place.replace_self(index_rows(app, docname))


def visit_box(writer: Any, node: exercise_box) -> None:
    """Open the box."""
    writer.body.append(writer.starttag(node, "div", CLASS="exercise"))


def depart_box(writer: Any, node: exercise_box) -> None:
    """Close the box."""
    writer.body.append("</div>\n")


def setup(app: Sphinx) -> None:
    """Add both directives and the check of the pages."""
    app.add_node(exercise_box, html=(visit_box, depart_box))
    app.add_node(exercise_index)
    app.add_directive("exercise", ExerciseDirective)
    app.add_directive("exercise-index", ExerciseIndex)
    app.connect("env-check-consistency", check_pages)
    app.connect("doctree-resolved", fill_index)
