"""Run each thing that a reader can download, and say what is wrong with it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urljoin
from urllib.request import urlopen

import nbformat
from nbformat import NotebookNode
from tests.downloads import compare, pages, static
from tests.downloads.environment import CHILDREN, Environment, foreign

SOLVED = "_solutions.ipynb"
STATUS = {True: "right.", False: compare.STILL_EMPTY}


@dataclass(frozen=True)
class Outcome:
    """One artefact, how long it ran, and what was wrong with it."""

    artefact: str
    seconds: float
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Site:
    """A site as it is served: its address, and the wheel that its notebooks install."""

    address: str
    wheel: str = ""

    def text(self, name: str) -> str:
        """Fetch a file."""
        with urlopen(urljoin(self.address, name)) as answer:
            return str(answer.read().decode("utf-8"))


class Clock:
    """Measure from one outcome to the next."""

    def __init__(self) -> None:
        self.start = time.perf_counter()

    def outcome(self, artefact: str, problems: list[str]) -> Outcome:
        """Make the outcome of what has run since the last one."""
        start, self.start = self.start, time.perf_counter()
        return Outcome(artefact, self.start - start, tuple(problems))


def run_notebook(env: Environment, name: str, text: str) -> tuple[NotebookNode, list[str]]:
    """Execute a notebook; give it with its outputs, and what was wrong."""
    source, target = (env.folder / f"{part}-{name.replace('/', '-')}" for part in ("in", "out"))
    source.write_text(text, encoding="utf-8")
    run = env.run(name, CHILDREN / "run_notebook.py", source, target)
    if not target.exists():
        return nbformat.v4.new_notebook(), [*run.problems]
    notebook = nbformat.read(target, as_version=4)
    return notebook, [*run.problems, *said(notebook)]


def said(notebook: NotebookNode) -> Iterator[str]:
    """Say which executed cells wrote to standard error or could not show their value."""
    for number, cell in enumerate(c for c in notebook.cells if c.cell_type == "code"):
        shown = compare.shown(cell)
        yield from (f"cell {number}: {error}" for error in shown.errors)
        if lines := foreign(shown.stderr):
            yield f"cell {number}: standard error:\n" + "\n".join(lines)


def run_lesson(env: Environment, site: Site, page_name: str) -> Iterator[Outcome]:
    """Run the notebook and the script that a page offers, and compare both with the page."""
    clock = Clock()
    page = site.text(page_name)
    names = [urljoin(page_name, link) for link in pages.downloads(page)]
    offered = {PurePosixPath(name).suffix: name for name in names}
    if missing := {".ipynb", ".py"} - offered.keys():
        yield clock.outcome(page_name, [f"the page offers no download {sorted(missing)}"])
        return
    text = site.text(offered[".ipynb"])
    notebook, problems = run_notebook(env, offered[".ipynb"], text)
    problems += static.problems(text, site.wheel)
    if not problems:
        problems += compare.differences(notebook, pages.page_cells(page))
    yield clock.outcome(offered[".ipynb"], problems)

    script = env.folder / f"in-{offered['.py'].replace('/', '-')}"
    script.write_text(site.text(offered[".py"]), encoding="utf-8")
    run = env.run(offered[".py"], "-W", "error", script, MPLBACKEND="agg")
    problems = [*run.problems] or [*compare.script_difference(run.stdout, notebook)]
    yield clock.outcome(offered[".py"], problems)


def run_worksheet(env: Environment, site: Site, name: str) -> Iterator[Outcome]:
    """Run a worksheet, in which no exercise is solved, or its solutions, in which each is."""
    clock = Clock()
    text = site.text(name)
    notebook, problems = run_notebook(env, name, text)
    problems += static.problems(text, site.wheel)
    wanted = STATUS[name.endswith(SOLVED)]
    exercises = [cell for cell in compare.code_cells(notebook) if compare.is_exercise(cell)]
    if not exercises:
        problems.append("no exercise in it")
    for cell in exercises:
        value = compare.shown(cell).value.strip()
        if wanted not in value.partition(": ")[2]:
            problems.append(f"a check does not say {wanted!r}: {value!r}")
    yield clock.outcome(name, problems)


def type_page(env: Environment, site: Site, page_name: str) -> Iterator[Outcome]:
    """Type the cells of a page into a plain Python prompt."""
    clock = Clock()
    name = f"{PurePosixPath(page_name).with_suffix('')} (typed)"
    cells = [cell.code for cell in pages.page_cells(site.text(page_name))]
    file = env.folder / f"in-{name.replace('/', '-')}.json"
    file.write_text(json.dumps(cells), encoding="utf-8")
    child = CHILDREN / "type_at_prompt.py"
    run = env.run(name, "-W", "error", child, file, MPLBACKEND="agg")
    yield clock.outcome(name, [*run.problems])
