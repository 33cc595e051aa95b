"""Practice items made of the exercises' bank: a wrong line, a symptom, lines to put in order.

An author names an exercise and a mistake by the first words of its message, as in
``.. which-line:: train the_losses_are_computed``. Everything else is run: that the line is wrong,
what each mistake gives, and which orders of the lines pass the check.
"""

from __future__ import annotations

import ast
import io
import itertools
import random
import re
import sys
import textwrap
import tokenize
from collections.abc import Iterator

from course_site.practice_items import SALT, Fault, Item, Lines, Option, Written, finished
from pytorch_primer.exercises.checking import difference
from pytorch_primer.exercises.exercise import Exercise, Mistake, load, written_ids
from pytorch_primer.exercises.outcome import Trial
from pytorch_primer.exercises.source import run_text
from pytorch_primer.exercises.trials import mistakes_of, solution_of

OTHERS = 3  # wrong symptoms beside the right one
LONGEST_MESSAGE = 100  # characters of an error's text
MOST_ORDERS = 90
FEWEST_LINES, MOST_LINES = 3, 11
UNREADABLE = "Python cannot read it"
RIGHT = "The check says that it is right."
NUMBERS_DIFFER = re.compile(
    r"(.+?)(?: at \[[\d, ]+\])? is (?:-?\d+\.\d+|-?\d+e[-+]\d+|nan|inf)(?:, | |\.)"
)
LEAVES = re.compile(r" *(return|break|continue|raise)\b")
ENTRY_DIFFERS = re.compile(r"(.+?) at \[[\d, ]+\] is ")


def exercise_of(written: Written) -> Exercise:
    """Give the exercise that an item names."""
    words = written.argument.split()
    if not words or words[0] not in written_ids():
        name = words[0] if words else ""
        raise Fault(f"there is no exercise {name!r}: write its id behind the two colons")
    return load(words[0])


def mistake_of(made: Exercise, start: str) -> Mistake:
    """Give the mistake whose name starts so."""
    found = {mistake.name: mistake for mistake in reversed(made.mistakes) if start}
    fitting = [name for name in found if name.startswith(start)]
    if start in fitting:
        fitting = [start]
    if len(fitting) != 1:
        names = ", ".join(mistake.name for mistake in made.mistakes)
        what = f"{len(fitting)} mistakes of {made.id!r} start with {start!r}"
        raise Fault(f"{what}: name one of {names}")
    return found[fitting[0]]


def named_mistake(written: Written) -> tuple[Exercise, Mistake]:
    """Give exercise and mistake that an item names."""
    made = exercise_of(written)
    words = written.argument.split()
    if len(words) != 2:
        raise Fault("write exercise and mistake: `train the_losses_are_computed`")
    return made, mistake_of(made, words[1])


def task(written: Written, made: Exercise) -> str:
    """Give ``:task:``, or the first paragraph of what an exercise asks for, without its code."""
    if own := written.options.get("task"):
        return own
    first = made.prompt.split("\n\n")[0].strip()
    return " ".join(first.removesuffix("::").rstrip(":").split()) + ("." * first.endswith(":"))


def rst(text: str) -> str:
    """Write the bank's `code` as reST does."""
    return re.sub(r"(?<!`)`([^`]+)`(?!`)", r"``\1``", text)


def symptom_of(made: Exercise, mistake: Mistake, trial: Trial) -> tuple[str, str]:
    """Say how a mistake shows: in kind, and word for word."""
    for case, want in enumerate(solution_of(made)):
        found = difference(made, want, trial[case], mistake.answer)
        if found is not None:
            break
    else:
        raise Fault(f"the mistake {mistake.name!r} of {made.id!r} passes the check")
    error, text = trial[case].error, found.text
    if error is not None:
        return (
            f"It stops with an error, ``{type(error).__name__}``.",
            f"``{said_in_short(error)}``",
        )
    if at := ENTRY_DIFFERS.match(text):
        kind = f"The shape is right, but some entries of {at[1]} are wrong"
    elif at := NUMBERS_DIFFER.match(text):
        kind = f"{at[1]} is a wrong number"
    else:
        kind = text.partition(", expected")[0].rstrip(".")
    return rst(f"{kind[0].upper()}{kind[1:]}."), rst(text)


def said_in_short(error: BaseException) -> str:
    """Give an error's type and the start of its message."""
    first = (str(error).strip().splitlines() or [""])[0]
    return f"{type(error).__name__}: {textwrap.shorten(first, LONGEST_MESSAGE, placeholder=' …')}"


# -- which line is wrong? ------------------------------------------------------------------------


def which_line(written: Written) -> Item:
    """Make "which line is wrong?" of a mistake that is one line away from the solution."""
    made, mistake = named_mistake(written)
    if mistake.change is None:
        raise Fault(f"{mistake.name!r} is no change of single lines: take one of `line_mistakes`")
    number, _ = wrong_line(made, mistake)
    _, exact = symptom_of(made, mistake, dict_of(made)[mistake.name])
    lines = mistake.change.applied(made.source.solution).split("\n")
    body = [n for n, line in enumerate(lines, 1) if line.strip() and n > 1]
    if len(body) < FEWEST_LINES:
        mend = f"{made.id!r} has {len(body)} lines to choose from: ask `symptom` instead"
        raise Fault(mend)
    indent = min(len(lines[n - 1]) - len(lines[n - 1].lstrip()) for n in body)
    fine = f"This line is right. With the mistake the check says: {exact}"
    reasons = dict.fromkeys(body, fine) | {number: rst(mistake.message)}
    options = distinct([Option(lines[n - 1][indent:], n == number, reasons[n]) for n in body])
    question = f"One line of this ``{made.id}`` is wrong. It should do this: {task(written, made)}"
    return finished(
        written,
        "Which line is wrong?",
        question,
        lines[0],
        options,
        shuffle=False,
        exercise=made.id,
    )


def wrong_line(made: Exercise, mistake: Mistake) -> tuple[int, str]:
    """Give the number of the one wrong line of a mistake, and its text."""
    right, change = made.source.solution, mistake.change
    wrong = dict(change.lines(right)) if change else {}
    inside = change is not None and all(right.count(old) == 1 for old, _ in change.replaced)
    if not inside or len(wrong) != 1 or not all(wrong.values()) or "\n" in "".join(wrong.values()):
        raise Fault(f"{mistake.name!r} is not one wrong line of the solution: take another")
    ((number, text),) = wrong.items()
    return number, text


def distinct(options: list[Option]) -> list[Option]:
    """Count lines that stand there twice, so that each is an option of its own."""
    seen: dict[str, int] = {}
    made = []
    for option in options:
        seen[option.text] = seen.get(option.text, 0) + 1
        text = option.text + " " * (seen[option.text] - 1)
        made.append(Option(text, option.right, option.reason))
    return made


def dict_of(made: Exercise) -> dict[str, Trial]:
    """Give what each mistake of an exercise does, by its name; of two with one name the first."""
    return {mistake.name: trial for mistake, trial in reversed(list(mistakes_of(made)))}


# -- how does it show? ---------------------------------------------------------------------------


def symptom(written: Written) -> Item:
    """Make "what comes of this?" of a mistake; the wrong options are what others give."""
    made, mistake = named_mistake(written)
    trials = dict_of(made)
    own, exact = symptom_of(made, mistake, trials[mistake.name])
    options = [Option(own, True, f"{rst(mistake.message)} The check says: {exact}", literal=False)]
    others = [m for m in made.mistakes if m.name != mistake.name]
    random.Random(f"{SALT} {written.key}").shuffle(others)
    wanted = written.options.get("beside", "").split()
    if wanted:
        others = [mistake_of(made, start) for start in wanted]
    for other in others:
        kind, _ = symptom_of(made, other, trials[other.name])
        if kind in [option.text for option in options]:
            continue
        reason = f"Another mistake gives that: {rst(other.message)}"
        options.append(Option(kind, False, reason, literal=False))
        if len(options) > OTHERS - 1 and not wanted:
            break
    reason = f"It does not pass. {rst(hint_of(mistake))}"
    options.append(Option(RIGHT, False, reason, literal=False))
    if len(options) < OTHERS:
        raise Fault(f"the other mistakes of {made.id!r} give the same: ask about another exercise")
    question = f"This ``{made.id}`` should do this: {task(written, made)} What does the check say?"
    code = mistake.source
    return finished(written, "What comes of it?", question, code, options, exercise=made.id)


def hint_of(mistake: Mistake) -> str:
    """Say where to look, without the answer."""
    if mistake.change is not None and mistake.change.new:
        first = mistake.change.new.strip().replace("\\n", "\n").split("\n")[0]
        return f"Look at ``{first}``."
    return (
        "Follow what comes back, its type, its shape and its entries, and what else has changed:"
        " the arguments, and the object itself."
    )


# -- lines in order ------------------------------------------------------------------------------


def pieces_of(text: str) -> tuple[str, list[str]]:
    """Cut a solution into its head and its statements' lines; what goes on stays together."""
    heads = {1}
    rows = text.split("\n")
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    for before, token in itertools.pairwise(tokens):
        if before.type == tokenize.NEWLINE or before.type == tokenize.NL:
            heads.add(token.start[0])
    inside = {
        n
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.stmt) and not hasattr(node, "body")
        for n in range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)
    }
    pieces: list[str] = []
    for number, row in enumerate(rows, 1):
        if not row.strip():
            continue
        if number in inside and pieces:
            pieces[-1] += f"\n{row}"
        else:
            pieces.append(row)
    return pieces[0], pieces[1:]


def passes(made: Exercise, head: str, pieces: list[str]) -> str | None:
    """Say what is wrong with an order of lines; None if it passes the check."""
    text = "\n".join([head, *pieces])
    try:
        answer = run_text(text, vars(sys.modules[made.solution.__module__]), made.id)
    except SyntaxError as error:
        return f"{UNREADABLE}: {error.msg}."
    except Exception as error:
        return f"It stops with ``{type(error).__name__}``."
    trial = Trial(made, answer, quiet=True)
    for case, want in enumerate(solution_of(made)):
        found = difference(made, want, trial[case], answer)
        if found is not None:
            if (stopped := trial[case].error) is not None:
                return f"``{said_in_short(stopped)}``"
            return rst(found.text[0].upper() + found.text[1:])
    return None


def bound_and_used(piece: str) -> tuple[set[str], set[str]]:
    """Name what a line binds for the lines below it, and what must be bound above it."""
    text = re.sub(r"^elif\b", "if", textwrap.dedent(piece).strip())
    if text.endswith(":"):
        text = "pass" if text.startswith("else") else f"{text} pass"
    bound, used, own = set[str](), set[str](), set[str]()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.comprehension):
            own |= {name.id for name in ast.walk(node.target) if isinstance(name, ast.Name)}
        elif isinstance(node, ast.Lambda):
            own |= {argument.arg for argument in node.args.args}
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            used.add(node.target.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.Name):
            (bound if isinstance(node.ctx, ast.Store) else used).add(node.id)
    return bound - own, used - own


def depth(line: str) -> int:
    """Count the blanks that a line starts with."""
    return len(line) - len(line.lstrip())


def reads(text: str) -> bool:
    """Whether Python can read lines of a program, of which more may follow."""
    last = text.split("\n")[-1]
    rest = " " * (depth(last) + 1) + "pass" if last.endswith(":") else ""
    try:
        ast.parse(f"{text}\n{rest}")
    except SyntaxError:
        return False
    return True


def sensible_orders(head: str, pieces: list[str]) -> Iterator[tuple[int, ...]]:
    """Give the orders that Python can read, without a line that is never reached or too early.

    No line uses what only lines below it bind, and none stands behind a ``return`` or a ``break``.
    """
    binds, uses = zip(*map(bound_and_used, pieces), strict=True)
    made_here = set[str]().union(*binds) - set(re.findall(r"\w+", head))

    def longer(order: tuple[int, ...], known: set[str]) -> Iterator[tuple[int, ...]]:
        if len(order) == len(pieces):
            yield order
        ended = pieces[order[-1]] if order else ""
        for n in sorted(set(range(len(pieces))) - {*order}):
            if LEAVES.match(ended) and depth(pieces[n]) >= depth(ended):
                continue
            more = (*order, n)
            text = "\n".join([head, *(pieces[m] for m in more)])
            if uses[n] & made_here <= known and reads(text):
                yield from longer(more, known | binds[n])

    return longer((), set())


def right_orders(
    made: Exercise, head: str, pieces: list[str]
) -> tuple[list[tuple[int, ...]], dict[tuple[int, int], str]]:
    """Find all orders that pass, and what comes of two lines that have changed places."""
    start = tuple(range(len(pieces)))
    said: dict[str, str | None] = {}

    def told(order: tuple[int, ...]) -> str | None:
        lines = [pieces[n] for n in order]
        if (text := "\n".join(lines)) not in said:
            said[text] = passes(made, head, lines)
        return said[text]

    if (wrong := told(start)) is not None:
        raise Fault(f"the solution of {made.id!r} fails its own check: {wrong}")
    orders = [order for order in sensible_orders(head, pieces) if told(order) is None]
    if start not in orders:
        raise Fault(f"no rule here reads the solution of {made.id!r}: take another")
    if len(orders) > MOST_ORDERS:
        raise Fault(f"{len(orders)} orders of {made.id!r} are right: take another")
    orders.sort(key=lambda order: order != start)
    pairs = dict[tuple[int, int], str]()
    nearest_first = sorted(itertools.combinations(start, 2), key=lambda it: it[1] - it[0])
    for order, (i, j) in itertools.product(orders, nearest_first):
        if order == start or j == i + 1:
            swapped = [*order]
            swapped[i], swapped[j] = order[j], order[i]
            wrong = told(tuple(swapped))
            if wrong is not None and not wrong.startswith(UNREADABLE):
                pairs.setdefault((order[j], order[i]), wrong)
    return orders, pairs


def parsons(written: Written) -> Item:
    """Make "put the lines in order" of the usual solution, with wrong lines among them."""
    made = exercise_of(written)
    starts = written.argument.split()[1:]
    head, pieces = pieces_of(made.source.solution)
    if not FEWEST_LINES <= len(pieces) <= MOST_LINES:
        span = f"{FEWEST_LINES} to {MOST_LINES}"
        raise Fault(f"{made.id!r} has {len(pieces)} lines to order, {span} are sensible")
    mistakes = [mistake_of(made, start) for start in starts]
    wrong_lines = [distractor(made, mistake, pieces) for mistake in mistakes]
    orders, pairs = right_orders(made, head, pieces)
    extra, reasons = list[str](), dict[int, str]()
    for mistake, (place, line) in zip(mistakes, wrong_lines, strict=True):
        for order in orders:
            swapped = [line if n == place else pieces[n] for n in order]
            if passes(made, head, swapped) is None:
                raise Fault(f"with {line.strip()!r} in its place the program is right, too")
        reasons[len(pieces) + len(extra)] = rst(mistake.message)
        extra.append(line)
    every = [*pieces, *extra]
    shown = list(range(len(every)))
    random.Random(f"{SALT} {written.key}").shuffle(shown)
    new = {old: place for place, old in enumerate(shown)}
    indent = min(len(piece) - len(piece.lstrip()) for piece in every)
    lines = Lines(
        textwrap.dedent(head),
        tuple("\n".join(row[indent:] for row in every[n].split("\n")) for n in shown),
        tuple(tuple(new[n] for n in order) for order in orders),
        {(new[a], new[b]): text for (a, b), text in pairs.items()},
        {new[n]: text for n, text in reasons.items()},
    )
    spare = f" {spelled(len(extra))} too many." if extra else ""
    question = f"Put the lines of ``{made.id}`` in order.{spare} {task(written, made)}"
    return Item(
        "parsons",
        written.aim,
        written.key,
        "In order",
        question,
        made.source.solution,
        (),
        lines=lines,
        exercise=made.id,
    )


def spelled(count: int) -> str:
    """Say how many lines are left over."""
    return "One line is" if count == 1 else f"{('Two', 'Three', 'Four')[count - 2]} lines are"


def distractor(made: Exercise, mistake: Mistake, pieces: list[str]) -> tuple[int, str]:
    """Give the wrong line of a mistake, and in the place of which piece it stands."""
    number, line = wrong_line(made, mistake)
    old = made.source.solution.split("\n")[number - 1]
    if old not in pieces:
        raise Fault(f"the line of {mistake.name!r} is part of a longer one: take another mistake")
    return pieces.index(old), line
