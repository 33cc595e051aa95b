"""Worksheets: the exercises of each part as a notebook to fill in, and one with the solutions.

They are written when the build ends, from the same exercises that the pages show, as
``worksheets/part_N.ipynb`` and ``worksheets/part_N_solutions.ipynb``, and all of each kind in one
zip. The same build gives the same bytes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from bundle import write_zip
from exercises import difficulty, exercise_box, pages_of, starter_code
from markdown_writer import MarkdownWriter
from notebooks import PACKAGE, first_cells, notebook
from pytorch_primer.exercises.exercise import Exercise, all_exercises
from pytorch_primer.exercises.session import PARTS

FOLDER = "worksheets"
USE = """\
Replace each `...` by your code and run the cell: the last line checks it.
`hint("…")` gives one more hint at each call, `solution("…")` shows an answer, and `progress()`
tells how far you are."""
SOLVED = "The official solutions: every check says right."
Cells = list[tuple[str, str]]


class WorksheetList(SphinxDirective):
    """Put links to all worksheets on the page (which lies in the site's root)."""

    def run(self) -> list[nodes.Node]:
        """Make a list with a line for each part, and one for the zips."""
        names = {f"part_{n}": f"Part {n} · {title}" for n, title in PARTS.items()}
        items = nodes.bullet_list()
        for name, title in names.items():
            files = {"worksheet": f"{name}.ipynb", "solutions": f"{name}_solutions.ipynb"}
            items += self.line(title, files)
        items += self.line(
            "All parts", {"worksheets": "worksheets.zip", "solutions": "solutions.zip"}
        )
        return [items]

    def line(self, title: str, files: dict[str, str]) -> nodes.list_item:
        """Make one line: a title and its files."""
        line = nodes.paragraph("", f"{title}: ")
        for text, file in files.items():
            if len(line) > 1:
                line += nodes.Text(", ")
            line += nodes.reference("", text, refuri=f"{FOLDER}/{file}", internal=True)
        return nodes.list_item("", line)


def solved_code(made: Exercise) -> str:
    """Give the solution with its imports and the line that checks it."""
    return starter_code(made).replace(made.source.starter, made.source.solution)


def prompts(app: Sphinx) -> dict[str, str]:
    """Give the text of each exercise that stands on a page, as Markdown."""
    found: dict[str, str] = {}
    for docname in sorted({page for pages in pages_of(app.env).values() for page in pages}):
        url = urljoin(app.config.html_baseurl, app.builder.get_target_uri(docname))
        writer = MarkdownWriter(url, {}, urljoin(app.config.html_baseurl, "_downloads/"))
        for box in app.env.get_and_resolve_doctree(docname, app.builder).findall(exercise_box):
            found[box["exercise"]] = writer.block(box.children[1])
    return found


def worksheet(part: str, texts: dict[str, str], site: str, solved: bool) -> Cells:
    """Give the cells of the worksheet of a part, empty or solved."""
    title = f"Part {part} · {PARTS[part]}: {'solutions' if solved else 'worksheet'}"
    cells = [("markdown", f"# {title}\n\n{SOLVED if solved else USE}")]
    cells += first_cells(title, urljoin(site, "exercises.html"), site)
    cells.append(("code", f"from {PACKAGE} import check, hint, progress, solution"))
    for made in all_exercises():
        if made.lesson.startswith(part) and made.id in texts:
            head = f"## `{made.id}` {difficulty(made)}\n\nLesson {made.lesson}"
            cells.append(("markdown", f"{head}\n\n{texts[made.id]}"))
            cells.append(("code", solved_code(made) if solved else starter_code(made)))
    return [*cells, ("code", "progress()")]


def write_worksheets(app: Sphinx, error: Exception | None) -> None:
    """Write all worksheets and both zips into the built site."""
    if error is not None or app.builder.format != "html":
        return
    folder = Path(app.outdir, FOLDER)
    folder.mkdir(exist_ok=True)
    texts = prompts(app)
    for part in PARTS:
        for solved in (False, True):
            cells = worksheet(part, texts, app.config.html_baseurl, solved)
            text = json.dumps(notebook(cells), indent=1, ensure_ascii=False) + "\n"
            name = f"part_{part}{'_solutions' if solved else ''}.ipynb"
            (folder / name).write_text(text, encoding="utf-8")
    for name, pattern in (("worksheets.zip", "part_?.ipynb"), ("solutions.zip", "part_?_*.ipynb")):
        write_zip(folder / name, ((path.name, path.read_bytes()) for path in folder.glob(pattern)))


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the worksheets when the pages are written."""
    app.add_directive("worksheet-list", WorksheetList)
    app.connect("build-finished", write_worksheets)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
