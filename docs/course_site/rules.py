"""The rules for lessons, each with what to do about it: what ``nox -s check -- NAME`` prints.

A rule looks at a lesson's source, or at what the lesson did when it was run cell by cell, and
yields the places where it is broken. The tests hold every lesson to the same rules.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from sphinx_gallery.py_source_parser import (
    Block,
    remove_config_comments,
    remove_ignore_blocks,
    split_code_and_text_blocks,
)

from course_site import numbers
from course_site.practice import aims_of, broken_items
from course_site.practice_items import START
from pytorch_primer.outline import Outline

CELL_LINES = 12
POINTS = (3, 5)
# Gone, or never there; a lesson may name one in its prose, and run it to show how it fails.
GONE = re.compile(
    r"\bVariable\(|\.data\[0\]|torch\.Tensor\(|torch\.cuda\.FloatTensor|nn\.Sequence\("
    r"|patches\.remove|set_tight_layout|torch\.norm\(|from torch\.autograd import Variable"
)
LINKS = re.compile(r":\w+:`[^`]*<[^`]*>`|:(?:doc|ref|cite:p):`[^`]*`")
STYLE = 'plt.style.use("pytorch_primer.course")'


class Broken(NamedTuple):
    """A rule that a file breaks: where, and what to do."""

    path: Path
    line: int
    rule: str
    mend: str

    def __str__(self) -> str:
        """Say it in the form that editors and terminals can follow."""
        return f"{self.path}:{self.line}: {self.rule}: {self.mend}"


@dataclass
class Script:
    """A lesson's source, and what it did when it was run."""

    path: Path
    outputs: dict[int, str] = field(default_factory=dict)  # by the line of the cell
    problems: list[Broken] = field(default_factory=list)

    @cached_property
    def text(self) -> str:
        """The whole source."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def blocks(self) -> list[Block]:
        """The blocks of text and code, as sphinx-gallery cuts them."""
        return list(split_code_and_text_blocks(str(self.path))[1])

    @property
    def cells(self) -> list[Block]:
        """The blocks of code."""
        return [block for block in self.blocks if block.type == "code"]

    def line_of(self, text: str) -> int:
        """Give the line in which a text first stands, or the first line."""
        lines = self.text.splitlines()
        return next((n for n, line in enumerate(lines, 1) if text in line), 1)


def visible(cell: Block) -> str:
    """Give the code of a cell that readers see."""
    return str(remove_ignore_blocks(cell.content)).strip()


Rule = Callable[[Script], Iterator[tuple[int, str]]]
RULES: dict[str, Rule] = {}


def rule(check: Rule) -> Rule:
    """Register a rule under the name of its function."""
    RULES[check.__name__.replace("_", " ")] = check
    return check


@rule
def short_cells(script: Script) -> Iterator[tuple[int, str]]:
    """Keep cells short: one idea, few lines."""
    for cell in script.cells:
        code = re.sub(r"^# sphinx_gallery_.*\n?", "", visible(cell), flags=re.M)
        count = sum(bool(line.strip()) for line in code.splitlines())
        if count > CELL_LINES:
            yield (
                cell.lineno,
                f"this cell has {count} lines, at most {CELL_LINES} are allowed: cut it in"
                " two with a sentence between them",
            )


@rule
def no_empty_cell(script: Script) -> Iterator[tuple[int, str]]:
    """Leave no empty box on the page, as of a cell with nothing but a hidden block."""
    for cell in script.cells[:-1]:
        if not remove_config_comments(visible(cell)).strip():
            yield cell.lineno, "this cell shows nothing: move its hidden block into the cell before"


@rule
def shown_last(script: Script) -> Iterator[tuple[int, str]]:
    """Show a value at the end of its cell: behind a hidden block it would not be shown."""
    for cell in script.cells:
        shown = ast.parse(visible(cell)).body
        if not shown or not isinstance(shown[-1], ast.Expr):
            continue
        value = shown[-1].value
        drawn = isinstance(value, ast.Call) and getattr(value.func, "id", "") == "draw_graph"
        named = isinstance(value, ast.Name | ast.Subscript) and getattr(value, "id", "") != "anim"
        if (drawn or named) and ast.dump(ast.parse(cell.content).body[-1]) != ast.dump(shown[-1]):
            yield (
                cell.lineno + shown[-1].lineno,
                "what this cell should show is not its last statement: put"
                " the hidden block before it",
            )


@rule
def modern_interfaces(script: Script) -> Iterator[tuple[int, str]]:
    """Teach nothing that is gone from PyTorch."""
    for cell in script.cells:
        found = GONE.search(cell.content)
        if found and "except" not in cell.content and "from_numpy" not in script.path.stem:
            line = cell.lineno + cell.content[: found.start()].count("\n")
            yield line, f"{found[0]!r} is gone or never was: use what `what_changed` recommends"


@rule
def form_of_a_lesson(script: Script) -> Iterator[tuple[int, str]]:
    """Open with the aims, and close with a recap and a way on."""
    text = script.text
    if text.count(".. lesson::") != 1:
        yield 1, "a lesson has one `.. lesson::` directive with three aims under its title"
    elif ":assumes:" not in text:
        yield (
            script.line_of(".. lesson::"),
            "say what is assumed: `:assumes: part/plot_topic; a text`",
        )
    if not re.search(r'^# sphinx_gallery_tags = \[".+"\]$', text, re.M):
        yield 1, 'tags are missing: add `# sphinx_gallery_tags = ["autograd"]` above the imports'
    headings = re.findall(r"^# (.+)\n# -{3,}$", text, re.M)
    if not headings or headings[-1] != "Where to go next":
        yield len(text.splitlines()), "the last section is `Where to go next`"
    if "Recap" not in headings[-3:]:
        yield len(text.splitlines()), "a section `Recap` stands near the end"
        return
    points = text[text.index("# Recap\n") :].split("# ---")[1].count("\n# - ")
    if not POINTS[0] <= points <= POINTS[1]:
        yield script.line_of("# Recap"), f"the recap has {points} points: write 3 to 5"


@rule
def style_of_figures(script: Script) -> Iterator[tuple[int, str]]:
    """Let all figures look alike."""
    if "import matplotlib.pyplot" in script.text and STYLE not in script.text:
        yield script.line_of("import matplotlib.pyplot"), f"add `{STYLE}` behind the imports"


@rule
def worthless_assertions(script: Script) -> Iterator[tuple[int, str]]:
    """Assert nothing that cannot fail: it proves nothing."""
    for node in ast.walk(ast.parse(script.text)):
        if isinstance(node, ast.Assert) and not numbers.can_fail(node.test):
            yield node.lineno, "this assertion holds for any value: assert what the prose claims"


@rule
def proved_numbers(script: Script) -> Iterator[tuple[int, str]]:
    """Prove every number in the prose; what the lesson puts out counts."""
    cells = numbers.cells_of(script.path) or [numbers.Cell(0, [])]
    for cell in cells:
        cell.statements.extend(numbers.proved_by_block(script.outputs.get(cell.line, "")))
    docname = f"lessons/{script.path.parent.name}/{script.path.stem}"
    proofs = numbers.Proofs(cells)
    for block in script.blocks:
        if block.type != "text":
            continue
        place = block.lineno
        for offset, text in paragraphs(block.content):
            place = numbers.EVERYWHERE if text.startswith("Recap\n") else place
            for claim in numbers.claims_of_source(docname, text):
                if not proofs.prove(claim, place):
                    yield block.lineno + offset, proofs.complaint(claim, place)


def paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Give the paragraphs of a text that are prose, and where: no options, links, code or items."""
    start, lines, code, in_item = 0, list[str](), None, False
    for number, line in enumerate([*text.splitlines(), ""]):
        indent = len(line) - len(line.lstrip())
        if line.strip() and code is not None and indent <= code:
            code = None
        if ".. code-block::" in line:
            code = indent
        in_item = bool(START.match(f"# {line}")) or (in_item and line[:1] in ("", " "))
        technical = re.match(r"\s*(:[\w-]+:( |$)|\.\. )", line) and ".. math::" not in line
        prose = "" if technical or in_item or code is not None else LINKS.sub("", line)
        item = re.match(r"\s*(- |\* |\d+\. |\.\. math::)", prose)
        if lines and (item or not prose.strip()):
            yield start, "\n".join(lines)
            lines = []
        if prose.strip():
            start = start if lines else number
            lines.append(re.sub(r"^\s*\d+\. ", "", prose))


@rule
def practice_items(script: Script) -> Iterator[tuple[int, str]]:
    """Hold each practice item to its rules, by running it."""
    yield from broken_items(script.text)


@rule
def assessed_aims(script: Script) -> Iterator[tuple[int, str]]:
    """Assess each aim by an item or an exercise."""
    aims, counted = aims_of(script.text)
    for number, aim in enumerate(aims, 1):
        if not counted[number]:
            mend = f"nothing assesses aim {number}, {aim!r}: write an item with `:aim: {number}`"
            yield script.line_of(".. lesson::"), mend


# -- what only a run shows -------------------------------------------------------------------------


def run(script: Script) -> None:
    """Run a lesson cell by cell, as the build does: warnings raise, figures need a description."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    namespace: dict[str, Any] = {"__name__": "__main__"}
    for cell in script.cells:
        said = io.StringIO()
        try:
            with warnings.catch_warnings(), contextlib.redirect_stdout(said):
                warnings.simplefilter("error")
                value = run_cell(script, cell, namespace)
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            here = [frame.lineno for frame in frames if frame.filename == str(script.path)]
            line = (here and here[-1]) or cell.lineno
            mend = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            script.problems.append(Broken(script.path, line, "run", mend))
            break
        script.outputs[cell.lineno] = said.getvalue() + ("" if value is None else repr(value))
        for number in plt.get_fignums():
            if not str(plt.figure(number).get_label()):
                mend = 'a figure has no alternative text: say what it shows with fig.set_label("…")'
                script.problems.append(Broken(script.path, cell.lineno, "alternative text", mend))
        plt.close("all")


def run_cell(script: Script, cell: Block, namespace: dict[str, Any]) -> Any:
    """Run a cell and give the value of its last expression."""
    import torch

    tree = ast.increment_lineno(ast.parse(cell.content), cell.lineno - 1)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    hidden = hidden_lines(cell)
    for statement in tree.body:
        drawn = torch.random.get_rng_state()
        exec(compile(ast.Module([statement], []), str(script.path), "exec"), namespace)
        if statement.lineno in hidden and not drawn.equal(torch.random.get_rng_state()):
            mend = "a notebook has no hidden lines: draw in `with torch.random.fork_rng():`"
            script.problems.append(
                Broken(script.path, statement.lineno, "hidden random numbers", mend)
            )
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), str(script.path), "eval"), namespace)
    return None


def hidden_lines(cell: Block) -> set[int]:
    """Give the lines of a cell that readers do not see."""
    lines, hidden = set(), False
    for line, text in enumerate(cell.content.splitlines(), cell.lineno):
        hidden = (hidden or text == "# sphinx_gallery_start_ignore") and (
            text != "# sphinx_gallery_end_ignore"
        )
        if hidden:
            lines.add(line)
    return lines


def outline_rules(path: Path, outline: Outline) -> Iterator[Broken]:
    """Hold a lesson against the outline: it is there, and so are its exercises."""
    text = path.read_text(encoding="utf-8")
    lesson = outline.lesson(f"{path.parent.name}/{path.stem}")
    if lesson is None:
        mend = f'add to {outline.file.name}: [[part.lesson]] file = "{path.stem}"'
        yield Broken(path, 1, "outline", mend)
        return
    shown = tuple(re.findall(r"\.\. exercise:: (\w+)", text))
    if shown != lesson.exercises:
        mend = f"shows {list(shown)}, and {outline.file.name} has {list(lesson.exercises)}"
        yield Broken(path, 1, "exercises", mend)


def broken_rules(path: Path, outline: Outline, ran: bool = True) -> list[Broken]:
    """Give every rule that a lesson breaks, all in one go."""
    script = Script(path)
    try:
        ast.parse(script.text)
    except SyntaxError as error:
        return [Broken(path, error.lineno or 1, "syntax", error.msg)]
    if ran:
        run(script)
    found = [*outline_rules(path, outline), *script.problems]
    for name, check in RULES.items():
        if name == "proved numbers" and not ran:
            continue
        found += [Broken(path, line, name, mend) for line, mend in check(script)]
    return sorted(found, key=lambda broken: broken.line)
