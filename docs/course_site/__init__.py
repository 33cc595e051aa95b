"""The site as one Sphinx extension: from script to page to notebook, in this order.

1. `scripts` tells sphinx-gallery which lessons to run, in the order of the outline, each from one
   state; what a lesson warns of, prints or lacks fails the build with the line of its script.
   `runs` runs those whose `keys` have changed, on all cores by `workers`, and has the `cache` of
   the others.
2. `figures` turns what a cell left drawn into vector figures and small videos.
3. `lessons` reads what a lesson says of itself: aims, what it assumes, how long it takes.
4. `exercise_boxes` puts exercises on pages, each proved by its own solution; `practice` puts small
   tasks between the sections, run by `practice_items`, `practice_bank` and `practice_shapes`.
5. `explorables` puts what can be moved on pages, with `explore_figures` for readers without
   JavaScript and `digit_reader` for the networks that a page runs.
6. `numbers` looks for numbers in the prose that nothing proves.
7. `formulas` typesets mathematics, by a program of `javascript`.
8. `syllabus` draws the course: who builds on whom, plans, previous and next; `overviews` has the
   home page and the rows of lessons.
9. `reference` and `inventories` document the library and link the projects that it stands on.
10. `look` makes the typefaces and the colours, one for each part; `assets` joins style sheets and
    scripts to one of each; `pages` is the frame of a page and `head` what it says of itself to
    machines; `glossary` says where a term is taught, `finder` writes what the search looks
    through, `cards` what links show of what they lead to.
11. `downloads` writes notebooks, scripts, worksheets and archives, with `markdown_writer`; `book`
    makes one EPUB of all pages of the course.
12. `report` keeps what the build measured of itself, `records` shows what other sessions have
    measured, and `idioms` what is written otherwise today.

Steps are loaded by `setup`, not by this module: `workers` must be there before all others are.

What pages tell each other while they are read is kept in one place, `store`, and what needs all
pages waits in `later`; `doctrees` has what several steps do with them, and `freshness` says
whether what Sphinx has kept of the last build may be used again.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any

from sphinx.application import Sphinx

# The order in which a page passes through them; the first has been loaded by the configuration.
PIPELINE = """
workers report store later freshness scripts runs figures lessons exercise_boxes practice
explorables numbers formulas syllabus overviews reference records idioms glossary look assets
pages head finder cards downloads book
"""


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect each step, in the order in which a page passes through them."""
    # A dependency of furo sets the root logger to INFO, at which these talk.
    for name in ("fontTools", "matplotlib", "traitlets"):
        logging.getLogger(name).setLevel(logging.WARNING)
    steps = {name: import_module(f"course_site.{name}") for name in PIPELINE.split()}
    for step in steps.values():
        step.setup(app)
    version = steps["store"].VERSION
    return {"parallel_read_safe": True, "parallel_write_safe": True, "env_version": version}
