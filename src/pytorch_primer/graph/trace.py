"""Walk the autograd graph behind some tensors, at any depth."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import torch
from torch.autograd.graph import Node as Function

MAX_RECURSION = 5000
# The class of AccumulateGrad, which has no name of its own in torch's Python.
LEAF = type(torch.autograd.graph.get_gradient_edge(torch.zeros((), requires_grad=True)).node)
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
                for leaf, _ in inputs:  # those that nothing has used before
                    if leaf not in position and leaf is not None:
                        position[leaf] = len(functions)
                        functions.append(leaf)
                        operands.append(())
                made = [NOTHING if f is None else (position[f], r) for f, r in inputs]
                position[function] = len(functions)
                functions.append(function)
                operands.append(tuple(made))
    is_leaf = [type(function) is LEAF for function in functions]
    _let_go_in_turn(functions, is_leaf)
    return Trace(functions, operands, position, is_leaf)


def _let_go_in_turn(functions: list[Function], is_leaf: list[bool]) -> None:
    """Make a deep graph that Python has walked safe to delete.

    torch 2.13 keeps the Python object of every function that was looked at, and frees a chain of
    such functions by recursion: some 40,000 of them overflow the stack, whoever walked them. So
    here and there an operation holds the functions before it in a list, which Python frees from
    its end on, each function after the one that uses it. As no function holds a later one, there
    is no cycle.
    """
    held: list[object] = []
    start = 0
    for i in range(MAX_RECURSION, len(functions)):
        if (i - start >= MAX_RECURSION or i == len(functions) - 1) and not is_leaf[i]:
            held = [held, *functions[start:i]]
            functions[i].metadata["pytorch_primer"] = held  # type: ignore[index]
            start = i


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


def class_name(function: Function) -> str:
    """Return autograd's name of the function's class: ``"MulBackward0"``."""
    name = type(function).__name__
    # Functions that torch gives no Python class of their own know their name themselves.
    return function.name().rpartition("::")[2] if name == "CppFunction" else name


def operation_name(function: Function) -> str:
    """Return the name of the operation as a user calls it: ``"mul"`` for ``MulBackward0``.

    A :class:`torch.autograd.Function` keeps the name that its author gave it.
    """
    name = class_name(function)
    stem = re.sub(r"Backward\d*$", "", name) or name
    if isinstance(function, torch.autograd.function.BackwardCFunction):
        return stem
    # torch capitalises every part of the name, and after digits too: max_pool2d is MaxPool2D.
    return re.sub(r"(?<=[A-Za-z])(?=[A-Z])", "_", stem).lower()


def result_shape(function: Function) -> tuple[int, ...] | None:
    """Return the shape of the operation's (first) result; None where torch hides it.

    It is read from ``_input_metadata`` (the inputs of the *backward* function), which is private:
    without it the drawing has no shapes.
    """
    try:
        return tuple(function._input_metadata[0].shape)
    except (AttributeError, IndexError, RuntimeError, TypeError):
        return None
