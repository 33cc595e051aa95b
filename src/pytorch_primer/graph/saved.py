"""What an operation keeps for its backward pass, read without raising."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import torch
from torch.autograd.graph import Node as Function

from pytorch_primer.graph.trace import Trace, operation_name

OPERANDS: dict[str, tuple[str, ...]] = {
    "add": ("self", "other"),
    "sub": ("self", "other"),
    "mul": ("self", "other"),
    "div": ("self", "other"),
    "maximum": ("self", "other"),
    "minimum": ("self", "other"),
    "dot": ("self", "tensor"),
    "mv": ("self", "vec"),
    "mm": ("self", "mat2"),
    "bmm": ("self", "mat2"),
    "addmm": ("self", "mat1", "mat2"),
    "baddbmm": ("self", "batch1", "batch2"),
    "convolution": ("input", "weight"),
    "mse_loss": ("self", "target"),
    "smooth_l1_loss": ("self", "target"),
    "huber_loss": ("self", "target"),
    "binary_cross_entropy": ("self", "target"),
    "binary_cross_entropy_with_logits": ("self", "target"),
}
"""Names of the operands that these operations always have, after ATen's derivatives.yaml.

An operand without a gradient function is either a constant or an optional one that was not given,
and autograd does not say which: only for these operations is it certainly a constant.
"""


class Saved(NamedTuple):
    """A saved tensor and what it is for; `problem` says why it cannot be read."""

    name: str
    tensor: torch.Tensor | None
    problem: str = ""


def read(function: Function, name: str) -> torch.Tensor | None:
    """Return the tensor that the function saved under a name, None where there is none."""
    try:
        value = getattr(function, f"_saved_{name}", None)
    except RuntimeError:
        return None
    return value if isinstance(value, torch.Tensor) else None


def exponent(function: Function) -> str:
    """Return the number that a power is raised to, in words; nothing for a tensor."""
    value = getattr(function, "_saved_exponent", None)
    return f"exponent {value}" if isinstance(value, (int, float, complex)) else ""


def saved_tensors(function: Function) -> Iterator[Saved]:
    """Yield every tensor that the function saved, one for each member of a list.

    After a backward pass that did not retain the graph they are gone: their `problem` is then
    ``"freed"``.
    """
    for attribute in dir(function):
        if not attribute.startswith("_saved_") and attribute != "saved_tensors":
            continue
        name = attribute.removeprefix("_saved_")
        try:
            value = getattr(function, attribute)
        except RuntimeError as error:
            yield Saved(name, None, _problem(str(error)))
            continue
        if isinstance(value, torch.Tensor):
            yield Saved(name, value)
        elif isinstance(value, (tuple, list)):
            for i, member in enumerate(value):
                if isinstance(member, torch.Tensor):
                    yield Saved(f"{name}[{i}]", member)


def _problem(message: str) -> str:
    if "freed" in message:
        return "freed"
    return "changed in place since" if "inplace" in message else "not readable"


def operand_values(trace: Trace, kept: Iterable[int]) -> dict[tuple[int, int], torch.Tensor]:
    """Return the results of operations that are still held by the functions that use them.

    Autograd keeps no values of its own. But ``mul`` saves its operands for the backward pass, and
    ``exp`` its result; torch checks by a version counter that nobody has changed them since.

    Parameters
    ----------
    trace : Trace
        The functions.
    kept : iterable of int
        Those to look at.

    Returns
    -------
    dict
        Tensors by (function, result).
    """
    found: dict[tuple[int, int], torch.Tensor] = {}
    for i in kept:
        function, operands = trace.functions[i], trace.operands[i]
        name = operation_name(function)
        attributes = OPERANDS.get(name, ("self",) if len(operands) == 1 else ())
        tensors = [read(function, attribute) for attribute in attributes]
        for operand, tensor in zip(operands, tensors, strict=False):
            if tensor is not None:
                found[operand] = tensor.detach()
        result = read(function, "result")
        if name == "mul" and None not in tensors:
            result = tensors[0] * tensors[1]  # type: ignore[operator]
        if result is not None:
            found[i, 0] = result.detach()
    return found
