"""Walk the autograd graph behind some tensors, at any depth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import torch
from torch.autograd.graph import Node as Function

from pytorch_primer.graph.internals import LEAF, let_go_in_turn

Operand = tuple[int, int]
"""Position of the function that made it, and which of that function's results it is."""
NOTHING: Operand = (-1, 0)
"""In the place of an operand without a gradient function."""


class Trace(NamedTuple):
    """The functions behind some tensors, operands before the operations that use them.

    Attributes
    ----------
    functions : list of torch.autograd.graph.Node
        Operations and the ``AccumulateGrad`` of every leaf.
    operands : list of tuple
        For each function its operands in order.
    position : dict
        Position of each function.
    is_leaf : list of bool
        Whether the function is a leaf's ``AccumulateGrad``.
    """

    functions: list[Function]
    operands: list[tuple[Operand, ...]]
    position: dict[Function, int]
    is_leaf: list[bool]

    def leaf(self, i: int) -> torch.Tensor:
        """Return the tensor whose ``.grad`` function number `i` fills."""
        return self.functions[i].variable  # type: ignore[attr-defined, no-any-return]


def trace(roots: Iterable[Function]) -> Trace:
    """Collect everything that the roots were computed from, without recursion.

    Parameters
    ----------
    roots : iterable of torch.autograd.graph.Node
        The ``grad_fn`` of each output.

    Returns
    -------
    Trace
        In depth-first order: operands before their operation, a leaf just before its first use.
    """
    functions: list[Function] = []
    operands: list[tuple[Operand, ...]] = []
    position: dict[Function, int] = {}
    for root in roots:
        # The path from the root to where we are: functions with the operands still to be visited.
        path = [] if root in position else [(root, root.next_functions, iter(root.next_functions))]
        while path:
            function, inputs, rest = path[-1]
            for below, _ in rest:
                if below not in position and below is not None and type(below) is not LEAF:
                    more = below.next_functions
                    path.append((below, more, iter(more)))
                    break
            else:
                path.pop()
                made = []
                for below, result in inputs:
                    if below is None:
                        made.append(NOTHING)
                        continue
                    if below not in position:  # a leaf that nothing has used before
                        position[below] = len(functions)
                        functions.append(below)
                        operands.append(())
                    made.append((position[below], result))
                position[function] = len(functions)
                functions.append(function)
                operands.append(tuple(made))
    is_leaf = [type(function) is LEAF for function in functions]
    let_go_in_turn(functions, is_leaf)
    return Trace(functions, operands, position, is_leaf)


def total_length(trace: Trace) -> int:
    """Return over how many rows the arrows of a drawing run, all together.

    An operation stands one row below the lowest of its operands, a leaf one above its first use.
    """
    row = [0] * len(trace.functions)
    top = [len(row)] * len(row)
    for i, operands in enumerate(trace.operands):
        made = [j for j, _ in operands if j >= 0]
        row[i] = 1 + max((row[j] for j in made), default=0)
        for j in made:
            top[j] = min(top[j], row[i] - 1)
    return sum(
        row[i] - (top[j] if trace.is_leaf[j] else row[j])
        for i, operands in enumerate(trace.operands)
        for j, _ in operands
        if j >= 0
    )
