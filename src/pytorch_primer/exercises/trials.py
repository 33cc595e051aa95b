"""What the solution and the known mistakes do, run once a process and kept."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from pytorch_primer.exercises.exercise import Exercise, Mistake
from pytorch_primer.exercises.outcome import Trial


@cache
def solution_of(made: Exercise) -> Trial:
    """Return what the official solution does on each case."""
    trial = Trial(made, made.solution)
    for outcome in trial:
        assert outcome.error is None, f"the solution of {made.id} fails: {outcome.error!r}"
    return trial


@cache
def kept(made: Exercise, mistake: Mistake) -> Trial:
    """Return the trial of a mistake, which runs a case when it is first asked for."""
    return Trial(made, mistake.answer, quiet=True)


def mistakes_of(made: Exercise) -> Iterator[tuple[Mistake, Trial]]:
    """Yield the known mistakes of an exercise with what they do."""
    for mistake in made.mistakes:
        yield mistake, kept(made, mistake)
