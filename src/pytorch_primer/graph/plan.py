"""What a drawing is made from: functions, named tensors, and what was asked to be shown."""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

import torch

from pytorch_primer.graph.data import Kind
from pytorch_primer.graph.saved import OPERANDS, saved_tensors
from pytorch_primer.graph.trace import NOTHING, Trace, operation_name


class Shown(NamedTuple):
    """What the drawing was asked to show."""

    values: bool = False
    grads: bool = False
    saved: bool = False


class Result(NamedTuple):
    """A tensor with a name, or one of the outputs."""

    tensor: torch.Tensor
    name: str
    kind: Kind


class Plan(NamedTuple):
    """All that a drawing is made from.

    Attributes
    ----------
    trace : Trace
        The functions.
    results : dict
        Named tensors and outputs by (function, which of its results).
    results_of : dict
        The same, a list for each function: (which of its results, result).
    names : dict
        Name of each tensor by its ``id``.
    shown : Shown
        What to read from the tensors.
    """

    trace: Trace
    results: dict[tuple[int, int], Result]
    results_of: dict[int, list[tuple[int, Result]]]
    names: dict[int, str]
    shown: Shown

    def num_extras(self, i: int, fan: int | None = None) -> int:
        """Return how many boxes operation `i` brings along: constants, saved tensors, results."""
        function = self.trace.functions[i]
        constants = len(constant_operands(self.trace, i, operation_name(function)))
        saved = len(list(islice(saved_tensors(function), fan))) if self.shown.saved else 0
        num_results = len(self.results_of.get(i, ()))
        # Of more results than fit, one more box tells the number.
        return constants + saved + (num_results if fan is None else min(num_results, fan + 1))


def constant_operands(trace: Trace, i: int, name: str) -> list[int]:
    """Return the positions of the operands of `i` that are there but have no gradient."""
    named = trace.operands[i][: len(OPERANDS.get(name, ()))]
    return [k for k, operand in enumerate(named) if operand is NOTHING]
