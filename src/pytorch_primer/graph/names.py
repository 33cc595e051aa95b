"""What the tensors are called: by the caller's word, or by the caller's variables."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from types import FrameType

import torch


def check_outputs(outputs: tuple[object, ...]) -> tuple[torch.Tensor, ...]:
    """Return the outputs if each is a tensor.

    Raises
    ------
    TypeError
        If there is none, or one is something else.
    """
    if not outputs:
        raise TypeError("outputs: expected at least one torch.Tensor, got none")
    for i, output in enumerate(outputs):
        if not isinstance(output, torch.Tensor):
            hint = "; unpack it with *" if isinstance(output, (tuple, list)) else ""
            raise TypeError(
                f"outputs[{i}]: expected a torch.Tensor, got {type(output).__name__}{hint}"
            )
    return outputs  # type: ignore[return-value]


def check_params(params: object) -> Mapping[str, torch.Tensor]:
    """Return the names if they map strings to tensors.

    Raises
    ------
    TypeError
        If `params` is no mapping, a key no string, or a value no tensor.
    """
    if not isinstance(params, Mapping):
        raise TypeError(
            "params: expected a mapping of names to tensors such as {'x': x} or "
            f"dict(model.named_parameters()), got {type(params).__name__}"
        )
    for name, tensor in params.items():
        if not isinstance(name, str):
            raise TypeError(f"params: expected names that are str, got {name!r}")
        if not isinstance(tensor, torch.Tensor):
            raise TypeError(
                f"params[{name!r}]: expected a torch.Tensor, got {type(tensor).__name__}"
            )
    return params


def caller_tensors(frame: FrameType) -> dict[str, torch.Tensor]:
    """Return the tensors that the caller's variables name, local variables first.

    A variable that holds a :class:`torch.nn.Module` names its parameters,
    ``"net.layers.0.weight"``. Names that begin with an underscore are private and are passed over.

    Parameters
    ----------
    frame : types.FrameType
        Where the drawing was asked for.
    """
    found: dict[str, torch.Tensor] = {}
    local = frame.f_locals
    for variables in (local, frame.f_globals):
        modules: list[tuple[str, torch.nn.Module]] = []
        for name, value in list(variables.items()):
            if name.startswith("_"):
                continue
            if isinstance(value, torch.Tensor):
                found.setdefault(name, value)
            elif isinstance(value, torch.nn.Module):
                modules.append((name, value))
        for name, module in modules:
            for path, parameter in module.named_parameters():
                found.setdefault(f"{name}.{path}", parameter)
    if frame.f_code.co_flags & inspect.CO_OPTIMIZED and isinstance(local, dict):
        # Until Python 3.12 a function's f_locals is a copy that its frame keeps, and with it every
        # tensor that the caller thinks deleted.
        local.clear()
    return found


def by_identity(tensors: Iterable[tuple[str, torch.Tensor]]) -> dict[int, str]:
    """Return the first name of each tensor object, by its ``id``."""
    names: dict[int, str] = {}
    for name, tensor in tensors:
        names.setdefault(id(tensor), name)
    return names


def why_no_graph(tensor: torch.Tensor) -> str:
    """Return why autograd recorded nothing behind a tensor, as far as the tensor tells."""
    if tensor.requires_grad:
        return "a leaf that requires grad, from which nothing was computed"
    if not (tensor.is_floating_point() or tensor.is_complex()):
        return f"{str(tensor.dtype).removeprefix('torch.')} numbers have no gradient"
    if tensor.is_inference():
        return "made under torch.inference_mode()"
    return "made under no_grad, detached, or from tensors that do not require grad"
