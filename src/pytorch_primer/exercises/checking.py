"""Judge an answer: the result first, a cause only when it is wrong."""

from __future__ import annotations

import difflib
import linecache
import time
import traceback
from dataclasses import dataclass
from types import FunctionType
from typing import Any, Literal

import torch

from pytorch_primer.exercises.exercise import Answer, Exercise, known_ids, load
from pytorch_primer.exercises.kinds import Number, Tensor, type_name
from pytorch_primer.exercises.outcome import Outcome, observe, same_outcome
from pytorch_primer.exercises.source import is_blank

Status = Literal["right", "wrong", "blank"]
SIGNS = {"right": "✓", "wrong": "✗", "blank": "○"}


@dataclass(frozen=True)
class Result:
    """What a check found; true in a condition exactly when the answer is right.

    Attributes
    ----------
    id : str
        The exercise.
    status : str
        ``"right"``, ``"wrong"`` or ``"blank"``.
    message : str
        At most two sentences.
    mistake : str or None
        Name of the recognised mistake.
    """

    id: str
    status: Status
    message: str
    mistake: str | None = None

    def __bool__(self) -> bool:
        return self.status == "right"

    def __repr__(self) -> str:
        return f"{SIGNS[self.status]} {self.id}: {self.message}"


def find(id: str) -> Exercise | str:
    """Return the exercise of that id, or a sentence that suggests the nearest."""
    if id in known_ids():
        return load(id)
    near = difflib.get_close_matches(str(id), known_ids(), n=1, cutoff=0.3)
    return f"There is no exercise {id!r}{f': did you mean {near[0]!r}?' if near else '.'}"


def judge(id: str, answer: Any) -> Result:
    """Try an answer on every case of an exercise and say what was found; never raise for it."""
    made = find(id)
    if isinstance(made, str):
        return Result(str(id), "wrong", made)
    if is_blank(answer, made.source.starter):
        return Result(
            id, "blank", f'still empty, replace the `...`; stuck? `hint("{id}")` has an idea.'
        )
    if not callable(answer):
        text = f"The answer is {type_name(answer)}: hand over `{id}` itself, without calling it."
        return Result(id, "wrong", text)
    start = time.perf_counter()
    try:
        wrong = first_wrong(made, answer)
        if wrong is None:
            return Result(id, "right", " ".join(["right.", made.note]).strip())
        known = recognised(made, answer)
        return Result(id, "wrong", known[0] if known else wrong, known[1] if known else None)
    except KeyboardInterrupt:
        seconds = time.perf_counter() - start
        text = f"Interrupted: it had not come to an end after {seconds:.0f} s. Nothing was changed."
        return Result(id, "wrong", text)


def first_wrong(exercise: Exercise, answer: Answer) -> str | None:
    """Return what is wrong with an answer, from the first case that shows it; None if right."""
    for case in range(exercise.num_cases):
        want = observe(exercise, exercise.solution, case)
        assert want.error is None, f"the solution of {exercise.id} fails: {want.error!r}"
        wrong = difference(exercise, want, observe(exercise, answer, case), answer)
        if wrong is not None:
            return wrong
    return None


def difference(exercise: Exercise, want: Outcome, got: Outcome, answer: Answer) -> str | None:
    """Say how an outcome differs from the expected one; None where it does not."""
    if got.error is not None:
        return told(got.error, answer)
    tol = exercise.tolerance
    name = "the returned value"
    wrong = exercise.returns.difference(name, want.result, got.result, tol)
    if wrong is None and got.changed:
        names = ", ".join(f"`{changed}`" for changed in got.changed)
        wrong = f"the result is right, but the argument {names} was changed by the call."
    if wrong is None:
        wrong = next((w for k in want.seen if (w := unseen(k, want, got, tol)) is not None), None)
    return None if wrong is None else wrong[0].upper() + wrong[1:]


def unseen(name: str, want: Outcome, got: Outcome, tol: Any) -> str | None:
    """Compare one observation of the exercise's view."""
    if name not in got.seen:
        return f"it cannot be used as asked: {next(iter(got.seen.values()), 'nothing to look at')}"
    expected, value = want.seen[name], got.seen[name]
    if isinstance(expected, bool):
        return None if value == expected else f"this should hold, and does not: {name}."
    if isinstance(expected, torch.Tensor):
        return Tensor().difference(name, expected, value, tol)
    if isinstance(expected, float):
        return Number().difference(name, expected, value, tol)
    return None if value == expected else f"{name}: found {value!r}, expected {expected!r}."


def recognised(exercise: Exercise, answer: Answer) -> tuple[str, str] | None:
    """Return message and name of the typical mistake that does on every case what this does."""
    outcomes = [observe(exercise, answer, case) for case in range(exercise.num_cases)]
    for mistake in exercise.mistakes:
        if all(
            same_outcome(outcome, observe(exercise, mistake.answer, case), exercise.tolerance)
            for case, outcome in enumerate(outcomes)
        ):
            return mistake.message, mistake.name
    return None


def told(error: BaseException, answer: Answer) -> str:
    """Name an exception, with the line of the answer that it came from."""
    files = {f.__code__.co_filename for f in functions(answer)}
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename in files]
    text = (str(error).strip().splitlines() or [""])[0].rstrip(".")
    said = f"{type(error).__name__}: {text}" if text else type(error).__name__
    if not frames:
        return f"It stopped with {said}."
    number = frames[-1].lineno or 0
    line = linecache.getline(frames[-1].filename, number).strip()
    return f"It stopped with {said}. Line {number}{f': `{line}`' if line else ''}"


def functions(answer: Any) -> list[FunctionType]:
    """List the Python functions that an answer, a function or a class, consists of."""
    members = vars(answer).values() if isinstance(answer, type) else [answer]
    return [member for member in members if isinstance(member, FunctionType)]
