"""The graph as plain data: boxes and arrows that hold no tensor and no function."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["leaf", "op", "tensor", "output", "saved", "constant", "folded", "empty"]
"""What a box stands for; :class:`Node` explains each."""

Value: TypeAlias = "bool | int | float | complex | str | tuple[Value, ...]"
"""A tensor's content as plain data, in the forms that :func:`~pytorch_primer.graph.values.plain`
explains."""


class Node(NamedTuple):
    """One box of the drawing.

    Attributes
    ----------
    key : str
        ``"n0"``, ``"n1"``, … in the order of the computation: every operand before its operation.
        The same program gives the same keys in every process.
    kind : str
        ``"leaf"``: a tensor whose ``.grad`` a backward pass fills, one box with its
        ``AccumulateGrad``. ``"op"``: an operation. ``"tensor"``: a result that has a name.
        ``"output"``: a tensor that the drawing was asked for. ``"constant"``: an operand for which
        no gradient is computed. ``"saved"``: a tensor kept for the backward pass. ``"folded"``:
        what was left out. ``"empty"``: a tensor for which no graph was recorded.
    label : str
        The tensor's name, the operation's human name (``"mul"``), or the count in a folded box.
    shape : tuple of int or None
        Shape of the tensor, or of the operation's (first) result; None where it is not known.
    value, grad : float or tuple or str or None
        Filled on demand and where a live tensor holds them, see
        :func:`pytorch_primer.draw_graph`.
    module : str or None
        The module in whose frame the box stands, ``"layers.0"`` for the leaf
        ``"layers.0.weight"``; None for a module that the computation comes back to.
    class_name : str or None
        Autograd's class of an operation, ``"MulBackward0"``.
    detail : str
        One more line: the exponent of a power, why a graph is empty, what a saved tensor is for.
    """

    key: str
    kind: Kind
    label: str
    shape: tuple[int, ...] | None = None
    value: Value | None = None
    grad: Value | None = None
    module: str | None = None
    class_name: str | None = None
    detail: str = ""


class Edge(NamedTuple):
    """One arrow of the drawing, in the direction of the forward computation.

    Attributes
    ----------
    source, target : str
        Keys of the boxes: the target is computed from the source.
    operand : int
        Position of the source among the target's operands, from 0: 1 for ``b`` in ``a - b``.
    result : int
        Which result of the source flows here, from 0: ``a.unbind()[2]`` is result 2 of unbind.
    gradient : float or tuple or str or None
        The gradient that a backward pass sends along the arrow, from target to source; None
        until it has passed, see :func:`pytorch_primer.backward_steps`.
    times : int
        How many parallel arrows this one stands for; above 1 only in a folded drawing.
    """

    source: str
    target: str
    operand: int = 0
    result: int = 0
    gradient: Value | None = None
    times: int = 1
