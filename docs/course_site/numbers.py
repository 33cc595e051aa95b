"""Prose that cannot lie: every number in the text is proved by the page that states it.

A number in a lesson's prose must be in an assertion of the lesson, in code that the reader sees, in
an output on the page, or, with a reason, in ``numbers.toml``. A number that is nowhere fails the
build with lesson, line and number.

Short numbers are met anywhere by chance, so more is asked of them: of all statements in the cells
before and behind the text, those that share the most words and names with its sentence must have
them. Numbers that stand together, in a formula, a shape or a list, must stand together in one
statement or one line of output. Code in the text must be code of the page. On a page in MyST the
code and the outputs are those of the page.
"""

from __future__ import annotations

import ast
import math
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from textwrap import shorten
from typing import NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx_gallery.py_source_parser import remove_ignore_blocks, split_code_and_text_blocks

from course_site.cache import kept
from course_site.doctrees import around

logger = logging.getLogger(__name__)

EXCEPTIONS = Path(__file__).parents[1] / "numbers.toml"
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
DIGITS = r"\d+(?:\.\d+)?"
# In this order: 3·10⁻², 10⁻², 3e-2, and 3, with a sign unless it is an operation's.
NUMBER = re.compile(
    rf"(?P<sign>(?<![\w)}}\]|.])-)?(?<![\w.])(?P<digits>{DIGITS})"
    rf"(?:\s*(?:·|×|\\cdot|\\times)\s*10\^(?P<ten>-?\d+)|\^(?P<power>-?\d+)|e(?P<e>[+-]?\d+))?"
    r"(?![\w]|\.\d)(?P<percent>\s*\\?%)?"
)
# Indices, exponents of a symbol, sizes of type and colours are no claims.
STRUCTURE = re.compile(
    r"_\{[^{}]*\}|_\w|(?<=[A-Za-z)}\]|′'])\^(?:\{[^{}]*\}|-?(?:\d+|\w))|#[0-9a-f]{6}\b"
)
# What an expression consists of whose value needs nothing but its numbers.
ARITHMETIC = (
    *(ast.Constant, ast.UnaryOp, ast.USub, ast.BinOp),
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow),
)
OUTPUT = "output"  # what a directive has computed for a page
COMPUTED = {"lesson-facts", "computed", OUTPUT}  # what the build itself has written
# Arguments that say where, how exactly or how large to draw.
TECHNICAL = """
rtol atol rel_tol abs_tol dim figsize ncols nrows alpha linewidth markersize s zorder dpi levels
fontsize width height interval max_nodes
"""
LONG = 3  # digits
NOWHERE = "is in no assertion, code or output of the page: assert it in a hidden block"
NOT_NEAR = (
    "is not in the assertion, code or output near by that shares the most words with its sentence:"
    " assert it in a hidden block of the cell before or behind, in the words of the sentence"
)
NO_CODE = "is no code of the page: write it as the page does"
SHOWN = 60  # letters of a statement in a message
EVERYWHERE = -1  # the line of what belongs to the whole lesson
NEARBY = 1  # cells before and behind a text
# What may stand between numbers that belong together: (2, 3), 3 × 4, 2 of 6.
SIGNS = r"[\s,;()\[\]×·/*+=≈<>:|-]*"
BETWEEN = re.compile(rf"{SIGNS}(?:(?:and|to|of|by|or|is|\\cdot|\\times|\\approx)\b)?{SIGNS}")
CODE = re.compile(r"``(.+?)``|:math:`(.+?)`", re.S)  # in the source of a page
LETTERS = 0xE000  # the first of the letters, of no script, that stand for code and formulas
APART = r"(?!(?<=\w)\w)"  # no word or number goes on here
SENTENCE = re.compile(r"(?<=[.!?])[)”’]*\s+")
WORD = re.compile(r"[^\W\d_]+")
COMMON = re.compile(
    r"a|all|an|and|are|as|at|be|but|by|can|each|for|from|has|if|in|is|its?|not?|of|on|one|or|so"
    r"|than|that|the|this|to|two|was|we|with|you|assert|torch|item|round|tolist|cdot|frac|text"
)
STEM = 4  # letters of a word that count: "step" for "steps", "stepped"
CELL = re.compile(r"\s*GENERATED FROM PYTHON SOURCE LINES (\d+)-(\d+)")
NOT_PROSE = (
    nodes.literal_block,
    nodes.raw,
    nodes.comment,
    nodes.citation,
    nodes.footnote,
    nodes.image,
    addnodes.desc,
    addnodes.toctree,
)


class Number(NamedTuple):
    """A number as a text states it: how and where it is written, its value, its decimals."""

    text: str
    value: float
    decimals: int
    percent: bool = False
    start: int = 0
    end: int = 0

    @property
    def is_short(self) -> bool:
        """Whether it has so few digits that any page has it somewhere."""
        return len(re.sub(r"\D", "", self.text).strip("0")) < LONG


class Statement(NamedTuple):
    """What proves: a statement of code or a line of output, its numbers in order, its words."""

    text: str
    numbers: tuple[float, ...]
    words: frozenset[str]


@dataclass
class Cell:
    """What a cell of a lesson proves: asserted, shown as code, and put out."""

    line: int
    statements: list[Statement]


@dataclass(frozen=True)
class Claim:
    """Numbers that a text states together, with the words around them."""

    text: str
    words: frozenset[str]
    kind: str = "text"  # or "code" or "math"

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """The numbers in the order in which they stand."""
        return tuple(written_numbers(self.text))

    @property
    def is_short(self) -> bool:
        """Whether one of its numbers is met anywhere by chance."""
        return any(number.is_short for number in self.numbers)

    @property
    def is_expression(self) -> bool:
        """Whether it is code or a formula, and more than a number."""
        return self.kind != "text" and self.text.strip() != self.numbers[0].text

    def changed(self, number: Number, value: float) -> Claim:
        """Give the claim with another value in the place of one of its numbers."""
        new = f"{value:.{number.decimals}f}" if number.decimals else f"{value:.12g}"
        new += " %" if number.percent else ""
        return replace(self, text=self.text[: number.start] + new + self.text[number.end :])


# -- reading -------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """Write minus signs, powers and groups of thousands in one way."""
    text = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+", lambda run: "^" + run[0].translate(SUPERSCRIPTS), text)
    text = text.replace("−", "-").replace("–", " ").replace("{,}", ",")
    text = re.sub(r"\^\{\s*(-?\d+)\s*\}", r"^\1", text)
    text = re.sub(r"(?<=\d)[,\u202f\u00a0 ](?=\d{3}(?!\d))(?<![.]\d{3},)", "", text)
    return STRUCTURE.sub(" ", text)


def numbers_in(text: str) -> Iterator[Number]:
    """Find the numbers that a text states."""
    return written_numbers(plain(text))


def written_numbers(text: str) -> Iterator[Number]:
    """Find the numbers of a text whose signs and powers are written in one way."""
    for found in NUMBER.finditer(text):
        # What is too large for a float, as a commit's 0897e49337, is infinite.
        value = float(f"{found['digits']}e{found['ten'] or found['e'] or 0}")
        if found["power"]:
            value = power(value, int(found["power"]))
        scaled = found["ten"] or found["power"] or found["e"]
        decimals = 0 if scaled else len(found["digits"].partition(".")[2])
        sign = -1 if found["sign"] else 1
        percent = bool(found["percent"])
        yield Number(found[0].strip(), sign * value, decimals, percent, *found.span())


def power(base: float, exponent: int) -> float:
    """Give a power; one that is too large for a float is infinite."""
    try:
        return float(base**exponent)
    except (OverflowError, ZeroDivisionError):
        return math.inf


def words_in(text: str) -> frozenset[str]:
    """Give the words and names of a text, by their first letters."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    found = (word.lower() for word in WORD.findall(apart))
    return frozenset(word[:STEM] for word in found if not COMMON.fullmatch(word))


def claims_in(text: str, words: frozenset[str], kind: str = "text") -> Iterator[Claim]:
    """Give the numbers of a text in the groups in which they stand; code or a formula is one."""
    text = text if kind == "code" else plain(text)
    groups: list[tuple[int, int]] = []
    for number in written_numbers(text):
        if groups and (kind != "text" or BETWEEN.fullmatch(text, groups[-1][1], number.start)):
            groups[-1] = (groups[-1][0], number.end)
        else:
            groups.append((number.start, number.end))
    for start, end in [(0, len(text))] if kind != "text" and groups else groups:
        yield Claim(text[start:end], words, kind)


def numbers_in_code(tree: ast.AST) -> Iterator[float]:
    """Give the constants of code, what is computed from constants alone, and numbers in strings."""
    if isinstance(tree, ast.expr) and (value := constant_value(tree)) is not None:
        yield value
    elif isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        yield from (number.value for number in numbers_in(tree.value))
    for child in ast.iter_child_nodes(tree):
        if not is_technical(tree, child):
            yield from numbers_in_code(child)


def is_technical(parent: ast.AST, child: ast.AST) -> bool:
    """Whether a part of code says where, how exactly or how large to draw, and claims nothing."""
    if isinstance(parent, ast.UnaryOp):
        return is_negative(parent)  # the 2 of -2 is not there
    if isinstance(parent, ast.Subscript):
        return child is parent.slice
    if isinstance(child, ast.keyword):
        return child.arg in TECHNICAL.split()
    called = getattr(parent, "func", None)
    if isinstance(parent, ast.Call) and child is not called:
        name = getattr(called, "id", getattr(called, "attr", ""))
        return (name == "round" and child in parent.args[1:]) or name in ("subplots", "savefig")
    return False


def constant_value(node: ast.expr) -> float | None:
    """Compute an expression that consists of numbers alone."""
    for part in ast.walk(node):
        if not isinstance(part, ARITHMETIC):
            return None
        if isinstance(part, ast.Constant) and type(part.value) not in (int, float):
            return None
    try:
        return float(eval(ast.unparse(node)))
    except (ArithmeticError, TypeError):
        return None


# -- what proves ---------------------------------------------------------------------------------


def is_assertion(node: ast.AST) -> bool:
    """Whether a statement is an ``assert``, or a call of ``assert_close`` and its like."""
    if isinstance(node, ast.Assert):
        return True
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return False
    name = node.value.func
    return getattr(name, "attr", getattr(name, "id", "")).startswith("assert_")


def asserts_something(node: ast.AST) -> bool:
    """Whether an assertion can fail: not ``True``, not two literals, not a thing and itself."""
    return can_fail(node.test) if isinstance(node, ast.Assert) else True


def can_fail(test: ast.expr) -> bool:
    """Whether a condition depends on anything."""
    if isinstance(test, ast.Constant | ast.Tuple | ast.List):
        return False
    if isinstance(test, ast.BoolOp):
        parts = [can_fail(value) for value in test.values]
        return all(parts) if isinstance(test.op, ast.Or) else any(parts)
    if isinstance(test, ast.Compare):
        sides = [test.left, *test.comparators]
        if all(isinstance(side, ast.Constant) or is_negative(side) for side in sides):
            return False
        # A call need not give the same twice: that it does is a claim.
        fixed = [ast.dump(side) for side in sides if not any_call(side)]
        if len(set(fixed)) < len(fixed):
            return False
        return not (holds_for_any(test.left, test.ops, test.comparators))
    return True


def any_call(node: ast.expr) -> bool:
    """Whether an expression calls something."""
    return any(isinstance(part, ast.Call) for part in ast.walk(node))


def is_negative(node: ast.AST) -> bool:
    """Whether an expression is a literal with a minus."""
    return isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant)


def holds_for_any(left: ast.expr, ops: list[ast.cmpop], right: list[ast.expr]) -> bool:
    """Whether a comparison holds for any value: a length or a size that is at least 0."""
    called = getattr(getattr(left, "func", None), "id", "")
    bound = constant_value(right[0])
    return (
        called in ("len", "abs")
        and len(ops) == 1
        and bound is not None
        and (
            (isinstance(ops[0], ast.GtE) and bound <= 0)
            or (isinstance(ops[0], ast.Gt) and bound < 0)
        )
    )


def assertions(tree: ast.AST) -> Iterator[ast.stmt]:
    """Give the assertions of a script that can fail."""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and is_assertion(node) and asserts_something(node):
            yield node


def count_assertions(app: Sphinx, script: Path) -> int:
    """Count the assertions of a lesson that can fail."""
    text = script.read_bytes()
    name = f"assertions/{script.parent.name}/{script.stem}"
    return kept(app.doctreedir, name, [text], lambda: sum(1 for _ in assertions(ast.parse(text))))


def statements_of(tree: ast.AST) -> Iterator[Statement]:
    """Give what each statement of code says; a compound one says what its head does."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt) or (is_assertion(node) and not asserts_something(node)):
            continue
        parts: list[ast.AST] = [node]
        text = ast.unparse(node)
        if hasattr(node, "body") and not isinstance(node, ast.FunctionDef):
            parts = [x for x in ast.iter_child_nodes(node) if not isinstance(x, ast.stmt)]
            text = text.partition("\n")[0]
        found = tuple(value for part in parts for value in numbers_in_code(part))
        yield Statement(text, found, words_in(text))


def cells_of(script: Path) -> list[Cell]:
    """Give the cells of a lesson with what their assertions and their visible code prove."""
    _, blocks = split_code_and_text_blocks(str(script))
    cells = []
    for block in blocks:
        if block.type == "code":
            asserted = assertions(ast.parse(block.content))
            visible = ast.parse(str(remove_ignore_blocks(block.content))).body
            proving = ast.Module([*asserted, *(x for x in visible if not is_assertion(x))], [])
            cells.append(Cell(block.lineno, list(statements_of(proving))))
    return cells


def proves(known: Iterable[float], number: Number) -> bool:
    """Whether one of the known numbers is the stated one, or rounds to its decimals."""
    for value in known:
        for exact in (value, 100 * value) if number.percent else (value,):
            if math.isclose(exact, number.value, rel_tol=1e-9, abs_tol=1e-12):
                return True
            if not (number.decimals and math.isfinite(exact)):
                continue
            if math.isclose(round(exact, number.decimals), number.value, rel_tol=1e-9):
                return True
    return False


# -- pages ---------------------------------------------------------------------------------------


@cache
def exceptions() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """Read the exceptions: page (or ``*``), pattern, reason.

    Raises
    ------
    ValueError
        If one has no reason; the message names the file.
    """
    rows = tomllib.loads(EXCEPTIONS.read_text(encoding="utf-8"))["exception"]
    for row in rows:
        if not row.get("reason"):
            raise ValueError(f"{EXCEPTIONS.name}: an exception for {row} has no reason")
    return tuple((row.get("page", "*"), re.compile(row["text"]), row["reason"]) for row in rows)


def without_exceptions(docname: str, text: str) -> str:
    """Take out of a text what is excepted on its page."""
    for page, pattern, _ in exceptions():
        if page in ("*", docname):
            text = pattern.sub(" ", text)
    return text


def prose(doctree: nodes.Node) -> Iterator[tuple[nodes.Element, int]]:
    """Give the blocks of prose of a page, formulas included, and the script's line."""
    line = 1
    for node in doctree.findall(nodes.Element):
        if isinstance(node, nodes.comment) and (cell := CELL.match(node.astext())):
            line = int(cell[1])
        elif isinstance(node, nodes.title) and node.astext() == "Recap":
            line = EVERYWHERE
        outermost = isinstance(node, nodes.math_block) or (
            isinstance(node, nodes.TextElement)
            and not isinstance(node, nodes.Inline)
            and not any(isinstance(each, nodes.TextElement) for each in around(node))
        )
        if outermost and not any(map(is_apart, (node, *around(node)))):
            yield node, line


def claims_of(docname: str, block: nodes.Element) -> Iterator[Claim]:
    """Give what a block of prose claims: its formulas, the code in it, and its running text."""
    if isinstance(block, nodes.math_block):
        return claims_of_pieces(docname, [(block.astext(), "math")])
    pieces = []
    for text in block.findall(nodes.Text):
        if any(map(is_computed, around(text))):  # a word in a line that the build has written
            continue
        is_math = isinstance(text.parent, nodes.math)
        is_code = isinstance(text.parent, nodes.literal)
        pieces.append((str(text), "math" if is_math else "code" if is_code else "text"))
    return claims_of_pieces(docname, pieces)


def claims_of_source(docname: str, text: str) -> Iterator[Claim]:
    """Give what a paragraph claims in the source of a page."""
    pieces, end = [], 0
    for found in CODE.finditer(text):
        piece = (found[1], "code") if found[1] else (found[2], "math")
        pieces += [(text[end : found.start()], "text"), piece]
        end = found.end()
    return claims_of_pieces(docname, [*pieces, (text[end:], "text")])


def claims_of_pieces(docname: str, pieces: list[tuple[str, str]]) -> Iterator[Claim]:
    """Give what pieces of text, code and formulas claim, each with the words of its sentence."""
    apart: dict[str, tuple[str, str]] = {}
    running = ""
    for text, kind in pieces:
        letter = chr(LETTERS + len(apart))
        if kind != "text":
            apart[letter] = (without_exceptions(docname, text), kind)
        running += text if kind == "text" else f" {letter} "
    for sentence in SENTENCE.split(without_exceptions(docname, running)):
        in_it = [apart[letter] for letter in sentence if letter in apart]
        words = words_in(" ".join([sentence, *(text for text, _ in in_it)]))
        for text, kind in [*in_it, (sentence, "text")]:
            yield from claims_in(text, words, kind)


def is_computed(node: nodes.Element) -> bool:
    """Whether the build itself has written what lies in a node."""
    return bool(COMPUTED & {*node.get("classes", ())})


def is_apart(node: nodes.Element) -> bool:
    """Whether what lies in a node is no prose, or is computed or proved by its exercise."""
    proved = type(node).__name__ == "exercise_box" or is_computed(node)
    return isinstance(node, NOT_PROSE) or proved


def proved_by_block(text: str) -> Iterator[Statement]:
    """Give what code or an output on a page proves, by statements or by lines."""
    try:
        yield from statements_of(ast.parse(text))
    except (SyntaxError, ValueError):
        words = words_in(text)  # those of a table stand in its head
        for line in text.splitlines():
            yield Statement(line, tuple(number.value for number in numbers_in(line)), words)


def add_outputs(doctree: nodes.Node, cells: list[Cell]) -> None:
    """Add what a lesson put out to the cells that did; a page in MyST is one cell."""
    line = 1
    for node in doctree.findall(nodes.Element):
        if isinstance(node, nodes.comment) and (cell := CELL.match(node.astext())):
            line = int(cell[2])
        elif isinstance(node, nodes.literal_block) or OUTPUT in node.get("classes", ()):
            last = [cell for cell in cells if cell.line <= line]
            (last or cells)[-1].statements.extend(proved_by_block(node.astext()))


class Proofs:
    """What a page proves, as a whole and near each line of its script."""

    def __init__(self, cells: list[Cell]) -> None:
        self.cells = cells
        self.everywhere = [statement for cell in cells for statement in cell.statements]

    def near(self, line: int) -> list[Statement]:
        """Give what the cells around a text prove; a recap repeats what any cell has proved."""
        if line == EVERYWHERE:
            return self.everywhere
        before = [cell for cell in self.cells if cell.line <= line][-NEARBY:]
        behind = [cell for cell in self.cells if cell.line > line][:NEARBY]
        return [statement for cell in before + behind for statement in cell.statements]

    def nearest(self, claim: Claim, line: int) -> list[Statement]:
        """Give what may prove a claim: what shares the most words with it, if it is short."""
        if not claim.is_short:
            return self.everywhere
        shared = [(len(claim.words & it.words), it) for it in self.near(line) if it.numbers]
        most = max((count for count, _ in shared), default=0)
        return [statement for count, statement in shared if count == most > 0]

    def prove(self, claim: Claim, line: int) -> bool:
        """Whether the page proves what its prose claims at a line of its script."""
        if claim.is_expression:
            code = re.escape(squeezed(claim.text)).replace("…", ".*")
            whole = re.compile(rf"{APART}(?<!\d\.){code}{APART}(?!\.\d)")
            found = any(whole.search(squeezed(it.text)) for it in self.everywhere)
            if found or claim.kind == "code":
                return found
        nearest = self.nearest(claim, line)
        return any(together(claim.numbers, statement.numbers) for statement in nearest)

    def complaint(self, claim: Claim, line: int) -> str:
        """Say what to do about a claim that is not proved."""
        found = ""
        if claim.is_expression and claim.kind == "code":
            what = NO_CODE
        elif not claim.is_short:
            what = NOWHERE
        else:
            what = NOT_NEAR
            if nearest := self.nearest(claim, line):
                found = f" (now that is: {shorten(nearest[0].text, SHOWN)})"
        mend = f"or except it with a reason in docs/{EXCEPTIONS.name}"
        return f"{claim.text.strip()} {what}, {mend}{found}"


def squeezed(text: str) -> str:
    """Write code without what is a matter of taste."""
    return re.sub(r"[\"'`]|\s+(?=\W)|(?<=\W)\s+", "", " ".join(text.split()))


def together(stated: Iterable[Number], proved: Iterable[float]) -> bool:
    """Whether each number is proved by another value."""
    left = list(proved)
    for number in stated:
        found = next((value for value in left if proves([value], number)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def proofs_of(doctree: nodes.Node, script: Path) -> Proofs:
    """Collect what a page proves; `script` is that of a lesson, and not there for other pages."""
    cells = (cells_of(script) if script.exists() else []) or [Cell(0, [])]
    add_outputs(doctree, cells)
    return Proofs(cells)


def check_numbers(app: Sphinx, doctree: nodes.document) -> None:
    """Warn of every number in the prose of a page that nothing proves."""
    docname = app.env.docname
    proofs = proofs_of(doctree, Path(app.srcdir, f"{docname}.py"))
    for node, line in prose(doctree):
        for claim in claims_of(docname, node):
            if not proofs.prove(claim, line):
                logger.warning(proofs.complaint(claim, line), location=node, type="number")


def setup(app: Sphinx) -> None:
    """Check each page that was read, after outputs are in it."""
    app.connect("doctree-read", check_numbers, priority=950)
