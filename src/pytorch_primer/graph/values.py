"""Tensors as plain numbers, and numbers as short text."""

from __future__ import annotations

import torch

from pytorch_primer.graph.data import Value

MAX_ELEMENTS = 6
"""A tensor of up to this many elements is shown in full, a larger one by a summary."""


def plain(tensor: torch.Tensor, *, gradient: bool = False) -> Value:
    """Return the tensor's content without the tensor.

    Parameters
    ----------
    tensor : torch.Tensor
        Any shape, dtype and layout.
    gradient : bool
        Summarise a large tensor by its norm instead of its mean and standard deviation.

    Returns
    -------
    Value
        A Python number for a 0-d tensor, nested tuples for up to `MAX_ELEMENTS` elements, else a
        summary such as ``"mean 0.1, std 2"`` or ``"norm 0.3"``; ``"not readable"`` for a tensor
        that holds no data (meta device).
    """
    tensor = tensor.detach()
    if tensor.device.type == "meta" or tensor.is_nested:
        return "not readable"
    if tensor.layout is not torch.strided:
        tensor = tensor.to_dense()
    if tensor.numel() <= MAX_ELEMENTS:
        return _tuples(tensor.tolist())
    wide = tensor if tensor.is_complex() else tensor.double()
    if gradient:
        return f"norm {show(torch.linalg.vector_norm(wide).item())}"
    return f"mean {show(wide.mean().item())}, std {show(wide.std().item())}"


def _tuples(nested: object) -> Value:
    if isinstance(nested, list):
        return tuple(_tuples(item) for item in nested)
    assert isinstance(nested, (bool, int, float, complex))
    return nested


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


def printable(text: str) -> str:
    """Return a caller's text without what XML does not allow: control characters and the like."""
    return "".join(c if c.isprintable() else "·" for c in text)
