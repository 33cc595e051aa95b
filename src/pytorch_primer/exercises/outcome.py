"""What an answer did on the cases of an exercise, and whether two answers did the same."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import torch

from pytorch_primer.exercises.exercise import Answer, Exercise
from pytorch_primer.exercises.specs import InstanceSpec
from pytorch_primer.exercises.state import fresh_state
from pytorch_primer.exercises.values import Tolerance, entries

EXACT = Tolerance(0.0, 0.0)


@dataclass
class Outcome:
    """What one call gave: a result with observations, or an exception.

    Attributes
    ----------
    result : Any
        What was returned.
    error : BaseException or None
        What was raised.
    seen : collections.abc.Mapping
        What the exercise's view saw of the result.
    changed : collections.abc.Mapping
        The arguments that the call changed, by name.
    pieces : dict
        All of this by name, in a form in which outcomes can be compared.
    """

    result: Any = None
    error: BaseException | None = None
    seen: Mapping[str, Any] = field(default_factory=dict)
    changed: Mapping[str, Any] = field(default_factory=dict)
    pieces: dict[str, Any] = field(default_factory=dict)


class Trial:
    """One answer on the cases of an exercise: each is run when it is first asked for."""

    def __init__(self, exercise: Exercise, answer: Answer, quiet: bool = False) -> None:
        self.exercise, self.answer, self.quiet = exercise, answer, quiet
        self.outcomes: dict[int, Outcome] = {}

    @cached_property
    def arguments(self) -> Any:
        """The arguments of all cases, made for this answer alone."""
        return self.exercise.inputs()

    def __len__(self) -> int:
        return self.exercise.num_cases

    def __getitem__(self, case: int) -> Outcome:
        if case not in self.outcomes:
            self.outcomes[case] = self.observe(case)
        return self.outcomes[case]

    def __iter__(self) -> Iterator[Outcome]:
        return (self[case] for case in range(len(self)))

    def observe(self, case: int) -> Outcome:
        """Run the answer on one case and leave the process as it was.

        ``KeyboardInterrupt`` passes; any other exception, also an exit, is part of the outcome.
        """
        made, args = self.exercise, self.arguments[case]
        with fresh_state(case):
            if self.quiet:
                warnings.simplefilter("ignore")
            try:
                outcome = Outcome(made.run(self.answer, *args))
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                pieces = {"error": said(error, self.answer)}
                return Outcome(error=error, pieces=pieces)
        outcome.changed = {
            name: arg
            for name, arg, before in zip(made.parameters, args, made.untouched[case], strict=False)
            if name not in made.in_place and not unchanged(arg, before)
        }
        normal = made.returns.normal(outcome.result)
        outcome.pieces = {f"changed {name}": entries_of(v) for name, v in outcome.changed.items()}
        outcome.pieces |= normal if isinstance(normal, dict) else {"result": normal}
        if made.view is not None:
            with fresh_state(case):
                if to_be_seen(made, outcome.result):
                    outcome.seen = seen(self, outcome.result, args)
        outcome.pieces |= {f"seen {name}": value for name, value in outcome.seen.items()}
        return outcome


def to_be_seen(made: Exercise, result: Any) -> bool:
    """Tell whether a view may look at a result: at the type that it expects, at nothing endless."""
    if hasattr(type(result), "__next__"):
        return False
    spec = made.returns
    return not isinstance(spec, InstanceSpec) or spec.difference("", None, result, EXACT) is None


def seen(trial: Trial, result: Any, args: tuple[Any, ...]) -> dict[str, Any]:
    """Look at the result the way the exercise does, as far as that is possible."""
    assert trial.exercise.view is not None
    try:
        return trial.exercise.view(result, *args)
    except Exception as error:  # the result is of an unexpected type: the spec says so
        return {"what the result can be used for": ": ".join(said(error, trial.answer))}


def text_of(error: BaseException) -> str:
    """Return the first line of an exception's text, also where its ``__str__`` raises."""
    try:
        return (str(error).strip().splitlines() or [""])[0]
    except Exception:
        return ""


def said(error: BaseException, answer: Answer) -> tuple[str, str]:
    """Return an exception's type and text, free of the names that an answer chose."""
    text = text_of(error)
    name = getattr(answer, "__qualname__", "")
    for own in (name, name.rsplit(".", 1)[-1]):
        text = text.replace(own, "…") if own else text
    return type(error).__name__, re.sub(r"(arguments?: ).*", r"\1…", text)


def entries_of(value: Any) -> Any:
    """Return a copy of an argument that changed, as far as it can be compared."""
    if isinstance(value, torch.nn.Module):
        values = {name: p.detach().clone() for name, p in value.state_dict().items()}
        params = list(value.parameters())
        return values | {
            "modes": [module.training for module in value.modules()],
            "watched": [p.requires_grad for p in params],
            "grads": [entries_of(p.grad) for p in params],
        }
    if isinstance(value, (torch.Tensor, np.ndarray)):
        read = entries(value)
        return None if read is None else read.clone()
    return None


def unchanged(now: Any, before: Any) -> bool:
    """Tell whether an argument still has the value that it had: for modules also mode and grads."""
    if isinstance(now, torch.nn.Module):
        if len(list(now.parameters())) != len(list(before.parameters())):
            return False
        pairs = zip(now.parameters(), before.parameters(), strict=True)
        return (
            [m.training for m in now.modules()] == [m.training for m in before.modules()]
            and [p.requires_grad for p in now.parameters()]
            == [p.requires_grad for p in before.parameters()]
            and all(unchanged(p.grad, q.grad) for p, q in pairs)
            and same(dict(now.state_dict()), dict(before.state_dict()), EXACT)
        )
    if isinstance(now, (torch.Tensor, np.ndarray, list, tuple, dict, int, float, str)):
        return same(now, before, EXACT)
    return now is not None or before is None


def same_pieces(a: Outcome, b: Outcome, tolerance: Tolerance) -> bool:
    """Tell whether two answers did the same: result, observations, side effects, exceptions."""
    return a.pieces.keys() == b.pieces.keys() and all(
        same(a.pieces[name], b.pieces[name], tolerance) for name in a.pieces
    )


def same(a: Any, b: Any, tol: Tolerance) -> bool:
    """Compare two values in depth: types, shapes, dtypes, and numbers within a tolerance."""
    if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor):
        if a.dtype != b.dtype or (x := entries(a)) is None or (y := entries(b)) is None:
            return False
        return x.shape == y.shape and torch.allclose(x, y, tol.rtol, tol.atol, equal_nan=True)
    if isinstance(a, float) and isinstance(b, float):
        return bool(np.isclose(a, b, tol.rtol, tol.atol, equal_nan=True))
    if type(a) is not type(b):
        # Two answers' own classes are two classes; the exercise's view says what they do.
        return type(a).__module__ != "builtins" and type(a).__name__ == type(b).__name__
    if isinstance(a, np.ndarray):
        if a.dtype != b.dtype or a.shape != b.shape:
            return False
        if a.dtype.kind not in "biuf":
            return bool(np.array_equal(a, b))
        return bool(np.allclose(a, b, tol.rtol, tol.atol, equal_nan=True))
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y, tol) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k], tol) for k in a)
    if isinstance(a, (int, str, bool)) or a is None:
        return bool(a == b)
    return True  # other objects are known by what the exercise's view sees of them
