"""What an exercise asks to be returned, and the first thing in which an answer differs from it.

A spec does two things with a returned value. ``difference`` compares it with the expected one and
says what is different, or returns None. ``normal`` brings it into the one form that all values have
between which the exercise makes no difference: a history may be a list, an array or a stacked
tensor, a one-element tensor may have the shape () or (1,). Values come from strangers' code, so
nothing is asked of one before it is known to be able to answer.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch

from pytorch_primer.exercises.remarks import remark
from pytorch_primer.exercises.values import Tolerance, entries, stack, type_name


class Difference(NamedTuple):
    """The first thing in which a value differs from the expected one.

    Attributes
    ----------
    text : str
        What is different, in one sentence.
    remark : str
        How the two are related, in one sentence; "" where no pattern fits.
    is_cause : bool
        Whether the text says what is wrong, as opposed to two numbers that differ.
    """

    text: str
    remark: str = ""
    is_cause: bool = True


class Spec(Protocol):
    """Compares one returned value with the expected one."""

    def difference(self, name: str, want: Any, got: Any, tol: Tolerance) -> Difference | None:
        """Say how ``got`` differs from ``want``; None where it does not."""

    def normal(self, value: Any) -> Any:
        """Return the form that is equal for all values that are the same to the exercise."""


def missing(name: str, got: Any) -> Difference | None:
    """Complain about a missing value."""
    if got is None:
        return Difference(f"{name} is None, and a value was expected.")
    return None


def of_other_type(name: str, got: Any, expected: str) -> Difference:
    """Say what came and what was expected."""
    return Difference(f"{name} is {type_name(got)}, expected {expected}.")


def show(value: torch.Tensor) -> str:
    """Write one number with the digits that matter."""
    return f"{value.item():.6g}" if value.dtype.is_floating_point else str(value.item())


def numbers_differ(
    name: str, want: torch.Tensor, got: torch.Tensor, tol: Tolerance
) -> Difference | None:
    """Compare shape and entries; the largest deviation is named, with a remark where one fits."""
    if want.shape != got.shape:
        text = f"{name} has shape {tuple(got.shape)}, expected {tuple(want.shape)}."
        return Difference(text, remark(want, got), is_cause=False)
    wide_want, wide_got = want.double(), got.double()
    if torch.allclose(wide_got, wide_want, tol.rtol, tol.atol, equal_nan=True):
        return None
    if wide_want.isfinite().all() and not wide_got.isfinite().all():
        found = "nan" if wide_got.isnan().any() else "inf"
        return Difference(f"{name} is not finite: it contains {found}.", is_cause=False)
    away = (wide_got - wide_want).abs().nan_to_num(float("inf"))
    away -= tol.atol + tol.rtol * wide_want.abs()
    at = tuple(int(i) for i in np.unravel_index(int(away.argmax()), want.shape))
    where = f"{name} at {list(at)}" if at else name
    text = f"{where} is {show(got[at])}, expected {show(want[at])}."
    return Difference(text, remark(want, got), is_cause=False)


@dataclass(frozen=True)
class TensorSpec:
    """A tensor.

    ``one_element`` accepts the shapes () and (1,); ``same_dtype`` asks for the expected dtype and
    not only for its family; ``attached`` asks for a result that gradients can flow through.
    """

    one_element: bool = False
    same_dtype: bool = False
    attached: bool = False

    def difference(self, name: str, want: Any, got: Any, tol: Tolerance) -> Difference | None:
        if got is None or not isinstance(got, torch.Tensor):
            return missing(name, got) or of_other_type(name, got, "a tensor")
        family = (torch.float32, torch.float64) if want.is_floating_point() else (want.dtype,)
        if got.dtype not in ((want.dtype,) if self.same_dtype else family):
            return Difference(f"{name} has dtype {got.dtype}, expected {want.dtype}.")
        expected, values = want.detach().cpu(), entries(got)
        if values is None:
            return Difference(f"{name} is a tensor whose entries cannot be read.")
        if self.one_element and values.shape not in ((), (1,)):
            text = f"{name} has shape {tuple(values.shape)}, expected one element."
            return Difference(text, remark(expected, values), is_cause=False)
        if self.one_element:
            expected, values = expected.reshape(()), values.reshape(())
        differs = numbers_differ(name, expected, values, tol)
        if differs is None and self.attached and not got.requires_grad:
            text = f"{name} has the right value but is cut off: it requires no gradient."
            return Difference(text)
        return differs

    def normal(self, value: Any) -> Any:
        values = entries(value) if isinstance(value, torch.Tensor) else None
        if values is None:
            return value
        if self.one_element and values.shape == (1,):
            values = values.reshape(())
        if values.dtype == torch.float32 and not self.same_dtype:
            values = values.double()
        return (values, value.requires_grad) if self.attached else values


@dataclass(frozen=True)
class ArraySpec:
    """A NumPy array."""

    def difference(self, name: str, want: Any, got: Any, tol: Tolerance) -> Difference | None:
        if not isinstance(got, np.ndarray):
            return missing(name, got) or of_other_type(name, got, "a NumPy array")
        if got.dtype.kind != want.dtype.kind or (values := entries(got)) is None:
            return Difference(f"{name} has dtype {got.dtype}, expected {want.dtype}.")
        return numbers_differ(name, torch.tensor(want), values, tol)

    def normal(self, value: Any) -> Any:
        return value


@dataclass(frozen=True)
class NumberSpec:
    """One number: a Python float, or (unless ``plain``) a one-element tensor or array."""

    plain: bool = False

    def difference(self, name: str, want: Any, got: Any, tol: Tolerance) -> Difference | None:
        number = got if isinstance(got, (float, np.floating)) else None
        if number is None and self.plain:
            return missing(name, got) or of_other_type(name, got, "a Python float")
        if number is None:
            value = entries(got) if isinstance(got, (torch.Tensor, np.ndarray)) else None
            if value is None or value.shape not in ((), (1,)) or not value.is_floating_point():
                return missing(name, got) or of_other_type(name, got, "one floating point number")
            number = value.item()
        expected = torch.as_tensor(want, dtype=torch.float64).detach().reshape(())
        return numbers_differ(name, expected, torch.tensor(float(number)).double(), tol)

    def normal(self, value: Any) -> Any:
        if self.plain or not isinstance(value, (torch.Tensor, np.ndarray)):
            return value
        number = entries(value)
        one = number is not None and number.numel() == 1 and number.is_floating_point()
        return number.item() if number is not None and one else value


@dataclass(frozen=True)
class HistorySpec:
    """One entry a step: a list, an array or a stacked tensor; ``floats`` asks for plain floats."""

    floats: bool = False

    def difference(self, name: str, want: Any, got: Any, tol: Tolerance) -> Difference | None:
        if got is None or not isinstance(got, (list, tuple, np.ndarray, torch.Tensor)):
            return missing(name, got) or of_other_type(name, got, "one entry a step")
        if self.floats:
            if not isinstance(got, list):
                return of_other_type(name, got, "a list of Python floats")
            odd = [v for v in got if not isinstance(v, float)]
            if odd:
                text = f"{name} has an entry that is {type_name(odd[0])}, expected Python floats."
                return Difference(text)
        values, expected = stack(got), stack(want)
        assert expected is not None, "the solution of the exercise returns no history"
        if values is None:
            return Difference(
                f"{name} has entries that are no numbers, or entries of different shapes."
            )
        if not values.dim():
            return Difference(f"{name} is one number, expected one entry a step.")
        if len(values) == len(expected) and values.numel() == expected.numel():
            values = values.reshape(expected.shape)  # entries of shape (1,) where () is expected
        return numbers_differ(name, expected, values, tol)

    def normal(self, value: Any) -> Any:
        if not isinstance(value, (list, tuple, np.ndarray, torch.Tensor)):
            return value
        if self.floats and not (isinstance(value, list) and all(type(v) is float for v in value)):
            return value
        values = stack(value)
        if values is None:
            return value
        return values.squeeze(1) if values.dim() == 2 and values.shape[1] == 1 else values


@dataclass(frozen=True)
class TupleSpec:
    """Several values in a fixed order: a tuple or a list."""

    parts: Mapping[str, Spec]

    def difference(self, name: str, want: Any, got: Any, tol: Tolerance) -> Difference | None:
        names = ", ".join(self.parts)
        if got is None:
            return Difference(f"nothing was returned, expected ({names}).")
        if not isinstance(got, (tuple, list)):
            text = f"{type_name(got)} was returned, expected the {len(self.parts)} values ({names})"
            return Difference(f"{text}.")
        if len(got) != len(self.parts):
            text = f"{len(got)} values were returned, expected {len(self.parts)}: ({names})."
            return Difference(text)
        each = zip(self.parts.items(), want, got, strict=True)
        found = (spec.difference(f"`{part}`", w, g, tol) for (part, spec), w, g in each)
        differs = next((differs for differs in found if differs is not None), None)
        if differs is not None and self.permuted(want, got, tol):
            return Difference(f"the values are right, their order is not: ({names}).")
        return differs

    def permuted(self, want: Any, got: Any, tol: Tolerance) -> bool:
        """Tell whether the values would be right in another order."""
        parts = list(zip(self.parts.values(), want, strict=True))
        fits = [[spec.difference("", w, g, tol) is None for g in got] for spec, w in parts]
        orders = itertools.permutations(range(len(parts))) if len(parts) <= 4 else ()
        return any(all(fits[i][j] for i, j in enumerate(order)) for order in orders)

    def normal(self, value: Any) -> Any:
        if not isinstance(value, (tuple, list)) or len(value) != len(self.parts):
            return value
        each = zip(self.parts.items(), value, strict=True)
        return {part: spec.normal(v) for (part, spec), v in each}


@dataclass(frozen=True)
class EqualSpec:
    """A plain value (text, number, list or dict of them) that must be equal, of one type."""

    type: type

    def difference(self, name: str, want: Any, got: Any, tol: Tolerance) -> Difference | None:
        if not isinstance(got, self.type):
            return missing(name, got) or of_other_type(name, got, f"a {self.type.__name__}")
        if bool(got == want):
            return None
        return Difference(f"{name} is {got!r}, expected {want!r}.", is_cause=False)

    def normal(self, value: Any) -> Any:
        return value


@dataclass(frozen=True)
class InstanceSpec:
    """Any object of one type: what matters is looked at by the exercise's ``view``."""

    type: type | tuple[type, ...]
    name: str

    def difference(self, name: str, want: Any, got: Any, tol: Tolerance) -> Difference | None:
        if isinstance(got, self.type) and not isinstance(got, bool):
            return None
        return missing(name, got) or of_other_type(name, got, f"a {self.name}")

    def normal(self, value: Any) -> Any:
        return self.name if isinstance(value, torch.nn.Module) else value


@dataclass(frozen=True)
class IgnoredSpec:
    """The returned value does not matter: the exercise works in place."""

    def difference(self, name: str, want: Any, got: Any, tol: Tolerance) -> Difference | None:
        return None

    def normal(self, value: Any) -> Any:
        return None
