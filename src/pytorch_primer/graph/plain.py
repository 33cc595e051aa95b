"""The graph as plain data: boxes, arrows and values that hold no tensor and no function."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

import torch

BoxKind: TypeAlias = Literal[
    "leaf", "op", "tensor", "output", "saved", "constant", "folded", "empty"
]
"""What a box stands for; :class:`Node` explains each."""

Value: TypeAlias = "bool | int | float | complex | str | tuple[Value, ...]"
"""A tensor's content as plain data, in the forms that :func:`plain` explains."""

MAX_ELEMENTS = 6
"""A tensor of up to this many elements is shown in full, a larger one by a summary."""
NOT_READABLE = "not readable"


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
        Shape of the tensor, or of the operation's results, if those that the drawing uses have
        the same one; None where it is not known.
    value, grad : float or tuple or str or None
        Filled on demand and where a live tensor holds them, see
        :func:`pytorch_primer.draw_graph`.
    module : str or None
        The module in whose frame the box stands, ``"layers.0"`` for the leaf
        ``"layers.0.weight"``; None where it is not known, or the computation comes back to it.
    class_name : str or None
        Autograd's class of an operation, ``"MulBackward0"``.
    detail : str
        One more line: the exponent of a power, why a graph is empty, what a saved tensor is for.
    dtype : str or None
        ``"float32"``; None where it is not known.
    where : str
        File and line of an operation's call, if the graph was recorded in anomaly mode.
    """

    key: str
    kind: BoxKind
    label: str
    shape: tuple[int, ...] | None = None
    value: Value | None = None
    grad: Value | None = None
    module: str | None = None
    class_name: str | None = None
    detail: str = ""
    dtype: str | None = None
    where: str = ""


class Edge(NamedTuple):
    """One arrow of the drawing, in the direction of the forward computation.

    Attributes
    ----------
    source, target : str
        Keys of the boxes: the target is computed from the source.
    operand : int
        Position of the source among the target's operands, from 0: 1 for ``b`` in ``a - b``.
    result : int or None
        Which result of the source flows here, from 0: ``a.unbind()[2]`` is result 2 of unbind.
        None from an operation that has a single one, and from what is no operation.
    gradient : float or tuple or str or None
        The gradient that a backward pass sends along the arrow, from target to source; None
        until it has passed, see :func:`pytorch_primer.backward_steps`.
    times : int
        How many parallel arrows this one stands for; above 1 only in a folded drawing.
    shape : tuple of int or None
        Shape of that result, where the results of the source have several.
    """

    source: str
    target: str
    operand: int = 0
    result: int | None = None
    gradient: Value | None = None
    times: int = 1
    shape: tuple[int, ...] | None = None


@dataclass(frozen=True, repr=False)
class GraphData:
    """What a :class:`pytorch_primer.Graph` consists of; see there."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    title: str | None = None
    left_out: Mapping[str, int] = field(default_factory=dict, hash=False)
    visited: tuple[str, ...] = ()
    last: GraphData | None = field(default=None, compare=False)


def shape_of(tensor: torch.Tensor) -> tuple[int, ...] | None:
    """Return the tensor's shape; None for one that has none, such as a nested or a lazy one."""
    try:
        return tuple(tensor.shape)
    except Exception:  # each such subclass raises an error of its own
        return None


def plain(tensor: torch.Tensor, *, gradient: bool = False) -> Value:
    """Return the tensor's content without the tensor.

    Parameters
    ----------
    tensor : torch.Tensor
        Any shape, dtype and layout.
    gradient : bool
        Summarise a large tensor by its norm instead of its least, mean and greatest element.

    Returns
    -------
    Value
        A Python number for a 0-d tensor, nested tuples for up to `MAX_ELEMENTS` elements, else a
        summary such as ``"min 0, mean 0.1, max 2"`` or ``"norm 0.3"``; ``"not readable"`` for a
        tensor whose numbers cannot be had: without data (meta, fake), inside vmap, masked, nested.
    """
    try:
        if type(tensor) is torch.Tensor and not tensor.ndim and not tensor.is_complex():
            return tensor.item()  # most are single numbers
        numbers = _numbers(tensor)
        if numbers.numel() <= MAX_ELEMENTS:
            return _tuples(numbers.tolist())
        if gradient:
            return f"norm {show(torch.linalg.vector_norm(_wide(numbers)).item())}"
        return _spread(numbers)
    except Exception:  # a drawing is never stopped by what cannot be read
        return NOT_READABLE


def summary(tensor: torch.Tensor) -> str:
    """Return a tensor in one line: dtype, shape, least, mean and greatest element.

    NaN and infinite elements are counted, and the three numbers are those of the others. A tensor
    of complex numbers is told by their absolute values.

    Parameters
    ----------
    tensor : torch.Tensor
        Any shape, dtype and layout.

    Returns
    -------
    str
        ``"float32 (2, 3): min −1, mean 0.5, max 2, 1 NaN"``.

    Raises
    ------
    TypeError
        If it is no tensor.

    Examples
    --------
    >>> summary(torch.tensor([[1.0, 2.0], [6.0, float("nan")]]))
    'float32 (2, 2): min 1, mean 3, max 6, 1 NaN'
    """
    if not isinstance(tensor, torch.Tensor):
        raise TypeError(f"tensor: expected a torch.Tensor, got {type(tensor).__name__}")
    shape = shape_of(tensor)
    head = f"{dtype_name(tensor.dtype)} {'of no shape' if shape is None else show_shape(shape)}"
    try:
        numbers = _numbers(tensor)
        if not numbers.dim():
            return f"{head}: {show(_tuples(numbers.item()))}"
        return f"{head}: {_spread(numbers) if numbers.numel() else 'no elements'}"
    except Exception:
        return f"{head}: {NOT_READABLE}"


def _numbers(tensor: torch.Tensor) -> torch.Tensor:
    """Return a dense tensor of a dtype that torch computes with, or raise whatever torch raises."""
    tensor = tensor.detach()
    if tensor.is_meta or tensor.is_nested:
        raise ValueError(NOT_READABLE)
    if tensor.is_quantized:
        tensor = tensor.dequantize()
    elif tensor.layout is not torch.strided:
        tensor = tensor.to_dense()
    if tensor.numel() and tensor.untyped_storage().nbytes() == 0:
        raise ValueError(NOT_READABLE)  # freed: torch would read what is no longer there
    if tensor.dtype is torch.complex32:
        return tensor.to(torch.complex64)
    return tensor.float() if tensor.dtype.is_floating_point and tensor.itemsize == 1 else tensor


def _wide(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.abs().double() if tensor.is_complex() else tensor.double()


def _spread(tensor: torch.Tensor) -> str:
    """Return the least, the mean and the greatest finite element, and count the others."""
    wide = _wide(tensor)
    finite = wide[wide.isfinite()]
    parts = []
    if finite.numel():
        ends = (("min", finite.min()), ("mean", finite.mean()), ("max", finite.max()))
        size = "|·| " if tensor.is_complex() else ""
        parts = [f"{size}{name} {show(number.item())}" for name, number in ends]
    counts = (("NaN", wide.isnan()), ("Inf", wide.isinf()))
    parts += [f"{int(found.sum()):,} {name}" for name, found in counts if found.any()]
    return ", ".join(parts)


def _tuples(nested: object) -> Value:
    if isinstance(nested, list):
        return tuple(_tuples(item) for item in nested)
    if not isinstance(nested, (bool, int, float, complex)):
        raise TypeError(NOT_READABLE)
    return nested


def dtype_name(dtype: object) -> str:
    """Return ``"float32"`` for ``torch.float32``."""
    return str(dtype).removeprefix("torch.")


def show(value: Value) -> str:
    """Return a value as text of few characters: four significant digits, one line a row.

    Parameters
    ----------
    value : Value
        What :func:`plain` returns.

    Returns
    -------
    str
        ``"0.3333"``, ``"[1, −2]"``; a matrix has one line for each row.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        if value and all(isinstance(row, tuple) for row in value):
            return "\n".join(map(show, value))
        return "[" + ", ".join(map(show, value)) + "]"
    if isinstance(value, (bool, int)):
        return str(value).replace("-", "−")
    # Adding zero turns −0.0, which a reader would take for a mistake, into 0.0.
    return f"{value + 0:.4g}".replace("-", "−")


def show_shape(shape: tuple[int, ...]) -> str:
    """Return a shape as Python writes a tuple: ``"()"``, ``"(3,)"``, ``"(3, 4)"``."""
    return str(tuple(shape))


def in_line(value: Value | None) -> str:
    """Return a value as :func:`show` does, on one line."""
    return "nothing" if value is None else show(value).replace("\n", ", ")


def norm(value: Value) -> float | None:
    """Return the norm of a value that is shown in full; None where it is a summary."""
    if isinstance(value, str):
        return None
    if isinstance(value, tuple):
        parts = [norm(item) for item in value]
        return None if None in parts else math.hypot(*(part for part in parts if part is not None))
    return float(abs(value))


def printable(text: str) -> str:
    """Return a caller's text without what XML does not allow: control characters and the like."""
    if text.isprintable():  # as most is
        return text
    return "".join(c if c.isprintable() else "·" for c in text)


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return ``"1 leaf"`` or ``"2 leaves"``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


new_node: Callable[[type[Node], tuple[object, ...]], Node] = tuple.__new__
"""Make a :class:`Node` of all its fields: what its class does in twice the time, and a large graph
has thousands of them."""
new_edge: Callable[[type[Edge], tuple[object, ...]], Edge] = tuple.__new__
"""The same for an :class:`Edge`."""
