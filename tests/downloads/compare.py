"""Whether an executed notebook says what its page says, cell by cell and in order."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from textwrap import dedent

from nbformat import NotebookNode
from tests.downloads.pages import PageCell

# What may differ from run to run or from machine to machine: the parts of a line that match are
# not compared. Everything else must be the same to the letter.
VARIES = {
    "a device": r"^device.*$",
    "a speed": r"^\d+ images a second|an epoch on all of them: about \d+",
    "a time": r"\b\d+(?:\.\d+)? ?(?:ns|µs|us|ms|s|seconds)\b",
    "a rounding error": r"\b\d(?:\.\d+)?e-(?:0[6-9]|1\d)\b",  # differs with where memory begins
    "a version": r"\b\d+\.\d+\.\d+(?:[.+]\w+)*",
}
# The page leaves out values of these kinds (`ignore_repr_types`); Jupyter shows them.
MATPLOTLIB = re.compile(r"\s*\[?<(?:matplotlib|Axes|Figure|BarContainer|\w+Container)\b|Text\(")
EXERCISE = re.compile(r'^check\("(\w+)", \1\)\s*\Z', re.M)
STILL_EMPTY = "still empty"


@dataclass
class Shown:
    """What Jupyter shows below an executed cell."""

    printed: str = ""
    value: str = ""
    stderr: str = ""
    html: bool = False
    figure: bool = False
    errors: list[str] = field(default_factory=list)


def shown(cell: NotebookNode) -> Shown:
    """Sort the outputs of a cell."""
    found = Shown()
    for output in cell.outputs:
        if output.output_type == "stream":
            name = "printed" if output.name == "stdout" else "stderr"
            setattr(found, name, getattr(found, name) + output.text)
        elif output.output_type == "error":
            found.errors.append(f"{output.ename}: {output.evalue}")
        else:
            drawn = any(kind.startswith("image/") for kind in output.data)
            html = "text/html" in output.data
            found.figure |= drawn and not html  # a drawing in HTML also comes as an image
            found.html |= html
            text = output.data.get("text/plain", "")
            if not drawn and not html and not MATPLOTLIB.match(text):
                found.value += text + "\n"
    return found


def lines(text: str) -> list[str]:
    """Give the lines that are compared, with what may vary taken out."""
    text = dedent(text.expandtabs())  # as docutils does with the text of the page
    for what, pattern in VARIES.items():
        text = re.sub(pattern, f"({what})", text, flags=re.M)
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def same_text(page: str, printed: str, value: str) -> bool:
    """Tell whether a page's text is what was printed, followed by the value.

    Jupyter breaks the lines of long lists differently, so spaces of a value do not count.
    """
    want, got, end = lines(page), lines(f"{printed}\n{value}"), len(lines(printed))
    rest = ["".join("".join(part).split()) for part in (want[end:], got[end:])]
    return want[:end] == got[:end] and rest[0] == rest[1]


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Give the cells with the lesson's code, without the one that installs the package."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"][1:]


def is_exercise(cell: NotebookNode) -> bool:
    """Tell whether a cell is the starter of an exercise."""
    return bool(EXERCISE.search(cell.source))


def differences(notebook: NotebookNode, page: list[PageCell]) -> Iterator[str]:
    """Say in order where an executed lesson notebook differs from its page."""
    wanted = list(page)
    for number, cell in enumerate(code_cells(notebook), 1):
        got = shown(cell)
        if wanted and same_code(cell.source, wanted[0].code):
            yield from (f"cell {number}: {what}" for what in cell_differences(got, wanted.pop(0)))
        elif is_exercise(cell):
            if STILL_EMPTY not in got.value:
                yield f"cell {number}: the exercise is not {STILL_EMPTY}: {got.value.strip()!r}"
        else:
            code = wanted[0].code if wanted else "nothing more"
            yield f"cell {number}: other code\n{both(code, cell.source)}"
            return
    if wanted:
        yield f"the notebook lacks {len(wanted)} cells of the page, from:\n{wanted[0].code}"


def same_code(a: str, b: str) -> bool:
    """Compare code, whatever the white space at the ends of lines."""
    one, other = ([line.rstrip() for line in text.strip().splitlines()] for text in (a, b))
    return one == other


def cell_differences(got: Shown, want: PageCell) -> Iterator[str]:
    """Say how what a cell shows differs from the page."""
    if not same_text(want.text, got.printed, got.value):
        yield f"other output\n{both(want.text, got.printed + got.value)}"
    if want.html and not got.html:
        yield "the page has a drawing in HTML, the notebook has none"
    if want.animation and not got.html:
        yield "the page has an animation, the notebook has none"
    if got.html and not (want.html or want.animation):
        yield "the notebook shows HTML, the page does not"
    if want.figure and not got.figure:
        yield "the page has a figure, the notebook has none"
    if got.figure and not (want.figure or want.animation):
        yield "the notebook has a figure, the page has none"


def both(page: str, notebook: str) -> str:
    """Quote two texts that differ."""
    return f"on the page:\n{page.strip()}\nin the notebook:\n{notebook.strip()}"


def script_difference(printed: str, notebook: NotebookNode) -> Iterator[str]:
    """Say where what a script printed differs from what the notebook's own cells printed."""
    cells = [cell for cell in code_cells(notebook) if not is_exercise(cell)]
    want, got = lines("".join(shown(cell).printed for cell in cells)), lines(printed)
    if want != got:
        delta = difflib.unified_diff(want, got, "the notebook", "the script", lineterm="", n=1)
        yield "the script prints something else:\n" + "\n".join(list(delta)[:12])
