"""Judge an answer: the result first, a cause only when it is wrong."""

from __future__ import annotations

import difflib
import linecache
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any, Literal

import torch

from pytorch_primer.exercises.errors import meaning
from pytorch_primer.exercises.exercise import Answer, Exercise, known_ids, load
from pytorch_primer.exercises.outcome import Outcome, Trial, said, same_pieces, text_of
from pytorch_primer.exercises.slips import looks_like
from pytorch_primer.exercises.source import BANK, is_blank
from pytorch_primer.exercises.specs import Difference, EqualSpec, NumberSpec, Spec, TensorSpec
from pytorch_primer.exercises.trials import mistakes_of, solution_of
from pytorch_primer.exercises.values import Tolerance, type_name

Status = Literal["right", "wrong", "blank"]
Basis = Literal["mistake", "slip", "cause", "remark", "bare"]
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
        A few sentences.
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


@dataclass(frozen=True)
class Finding:
    """What is wrong with an answer, and what the message rests on.

    Attributes
    ----------
    message : str
        What to tell.
    basis : str
        ``"mistake"`` of the bank, ``"slip"`` that the rules know, ``"cause"`` that can be seen
        from the outcome alone, ``"remark"`` on how two numbers are related, or the ``"bare"``
        difference.
    mistake : str or None
        Name of the recognised mistake.
    """

    message: str
    basis: Basis
    mistake: str | None = None


def find(id: str) -> Exercise | str:
    """Return the exercise of that id, or a sentence that suggests the nearest."""
    if id in known_ids():
        return load(id)
    near = difflib.get_close_matches(str(id), known_ids(), n=1, cutoff=0.3)
    return f"There is no exercise {id!r}{f': did you mean {near[0]!r}?' if near else '.'}"


def is_ours(answer: Any) -> bool:
    """Tell whether something comes from this package, so that it is nobody's answer."""
    module = getattr(answer, "__module__", None)
    module = module if isinstance(module, str) else ""
    return isinstance(answer, Exercise) or (
        module.partition(".")[0] == __name__.partition(".")[0] and not module.startswith(BANK)
    )


def judge(id: str, answer: Any) -> Result:
    """Try an answer on every case of an exercise and say what was found; never raise for it."""
    made = find(id)
    if isinstance(made, str):
        return Result(str(id), "wrong", made)
    start = time.perf_counter()
    try:
        if is_blank(answer, made.source.starter):
            text = f'still empty, replace the `...`; stuck? `hint("{id}")` has an idea.'
            return Result(id, "blank", text)
        if is_ours(answer):
            text = f"This `{id}` is the course's own: write yours in a cell above and run it."
            return Result(id, "blank", text)
        if not callable(answer):
            text = f"The answer is {type_name(answer)}: hand it over without calling it, `{id}`."
            return Result(id, "wrong", text)
        found = wrong_with(made, answer)
    except KeyboardInterrupt:
        seconds = time.perf_counter() - start
        text = f"Interrupted: it had not come to an end after {seconds:.0f} s. Nothing was changed."
        return Result(id, "wrong", text)
    except BaseException as error:  # what an answer returns can raise at any touch
        text = f"What it returned cannot be looked at: {type(error).__name__}."
        return Result(id, "wrong", text)
    if found is None:
        return Result(id, "right", " ".join(["right.", made.note]).strip())
    return Result(id, "wrong", found.message, found.mistake)


def wrong_with(made: Exercise, answer: Answer) -> Finding | None:
    """Say what is wrong with an answer and, where it is known, how that came; None if right."""
    trial, solution = Trial(made, answer), solution_of(made)
    for case, want in enumerate(solution):
        differs = difference(made, want, trial[case], answer)
        if differs is not None:
            break
    else:
        return None
    for mistake, wrong in mistakes_of(made):
        if alike(made, trial, wrong):
            return Finding(mistake.message, "mistake", mistake.name)
    text = differs.text[0].upper() + differs.text[1:]
    if differs.is_cause:
        return Finding(text, "cause")
    if trial[case].error is not None:  # no slip is known by its exception
        return Finding(text, "bare")
    text = f"{text} {differs.remark}".strip()
    clause = attempt(lambda: looks_like(made, trial))
    if clause:
        return Finding(f"{text} It looks as if {clause}.", "slip")
    return Finding(text, "remark" if differs.remark else "bare")


def attempt(look: Callable[[], str]) -> str:
    """Look for a cause; what an answer returned must not keep the difference from being told."""
    try:
        return look()
    except Exception:
        return ""


def alike(made: Exercise, trial: Trial, other: Trial) -> bool:
    """Tell whether two answers do the same on every case."""
    pairs = zip(trial, other, strict=True)
    return all(same_pieces(a, b, made.tolerance) for a, b in pairs)


def difference(made: Exercise, want: Outcome, got: Outcome, answer: Answer) -> Difference | None:
    """Say how an outcome differs from the expected one; None where it does not."""
    if got.error is not None:
        return told(got.error, answer)
    tol = made.tolerance
    found = made.returns.difference("the returned value", want.result, got.result, tol)
    if found is None and got.changed:
        names = ", ".join(f"`{changed}`" for changed in got.changed)
        found = Difference(
            f"the result is right, but the argument {names} was changed by the call."
        )
    if found is None:
        found = next((w for k in want.seen if (w := unseen(k, want, got, tol)) is not None), None)
    return found


def unseen(name: str, want: Outcome, got: Outcome, tol: Tolerance) -> Difference | None:
    """Compare one observation of the exercise's view."""
    if name not in got.seen:
        found = next(iter(got.seen.values()), "nothing to look at")
        return Difference(f"it cannot be used as asked: {found}")
    expected, value = want.seen[name], got.seen[name]
    if isinstance(expected, bool):
        return None if value == expected else Difference(f"this should hold, and does not: {name}.")
    spec: Spec = TensorSpec() if isinstance(expected, torch.Tensor) else NumberSpec()
    if isinstance(expected, int):
        spec = EqualSpec(int)
    return spec.difference(name, expected, value, tol)


def told(error: BaseException, answer: Answer) -> Difference:
    """Name an exception, with what it means and the line of the answer that it came from."""
    files = {f.__code__.co_filename for f in functions(answer)}
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename in files]
    name, text = type(error).__name__, text_of(error).rstrip(".")
    means = meaning(*said(error, answer))
    what = means or f"It stopped with {name}{f': {text}' if text else ''}."
    if frames:
        number = frames[-1].lineno or 0
        line = linecache.getline(frames[-1].filename, number).strip()
        what += f" Line {number}{f': `{line}`' if line else ''}"
    if means:
        what += f" ({name}{f': {text}' if text else ''})"
    return Difference(what, is_cause=bool(means))


def functions(answer: Any) -> list[FunctionType]:
    """List the Python functions that an answer, a function or a class, consists of."""
    members = vars(answer).values() if isinstance(answer, type) else [answer]
    return [member for member in members if isinstance(member, FunctionType)]
