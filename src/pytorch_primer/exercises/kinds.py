"""What an exercise asks to be returned, and the first thing in which an answer differs from it.

A kind compares one returned value with the expected one and says in a sentence what is different,
or returns None. Every kind accepts whatever the exercise's contract accepts: a history may be a
list, an array or a stacked tensor, a one-element tensor may have the shape () or (1,).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch

from pytorch_primer.exercises.remarks import remark


@dataclass(frozen=True)
class Tolerance:
    """How far a number may be from the expected one: ``atol + rtol * |expected|``."""

    rtol: float = 1e-4
    atol: float = 1e-5


class Kind(Protocol):
    """Compares one returned value with the expected one."""

    def difference(self, name: str, want: Any, got: Any, tol: Tolerance) -> str | None:
        """Say in one sentence how ``got`` differs from ``want``; None where it does not."""


def type_name(value: Any) -> str:
    """Name a value's type the way its user does."""
    if isinstance(value, torch.Tensor):
        return f"a tensor of shape {tuple(value.shape)}"
    if isinstance(value, np.ndarray):
        return f"a NumPy array of shape {value.shape}"
    if callable(value):
        return "a function or class"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def nothing(name: str, got: Any) -> str | None:
    """Complain about a missing value."""
    return f"{name} is None: nothing was returned there." if got is None else None


def show(value: torch.Tensor) -> str:
    """Write one number with the digits that matter."""
    return f"{value.item():.6g}" if value.dtype.is_floating_point else str(value.item())


def numbers_differ(name: str, want: torch.Tensor, got: torch.Tensor, tol: Tolerance) -> str | None:
    """Compare shape and entries; the largest deviation is named, with a remark where one fits."""
    hint = remark(want, got)
    if want.shape != got.shape:
        return f"{name} has shape {tuple(got.shape)}, expected {tuple(want.shape)}.{hint}"
    wide_want, wide_got = want.detach().cpu().double(), got.detach().cpu().double()
    if wide_want.isfinite().all() and not wide_got.isfinite().all():
        return f"{name} is not finite: it contains {'nan' if wide_got.isnan().any() else 'inf'}."
    if torch.allclose(wide_got, wide_want, tol.rtol, tol.atol, equal_nan=True):
        return None
    away = (wide_got - wide_want).abs().nan_to_num(float("inf"))
    away -= tol.atol + tol.rtol * wide_want.abs()
    at = tuple(int(i) for i in np.unravel_index(int(away.argmax()), want.shape))
    where = f"{name} at {list(at)}" if at else name
    return f"{where} is {show(got[at])}, expected {show(want[at])}.{hint}"


@dataclass(frozen=True)
class Tensor:
    """A tensor.

    ``one_element`` accepts the shapes () and (1,); ``same_dtype`` asks for the expected dtype and
    not only for its family; ``attached`` asks for a result that gradients can flow through.
    """

    one_element: bool = False
    same_dtype: bool = False
    attached: bool = False

    def difference(self, name: str, want: Any, got: Any, tol: Tolerance) -> str | None:
        if (missing := nothing(name, got)) is not None:
            return missing
        if not isinstance(got, torch.Tensor):
            return f"{name} is {type_name(got)}, expected a tensor."
        family = (torch.float32, torch.float64) if want.is_floating_point() else (want.dtype,)
        if got.dtype not in ((want.dtype,) if self.same_dtype else family):
            return f"{name} has dtype {got.dtype}, expected {want.dtype}."
        if self.one_element:
            if got.shape not in ((), (1,)):
                return f"{name} has shape {tuple(got.shape)}, expected one element."
            want, got = want.reshape(()), got.reshape(())
        if (differs := numbers_differ(name, want, got, tol)) is not None:
            return differs
        if self.attached and not got.requires_grad:
            return f"{name} has the right value but is cut off from the graph: it has no grad_fn."
        return None


@dataclass(frozen=True)
class Array:
    """A NumPy array."""

    def difference(self, name: str, want: Any, got: Any, tol: Tolerance) -> str | None:
        if (missing := nothing(name, got)) is not None:
            return missing
        if not isinstance(got, np.ndarray):
            return f"{name} is {type_name(got)}, expected a NumPy array."
        if got.dtype.kind != want.dtype.kind:
            return f"{name} has dtype {got.dtype}, expected {want.dtype}."
        return numbers_differ(name, torch.tensor(want), torch.tensor(got), tol)


@dataclass(frozen=True)
class Number:
    """One number: a Python float, or (unless ``plain``) a one-element tensor or array."""

    plain: bool = False

    def difference(self, name: str, want: Any, got: Any, tol: Tolerance) -> str | None:
        if (missing := nothing(name, got)) is not None:
            return missing
        is_float = isinstance(got, (float, np.floating))
        if self.plain and not is_float:
            return f"{name} is {type_name(got)}, expected a Python float."
        if not is_float:
            value = torch.as_tensor(got) if isinstance(got, (torch.Tensor, np.ndarray)) else None
            if value is None or value.shape not in ((), (1,)) or not value.is_floating_point():
                return f"{name} is {type_name(got)}, expected one floating point number."
            got = value.detach().reshape(()).item()
        want = torch.as_tensor(want, dtype=torch.float64).detach().reshape(())
        return numbers_differ(name, want, torch.tensor(float(got), dtype=torch.float64), tol)


@dataclass(frozen=True)
class History:
    """One entry a step: a list, an array or a stacked tensor; ``floats`` asks for plain floats."""

    floats: bool = False

    def difference(self, name: str, want: Any, got: Any, tol: Tolerance) -> str | None:
        if (missing := nothing(name, got)) is not None:
            return missing
        if not isinstance(got, (list, tuple, np.ndarray, torch.Tensor)):
            return f"{name} is {type_name(got)}, expected one entry a step."
        if self.floats:
            if not isinstance(got, list):
                return f"{name} is {type_name(got)}, expected a list of Python floats."
            odd = next((v for v in got if not isinstance(v, float)), None)
            if odd is not None:
                return f"{name} has an entry that is {type_name(odd)}, expected Python floats."
        values = stack(got)
        if values is None:
            return f"{name} has entries that are no numbers, or entries of different shapes."
        expected = stack(want)
        assert expected is not None, "the solution of the exercise returns no history"
        if len(got) == len(expected) and values.numel() == expected.numel():
            values = values.reshape(expected.shape)  # entries of shape (1,) where () is expected
        return numbers_differ(name, expected, values, tol)


def stack(history: Any) -> torch.Tensor | None:
    """Make one float64 tensor of a history, or None where that is not possible."""
    try:
        if isinstance(history, (torch.Tensor, np.ndarray)):
            values = torch.as_tensor(history).detach().cpu()
        else:
            values = torch.stack([torch.as_tensor(v).detach().cpu() for v in history])
    except (TypeError, ValueError, RuntimeError):
        return torch.zeros(0, dtype=torch.float64) if not len(history) else None
    return None if values.is_complex() else values.double()


@dataclass(frozen=True)
class Parts:
    """Several values in a fixed order: a tuple or a list."""

    kinds: Mapping[str, Kind]

    def difference(self, name: str, want: Any, got: Any, tol: Tolerance) -> str | None:
        names = ", ".join(self.kinds)
        if got is None:
            return f"nothing was returned, expected ({names})."
        if not isinstance(got, (tuple, list)):
            return (
                f"{type_name(got)} was returned, expected the {len(self.kinds)} values ({names})."
            )
        if len(got) != len(self.kinds):
            return f"{len(got)} values were returned, expected {len(self.kinds)}: ({names})."
        each = zip(self.kinds.items(), want, got, strict=True)
        found = (kind.difference(f"`{part}`", w, g, tol) for (part, kind), w, g in each)
        differs = next((differs for differs in found if differs is not None), None)
        if differs is not None and self.permuted(want, got, tol):
            return f"the values are right, their order is not: ({names})."
        return differs

    def permuted(self, want: Any, got: Any, tol: Tolerance) -> bool:
        """Tell whether the values would be right in another order."""
        kinds = list(zip(self.kinds.values(), want, strict=True))
        return len(kinds) <= 4 and any(
            all(
                kind.difference("", w, g, tol) is None
                for (kind, w), g in zip(kinds, order, strict=True)
            )
            for order in itertools.permutations(got)
        )


@dataclass(frozen=True)
class Exactly:
    """A plain value (text, number, list or dict of them) that must be equal, of one type."""

    type: type

    def difference(self, name: str, want: Any, got: Any, tol: Tolerance) -> str | None:
        if (missing := nothing(name, got)) is not None:
            return missing
        if not isinstance(got, self.type):
            return f"{name} is {type_name(got)}, expected a {self.type.__name__}."
        return None if got == want else f"{name} is {got!r}, expected {want!r}."


@dataclass(frozen=True)
class OfType:
    """Any object of one type: what matters is looked at by the exercise's ``view``."""

    type: type | tuple[type, ...]
    name: str

    def difference(self, name: str, want: Any, got: Any, tol: Tolerance) -> str | None:
        if (missing := nothing(name, got)) is not None:
            return missing
        if isinstance(got, self.type) and not isinstance(got, bool):
            return None
        return f"{name} is {type_name(got)}, expected a {self.name}."


@dataclass(frozen=True)
class Ignored:
    """The returned value does not matter: the exercise works in place."""

    def difference(self, name: str, want: Any, got: Any, tol: Tolerance) -> str | None:
        return None
