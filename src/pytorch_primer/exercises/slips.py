"""What slips in a right answer would do, by rule: a factor lost, a step too late, a copy forgotten.

Each right answer of the bank is changed in one place by every rule that fits there; what comes out
runs on the exercise's cases when it is first needed, and is kept. An answer that does on every case
what one of them does, or two together, is told so. Rules know Python and PyTorch, and no exercise.
"""

from __future__ import annotations

import ast
import itertools
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from pytorch_primer.exercises.exercise import Exercise
from pytorch_primer.exercises.outcome import Trial, same, same_pieces
from pytorch_primer.exercises.rules import Edit, Slip, apply, slips
from pytorch_primer.exercises.source import run_text, standalone
from pytorch_primer.exercises.trials import mistakes_of, solution_of
from pytorch_primer.exercises.variants import expression

MAX_ROUNDS = 2_000  # of a loop that a slip made endless
MAX_PAIRS = 600
RARE = 3  # weight from which a slip is looked for after pairs of likelier ones
BUDGET = 2_000_000  # lines that runs of the solution would take, for each kind: no clock decides


class Candidate(NamedTuple):
    """A slip and what it does."""

    slip: Slip
    trial: Trial


class _Bounded(ast.NodeTransformer):
    """Let every loop raise after so many rounds."""

    def visit_While(self, node: ast.While) -> ast.While:
        """Count before each test."""
        self.generic_visit(node)
        node.test = ast.BoolOp(ast.And(), [expression("_tick()"), node.test])
        return node

    def visit_For(self, node: ast.For) -> ast.For:
        """Count at the beginning of each round."""
        self.generic_visit(node)
        node.body.insert(0, ast.Expr(expression("_tick()")))
        return node


def trial_of(made: Exercise, text: str) -> Trial | None:
    """Make an answer of a text; None where the text is no Python."""
    rounds = itertools.count()

    def tick() -> bool:
        if next(rounds) > MAX_ROUNDS:
            raise TimeoutError("endless")
        return True

    try:
        bounded = ast.unparse(ast.fix_missing_locations(_Bounded().visit(ast.parse(text))))
        around = vars(sys.modules[made.solution.__module__]) | {"_tick": tick}
        return Trial(made, run_text(bounded, around, made.id), quiet=True)
    except Exception:
        return None


@cache
def singles(made: Exercise) -> list[Candidate]:
    """Return every slip in every right answer, the likely ones first, each text once."""
    found: dict[str, Candidate] = {}
    for answer in [made.solution, *made.right]:
        _, text = standalone(answer, made.id)
        for slip in slips(text):
            changed = apply(text, slip.edits)
            if changed not in found and (trial := trial_of(made, changed)) is not None:
                found[changed] = Candidate(slip, trial)
    return sorted(found.values(), key=lambda candidate: candidate.slip.weight)


@cache
def pairs(made: Exercise) -> list[Candidate]:
    """Return likely pairs of slips in different places of the solution."""
    _, text = standalone(made.solution, made.id)
    likely = [*written(made, text), *sorted(slips(text), key=lambda slip: slip.weight)]
    both = [
        Slip(f"(1) {a.clause}; (2) {b.clause}", a.weight + b.weight, (*a.edits, *b.edits))
        for a, b in itertools.combinations(likely, 2)
        if not overlap(a.edits, b.edits)
    ]
    both = sorted(both, key=lambda slip: slip.weight)[:MAX_PAIRS]
    trials = ((slip, trial_of(made, apply(text, slip.edits))) for slip in both)
    return [Candidate(slip, trial) for slip, trial in trials if trial is not None]


def written(made: Exercise, text: str) -> Iterator[Slip]:
    """Yield the mistakes of the bank that differ from the solution in single lines."""
    for mistake in made.mistakes:
        if mistake.change is not None:
            edits = tuple(
                Edit(number, number, tuple(new.split("\n") if new else ()))
                for number, new in mistake.change.lines(text)
            )
            yield Slip(mistake.message.rstrip("."), 0, edits)


def overlap(a: tuple[Edit, ...], b: tuple[Edit, ...]) -> bool:
    """Tell whether two changes touch the same lines."""
    return any(x.first <= y.last and y.first <= x.last for x in a for y in b)


def looks_like(made: Exercise, trial: Trial) -> str:
    """Say which slip, or which two, do what the answer does; "" where none does."""
    if BUDGET <= 0:
        return ""
    likely = [candidate for candidate in singles(made) if candidate.slip.weight < RARE]
    one = next(matching(made, trial, likely), None)
    if one is not None:
        return one.slip.clause
    parts = of_parts(made, trial)
    if parts:
        return f"two things went wrong: {parts}"
    two = next(matching(made, trial, pairs(made)), None)
    if two is not None:
        return f"two things went wrong: {two.slip.clause}"
    rare = [candidate for candidate in singles(made) if candidate.slip.weight >= RARE]
    one = next(matching(made, trial, rare), None)
    return one.slip.clause if one is not None else ""


@cache
def lines_of_cases(made: Exercise) -> dict[int, int]:
    """Count the lines that Python executes when the solution runs on each case, fewest first."""
    solution_of(made)  # what is done once a process is done now
    trial, before = Trial(made, made.solution, quiet=True), sys.gettrace()
    counts = {}
    for case in range(len(trial)):
        lines = itertools.count()

        def count(frame: object, event: str, arg: object, lines: Iterator[int] = lines) -> object:
            if event == "line":
                next(lines)
            return count

        sys.settrace(count)  # type: ignore[arg-type]
        try:
            trial[case]
        finally:
            sys.settrace(before)
        counts[case] = next(lines)
    return dict(sorted(counts.items(), key=lambda item: item[1]))


def affordable(made: Exercise, candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield as many candidates as the budget allows; most of them show on the shortest case."""
    shortest = min(lines_of_cases(made).values())
    return itertools.islice(candidates, BUDGET // shortest)


def matching(made: Exercise, trial: Trial, candidates: list[Candidate]) -> Iterator[Candidate]:
    """Yield the candidates that do on every case what the answer does."""
    cases = lines_of_cases(made)
    for candidate in affordable(made, candidates):
        pairs = ((candidate.trial[case], trial[case]) for case in cases)
        if all(
            mine.error is None and same_pieces(mine, its, made.tolerance) for mine, its in pairs
        ):
            yield candidate


def of_parts(made: Exercise, trial: Trial) -> str:
    """Look for two independent slips, each in other parts of what is returned and seen."""
    want = [outcome.pieces for outcome in solution_of(made)]
    mine = [outcome.pieces for outcome in trial]
    if any(w.keys() != m.keys() for w, m in zip(want, mine, strict=True)):
        return ""
    names = {name for pieces in want for name in pieces}  # a case may have its own
    wrong = frozenset(name for name in names if not equal(made, name, want, mine))
    if len(wrong) < 2:
        return ""
    explained: dict[frozenset[str], str] = {}
    known = [(m.message.rstrip("."), t) for m, t in mistakes_of(made)]
    tried = ((c.slip.clause, c.trial) for c in affordable(made, singles(made)))
    for clause, other in itertools.chain(known, tried):
        if other[0].pieces.keys() != want[0].keys():
            continue
        theirs = [outcome.pieces for outcome in other]
        if any(t.keys() != w.keys() for t, w in zip(theirs, want, strict=True)):
            continue
        off = frozenset(name for name in names if not equal(made, name, want, theirs))
        if off and off < wrong and all(equal(made, name, mine, theirs) for name in off):
            explained.setdefault(off, clause)
    for (a, first), (b, second) in itertools.combinations(explained.items(), 2):
        if a | b == wrong and not a & b:
            return f"(1) {first}; (2) {second}"
    return ""


def equal(
    made: Exercise, name: str, a: list[dict[str, object]], b: list[dict[str, object]]
) -> bool:
    """Tell whether one piece is the same on every case."""
    return all(same(x.get(name), y.get(name), made.tolerance) for x, y in zip(a, b, strict=True))
