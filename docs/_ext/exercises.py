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
from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from lesson_header import lessons_of
from pytorch_primer.exercises.bank import CURRICULUM
from pytorch_primer.exercises.checking import judge
from pytorch_primer.exercises.exercise import Exercise, all_exercises, known_ids, load
from pytorch_primer.exercises.session import PARTS

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
        if id not in known_ids():
            raise self.error(f"there is no exercise {id!r}")
        made = load(id)
        namespace: dict[str, Any] = {}
        exec(
            compile(f"{made.source.imports}\n{made.source.solution}", f"<{id}>", "exec"), namespace
        )
        result = judge(id, namespace[id])
        if not result:
            raise self.error(f"the solution of {id!r} fails its own check: {result.message}")
        pages_of(self.env).setdefault(id, []).append(self.env.docname)
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


def pages_of(env: BuildEnvironment) -> dict[str, list[str]]:
    """Give the pages on which each exercise stands."""
    found: dict[str, list[str]] = env.__dict__.setdefault("exercises", {})
    return found


def purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget a page that changed or went."""
    for pages in pages_of(env).values():
        pages[:] = [page for page in pages if page != docname]


def merge(app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
    """Take over what another process has read."""
    for id, pages in pages_of(other).items():
        pages_of(env).setdefault(id, []).extend(page for page in pages if page in docnames)


def lesson_number(env: BuildEnvironment, docname: str) -> str | None:
    """Give part and number of a lesson's page, as in "2.4"; None for other pages."""
    order = env.config.sphinx_gallery_conf["subsection_order"].ordered_list
    parts = [path.split("/")[-1] for path in order]
    match = re.search(r"/(\w+)/plot_(\d+)_\w+$", docname)
    return f"{parts.index(match[1]) + 1}.{match[2]}" if match and match[1] in parts else None


def check_pages(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of exercises that stand on a wrong page, on two pages, or on none of theirs."""
    numbers = {docname: lesson_number(env, docname) for docname in lessons_of(env)}
    for lesson, ids in CURRICULUM.items():
        own = [docname for docname, number in numbers.items() if number == lesson]
        for id in ids:
            found = pages_of(env).get(id, [])
            if found != own:
                logger.warning(
                    "exercise %r belongs on %s and stands on %s",
                    id,
                    own or f"lesson {lesson}, which is not there",
                    found or "no page",
                    location=own[0] if own else None,
                    type="exercise",
                )


def index_rows(env: BuildEnvironment, builder: Builder, docname: str) -> nodes.Node:
    """Make the lists of all exercises, part by part."""
    section: list[nodes.Node] = []
    for part, title in PARTS.items():
        section.append(nodes.rubric("", f"{part} · {title}"))
        items = nodes.bullet_list(classes=["exercise-index"])
        for made in all_exercises():
            if not made.lesson.startswith(part):
                continue
            pages = pages_of(env).get(made.id)
            name: nodes.Node = nodes.literal("", made.id)
            if pages:
                uri = f"{builder.get_relative_uri(docname, pages[0])}#{anchor(made.id)}"
                name = nodes.reference("", "", name, refuri=uri, internal=True)
            words = f" lesson {made.lesson}, difficulty {made.difficulty} of {HARDEST} "
            line = nodes.paragraph("", "", name, nodes.Text(words))
            line += nodes.inline("", difficulty(made), classes=["exercise-difficulty"])
            items += nodes.list_item("", line)
        section.append(items)
    return nodes.container("", *section)


def fill_index(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the lists of exercises where a page asks for them."""
    for place in list(doctree.findall(exercise_index)):
        place.replace_self(index_rows(app.env, app.builder, docname))


def visit_box(writer: Any, node: exercise_box) -> None:
    """Open the box."""
    writer.body.append(writer.starttag(node, "div", CLASS="exercise"))


def depart_box(writer: Any, node: exercise_box) -> None:
    """Close the box."""
    writer.body.append("</div>\n")


def setup(app: Sphinx) -> dict[str, Any]:
    """Add both directives and the check of the pages."""
    app.add_node(exercise_box, html=(visit_box, depart_box))
    app.add_node(exercise_index)
    app.add_directive("exercise", ExerciseDirective)
    app.add_directive("exercise-index", ExerciseIndex)
    app.connect("env-purge-doc", purge)
    app.connect("env-merge-info", merge)
    app.connect("env-check-consistency", check_pages)
    app.connect("doctree-resolved", fill_index)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "env_version": 1}
