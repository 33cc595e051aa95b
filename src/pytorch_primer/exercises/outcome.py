"""What an answer did on one input, and whether two answers did the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from pytorch_primer.exercises.exercise import Answer, Exercise
from pytorch_primer.exercises.kinds import Tolerance
from pytorch_primer.exercises.state import preserved_state


@dataclass
class Outcome:
    """What one call gave: a result with observations, or an exception."""

    result: Any = None
    error: BaseException | None = None
    seen: Mapping[str, Any] = field(default_factory=dict)
    changed: Mapping[str, Any] = field(default_factory=dict)


def observe(exercise: Exercise, answer: Answer, case: int) -> Outcome:
    """Try an answer on one case, with fresh arguments, and leave the process as it was.

    ``KeyboardInterrupt`` passes; any other exception, also an exit, is part of the outcome.
    """
    args, untouched = exercise.inputs()[case], exercise.inputs()[case]
    with preserved_state():
        torch.manual_seed(case)
        try:
            with torch.enable_grad():
                outcome = Outcome(exercise.run(answer, *args))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return Outcome(error=error)
        named = zip(exercise.parameters, args, untouched, strict=False)
        outcome.changed = {
            name: arg
            for name, arg, before in named
            if name not in exercise.in_place and not unchanged(arg, before)
        }
    with preserved_state():
        if exercise.view is not None:
            try:
                outcome.seen = exercise.view(outcome.result, *args)
            except Exception as error:  # the result is of an unexpected type: the kind says so
                outcome.seen = {
                    "what the result can be used for": f"{type(error).__name__}: {error}"
                }
    return outcome


def unchanged(now: Any, before: Any) -> bool:
    """Tell whether an argument still has the value that it had: for modules also mode and grads."""
    if isinstance(now, torch.nn.Module):
        grads = zip(now.parameters(), before.parameters(), strict=True)
        return (
            [m.training for m in now.modules()] == [m.training for m in before.modules()]
            and [p.requires_grad for p in now.parameters()]
            == [p.requires_grad for p in before.parameters()]
            and all(unchanged(p.grad, q.grad) for p, q in grads)
            and unchanged(dict(now.state_dict()), dict(before.state_dict()))
        )
    if isinstance(now, torch.Tensor):
        return isinstance(before, torch.Tensor) and same(now.detach(), before.detach(), EXACT)
    if isinstance(now, (np.ndarray, list, tuple, dict, int, float, str)) or now is None:
        return same(now, before, EXACT)
    return True


EXACT = Tolerance(0.0, 0.0)


def same_outcome(a: Outcome, b: Outcome, tolerance: Tolerance) -> bool:
    """Tell whether two answers did the same: result, observations, side effects, exceptions."""
    if a.error is not None or b.error is not None:
        return type(a.error) is type(b.error) and str(a.error) == str(b.error)
    return (
        same(a.result, b.result, tolerance)
        and same(dict(a.seen), dict(b.seen), tolerance)
        and same(dict(a.changed), dict(b.changed), tolerance)
    )


def same(a: Any, b: Any, tol: Tolerance) -> bool:
    """Compare two values in depth: types, shapes, dtypes, graph, and numbers within a tolerance."""
    if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor):
        return (
            a.shape == b.shape
            and a.dtype == b.dtype
            and a.requires_grad == b.requires_grad
            and torch.allclose(a.detach(), b.detach(), tol.rtol, tol.atol, equal_nan=True)
        )
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        if a.dtype.kind not in "biuf" or b.dtype.kind not in "biuf":
            return bool(a.dtype == b.dtype and np.array_equal(a, b))
        close = a.shape == b.shape and np.allclose(a, b, tol.rtol, tol.atol, equal_nan=True)
        return bool(a.dtype == b.dtype and close)
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return bool(np.isclose(a, b, tol.rtol, tol.atol, equal_nan=True))
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y, tol) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k], tol) for k in a)
    if isinstance(a, (int, str, bool)) or a is None:
        return bool(a == b)
    return True  # other objects are known by what the exercise's view sees of them
