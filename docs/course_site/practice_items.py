"""What a practice item is: how its author wrote it, and what torch says when it is run.

An author writes code, and for each wrong option the code of the misconception with a reason. What
an option says is what that code gives; nobody types an answer. An item that does not hold together
is a `Fault`, with the line and what to do.

::

    .. predict::
       :aim: 1

       t = torch.ones(3, 1) - torch.arange(3)
       print(t.shape)
       + The column is repeated to the right, the vector downwards.
       - A vector that meets a column stays a row.
           torch.arange(3) -> torch.arange(3).reshape(3, 1)
       - The column was repeated, and so was the vector.
           = print(torch.Size([3]))
"""

from __future__ import annotations

import ast
import contextlib
import io
import math
import random
import re
import warnings
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from course_site import numbers
from pytorch_primer.exercises.source import MODULES, Change, changes
from pytorch_primer.exercises.state import fresh_state

AIMS = 3
SALT = "primer"  # what options are shuffled by, together with the item's text
LONGER = 2.5  # times the second longest, at which an option gives itself away
LONG_ANYWAY = 30  # characters that any option may have
SMALL = {0.0, 1.0, 2.0}  # in a reason these need no proof: "one column", "the two shapes"
ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}")
START = re.compile(
    r"^# \.\. (?P<kind>predict|choose|repair|shapes|which-line|symptom|parsons)::(?P<argument>.*)$"
)
OPTION = re.compile(r"([+-]) (\S.*)")


class Fault(ValueError):
    """What is wrong with an item: how many lines below its directive, and what to do."""

    def __init__(self, mend: str, offset: int = 0) -> None:
        super().__init__(mend)
        self.mend, self.offset = mend, offset


@dataclass(frozen=True)
class Written:
    """An item as its author wrote it: kind, argument, options, and the lines below them."""

    kind: str
    argument: str
    options: dict[str, str]
    body: tuple[str, ...] = ()
    body_offset: int = 0
    line: int = 0

    @property
    def aim(self) -> int:
        """The aim of the lesson that the item assesses, from 1."""
        text = self.options.get("aim", "")
        if text not in map(str, range(1, AIMS + 1)):
            raise Fault(f"say which aim of the lesson this assesses: `:aim: 1`, 2 or {AIMS}")
        return int(text)

    @property
    def key(self) -> str:
        """What the item is known by, as long as its text does not change."""
        told = [self.kind, self.argument, *sorted(map(str, self.options.items())), *self.body]
        return f"{zlib.crc32(chr(10).join(told).encode()):08x}"


@dataclass(frozen=True)
class Option:
    """One option: what it says, whether it is right, and what to tell who chose it (reST)."""

    text: str
    right: bool
    reason: str
    literal: bool = True  # whether the text is code, or what a program printed
    curve: tuple[float, ...] = ()


@dataclass(frozen=True)
class Lines:
    """The pieces of a program to put in order.

    Attributes
    ----------
    head : str
        What stands above them and stays.
    pieces : tuple[str, ...]
        The pieces with their indents, shuffled, distractors among them.
    orders : tuple[tuple[int, ...], ...]
        All orders that are right.
    pairs : dict
        What torch gave where the first of two pieces stood right before the second.
    distractors : dict
        The pieces that belong nowhere: what to tell (reST).
    """

    head: str
    pieces: tuple[str, ...]
    orders: tuple[tuple[int, ...], ...]
    pairs: dict[tuple[int, int], str]
    distractors: dict[int, str]


@dataclass(frozen=True)
class Item:
    """An item, run: all that its page says."""

    kind: str
    aim: int
    key: str
    title: str
    question: str  # reST
    code: str
    options: tuple[Option, ...]
    curve: tuple[float, ...] = ()
    lines: Lines | None = None
    exercise: str = ""

    @property
    def right(self) -> int:
        """The place of the right option, from 0; -1 where lines are put in order."""
        return next((n for n, option in enumerate(self.options) if option.right), -1)


@dataclass
class Ran:
    """What a piece of code gave."""

    printed: str = ""
    error: str = ""
    namespace: dict[str, Any] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """Say it as an option does."""
        parts = [self.printed.strip("\n")] if self.printed.strip() else []
        if self.error:
            parts.append(f"an error: {self.error.partition(':')[0]}")
        return "\n".join(parts)


# -- reading -------------------------------------------------------------------------------------


def written_in(text: str) -> Iterator[Written]:
    """Find the items in the source of a lesson."""
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if not (start := START.match(line)):
            continue
        block = []
        for below in lines[number:]:
            if below.strip() != "#" and not below.startswith("#   "):
                break
            block.append(below[2:] if len(below) > 1 else "")
        while block and not block[-1].strip():
            block.pop()
        options: dict[str, str] = {}
        at = 0
        for at, row in enumerate([*block, "end"]):  # noqa: B007  # used behind the loop
            if not (given := re.match(r" +:([\w-]+):\s*(.*)", row)):
                break
            options[given[1]] = given[2].strip()
        while at < len(block) and not block[at].strip():
            at += 1
        body = dedented(block[at:])
        yield Written(start["kind"], start["argument"].strip(), options, body, at + 1, number)


def dedented(lines: list[str]) -> tuple[str, ...]:
    """Take away the indent that all lines have."""
    indent = min((len(x) - len(x.lstrip()) for x in lines if x.strip()), default=0)
    return tuple(line[indent:] for line in lines)


@dataclass
class Given:
    """An option as it is written: its sign, its words, the lines of code below it."""

    sign: str
    words: str
    offset: int
    code: list[str] = field(default_factory=list)


def parts_of(written: Written) -> tuple[str, list[Given]]:
    """Cut what stands below a directive into the code and the options."""
    code: list[str] = []
    given: list[Given] = []
    for number, line in enumerate(written.body):
        offset = written.body_offset + number
        if found := OPTION.fullmatch(line.rstrip()):
            given.append(Given(found[1], found[2], offset))
        elif not given:
            code.append(line)
        elif line.startswith("    "):
            given[-1].code.append(line[4:].rstrip())
        elif line.startswith("  "):
            given[-1].words += f" {line.strip()}"
        elif line.strip():
            mend = "expected `+ why`, `- reason`, or their lines, indented by two; code by four"
            raise Fault(mend, offset)
    return "\n".join(code).strip("\n"), given


def changed(code: str, given: Given) -> tuple[str, str]:
    """Give the code of an option, and how to say in what it differs."""
    lines = [line for line in given.code if line.strip()]
    if not lines:
        mend = "below the reason write the code of the misconception, indented by four more:"
        raise Fault(f"{mend} `old -> new`, or the whole code behind `= `", given.offset)
    if lines[0].startswith("="):
        whole = "\n".join(line.removeprefix("=").removeprefix(" ") for line in lines)
        return whole, ""
    found = change_of(code, given)
    said = " and ".join(
        f"``{new}`` in place of ``{old}``" if new else f"``{old}`` left out"
        for old, new in found.replaced
        if "\n" not in new and "\\n" not in new
    )
    return found.applied(code), said


def change_of(code: str, given: Given) -> Change:
    """Read the change below an option."""
    text = "\n".join([given.words, *(f"    {line.strip()}" for line in given.code)])
    try:
        ((_, found),) = changes(text, code, "", given.offset)
    except ValueError as error:
        raise Fault(str(error).partition(": ")[2] or str(error), given.offset) from None
    return found


# -- running -------------------------------------------------------------------------------------


def run(code: str) -> Ran:
    """Run code as a cell is run, in a process as new, and give what it printed or raised."""
    made, printed = Ran(), io.StringIO()
    made.namespace = {"__name__": "practice", **MODULES}
    with fresh_state(0), contextlib.redirect_stdout(printed):
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(code)
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, "<practice>", "exec"), made.namespace)
            if isinstance(last, ast.Expr):
                value = compile(ast.Expression(last.value), "<practice>", "eval")
                if (shown := eval(value, made.namespace)) is not None:
                    print(shown if isinstance(shown, str) else repr(shown))
        except Exception as error:
            first = (str(error).strip().splitlines() or [""])[0]
            made.error = f"{type(error).__name__}: {first}"
    made.printed = printed.getvalue()
    return made


def ran(code: str, offset: int) -> Ran:
    """Run code that has to say something that is the same everywhere."""
    made = run(code)
    if not made.said:
        raise Fault("this code prints nothing: end it with `print(…)` or a value", offset)
    if ADDRESS.search(made.said):
        raise Fault("this prints a memory address, which differs at every run", offset)
    if made.error.startswith(("SyntaxError", "NameError", "IndentationError", "ModuleNotFound")):
        raise Fault(f"this code does not run: {made.error}", offset)
    return made


# -- making --------------------------------------------------------------------------------------


def predict(written: Written) -> Item:
    """Make "what does this print?": the wrong options are what misconceptions print."""
    code, given = parts_of(written)
    why = [each for each in given if each.sign == "+"]
    wrong = [each for each in given if each.sign == "-"]
    if not code or len(why) != 1 or not wrong:
        mend = "write the code, one `+ why` for who got it right, and a `- reason` for each"
        raise Fault(f"{mend} misconception, with its code below it", written.body_offset)
    made = ran(code, written.body_offset)
    said = f"``{made.error}``" if made.error else ""
    options = [Option(made.said, True, f"{why[0].words} {said}".strip())]
    proofs = [code, made.printed, made.error]
    for each in wrong:
        other, told = changed(code, each)
        gave = ran(other, each.offset)
        if told:
            came = "That error comes" if gave.error else "The program prints that"
            told = f"{came} with {told}."
        proofs += [other, gave.printed]
        options.append(Option(gave.said, False, f"{each.words} {told}".strip()))
    prove(written, given, proofs)
    question = written.argument or "What does this print?"
    return finished(written, "Predict", question, code, options)


def choose(written: Written) -> Item:
    """Make "which of these does it?": each option is run behind the code, and tested."""
    code, given = parts_of(written)
    test = written.options.get("test", "")
    if not test or not written.argument:
        mend = "write the question behind the two colons, and `:test:` with an expression"
        raise Fault(f"{mend} that holds for the right option alone")
    options, proofs = [], [code, test]
    for each in given:
        own = "\n".join(each.code).strip("\n")
        made = run(f"{code}\n{own}\npractice_test = ({test})")
        holds = not made.error and bool(made.namespace["practice_test"])
        if made.error.startswith(("SyntaxError", "IndentationError")):
            raise Fault(f"this option does not run: {made.error}", each.offset)
        if holds is not (each.sign == "+"):
            mend = "the test holds for this option: it is right" if holds else "the test fails here"
            raise Fault(f"{mend}; {made.error or f'`{test}` is {holds}'}", each.offset)
        said = f" Python says: ``{made.error}``" if made.error else ""
        options.append(Option(own, holds, each.words + said))
        proofs += [own, made.error]
    prove(written, given, proofs)
    return finished(written, "Choose", written.argument, code, options)


def repair(written: Written) -> Item:
    """Make "which change repairs this loop?": each is run, and its curve drawn."""
    code, given = parts_of(written)
    name = written.options.get("curve", "losses")
    broken = curve_of(run(code), name, written.body_offset)
    options, ends, proofs = [], dict[int, float](), [code]
    for each in given:
        change = change_of(code, each)
        gave = run(change.applied(code))
        curve = curve_of(gave, name, each.offset)
        shown = "\n".join(
            f"{old} → {new}" if new else f"leave out {old}" for old, new in change.replaced
        ).replace("\\n", "\n")
        said = f"The curve ends at {short(curve[-1])}."
        options.append(Option(shown, each.sign == "+", f"{each.words} {said}", curve=curve))
        ends[each.offset] = end_of(curve)
        proofs += [change.applied(code), gave.printed]
    right = [ends[each.offset] for each in given if each.sign == "+"]
    others = [ends[each.offset] for each in given if each.sign == "-"]
    all_others = [end_of(broken), *others]
    if len(right) == 1 and not all(2 * right[0] < end for end in all_others):
        mend = f"the curve of `+` ends at {right[0]:.3g}, which is not less than half of all others"
        raise Fault(f"{mend}: {', '.join(f'{end:.3g}' for end in all_others)}")
    prove(written, given, proofs)
    question = (
        written.argument or "The curve shows the losses of this loop. Which change repairs it?"
    )
    return finished(written, "Repair", question, code, options, curve=broken)


def end_of(curve: Sequence[float]) -> float:
    """Give where a curve ends; one that ended in nan has diverged."""
    return float("inf") if math.isnan(curve[-1]) else curve[-1]


def short(value: float) -> str:
    """Write the end of a curve."""
    return f"{value:.2g}" if abs(value) < 1e4 else f"{value:.0e}"


def curve_of(made: Ran, name: str, offset: int) -> tuple[float, ...]:
    """Give the curve that a loop left."""
    if made.error:
        raise Fault(f"this does not run: {made.error}", offset)
    if name not in made.namespace:
        raise Fault(f"the code makes no {name!r}: say with `:curve:` what to draw", offset)
    return tuple(float(value) for value in made.namespace[name])


def prove(written: Written, given: list[Given], proofs: list[str]) -> None:
    """Look for the numbers of question and reasons in code and in what it gave."""
    known = set(SMALL)
    for text in proofs:
        known |= {number.value for number in numbers.numbers_in(text)}
        with contextlib.suppress(SyntaxError):
            known |= set(numbers.numbers_in_code(ast.parse(text)))
    known |= {abs(value) for value in known}
    words = [(0, written.argument), *((each.offset, each.words) for each in given)]
    for offset, text in words:
        for number in numbers.numbers_in(re.sub(r"``[^`]*``", "", text)):
            if not numbers.proves(known, number):
                mend = f"the number {number.text} is in no code and no output of this item"
                raise Fault(f"{mend}: let a line compute it", offset)


def finished(
    written: Written,
    title: str,
    question: str,
    code: str,
    options: list[Option],
    shuffle: bool = True,
    **more: Any,
) -> Item:
    """Hold the options to the rules, and shuffle them by the item's text."""
    sure = sum(option.right for option in options)
    if sure != 1:
        raise Fault(f"{sure} options are right, and one should be: mark it with `+`")
    if len(options) < 2:
        raise Fault("an item needs a wrong option: `- reason` with its code below it")
    texts = [option.text for option in options]
    if same := next((text for text in texts if texts.count(text) > 1), None):
        raise Fault(f"two options give the same, {same!r}: change the code of one")
    if bare := next((option for option in options if not option.reason.strip()), None):
        raise Fault(f"the option {bare.text!r} has no reason")
    lengths = sorted(len(text) for text in texts)
    if shuffle and lengths[-1] > max(LONG_ANYWAY, LONGER * lengths[-2]):
        mend = f"an option of {lengths[-1]} characters is far longer than all others"
        raise Fault(f"{mend} ({lengths[-2]}): print less, or make another as long")
    if shuffle:
        random.Random(f"{SALT} {written.key}").shuffle(options)
    made = tuple(options)
    return Item(written.kind, written.aim, written.key, title, question, code, made, **more)


# -- guessing ------------------------------------------------------------------------------------


def guessing(items: list[Item]) -> dict[str, dict[str, float]]:
    """Say how often who guesses by place or by length is right, beside who guesses blindly.

    Returns
    -------
    dict
        For each way to guess: ``right`` and ``chance``, as shares of all items with options.
    """
    asked = [item for item in items if item.options]
    if not asked:
        return {}

    def share(picks: list[list[int]]) -> float:
        hits = (
            item.right in pick and 1 / len(pick) for item, pick in zip(asked, picks, strict=True)
        )
        return sum(float(hit) for hit in hits) / len(asked)

    def extreme(best: Any) -> list[list[int]]:
        found = []
        for item in asked:
            lengths = [len(option.text) for option in item.options]
            found.append([n for n, length in enumerate(lengths) if length == best(lengths)])
        return found

    every = [list(range(len(item.options))) for item in asked]
    ways = {
        f"option {letter}": [[n] if n < len(all_) else all_ for all_ in every]
        for n, letter in enumerate("ABCD")
    }
    ways |= {
        "the last option": [all_[-1:] for all_ in every],
        "the longest option": extreme(max),
        "the shortest option": extreme(min),
    }
    chance = share(every)
    return {name: {"right": share(picks), "chance": chance} for name, picks in ways.items()}
