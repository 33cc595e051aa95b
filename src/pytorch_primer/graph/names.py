"""What the tensors are called: by the caller's word, or by the caller's variables."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Mapping
from types import FrameType
from typing import Any

import torch


def is_tensor(value: object) -> bool:
    """Whether it is a tensor, without asking the value itself: its ``__class__`` may raise."""
    return issubclass(type(value), torch.Tensor)


def check_outputs(outputs: tuple[object, ...], name: str = "outputs") -> tuple[torch.Tensor, ...]:
    """Return the outputs if each is a tensor.

    Raises
    ------
    TypeError
        If there is none, or one is something else.
    """
    if not outputs:
        raise TypeError(f"{name}: expected at least one torch.Tensor, got none")
    for i, output in enumerate(outputs):
        if not is_tensor(output):
            hint = "; unpack it with *" if isinstance(output, (tuple, list)) else ""
            raise TypeError(
                f"{name}[{i}]: expected a torch.Tensor, got {type(output).__name__}{hint}"
            )
    return outputs  # type: ignore[return-value]


def check_title(title: object) -> None:
    """Refuse a heading that is no text.

    Raises
    ------
    TypeError
        If `title` is neither a string nor None.
    """
    if title is not None and not isinstance(title, str):
        raise TypeError(f"title: expected a str or None, got {type(title).__name__}")


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
        if not is_tensor(tensor):
            raise TypeError(
                f"params[{name!r}]: expected a torch.Tensor, got {type(tensor).__name__}"
            )
    return params


def caller_tensors(frame: FrameType) -> dict[str, torch.Tensor]:
    """Return the tensors that the caller's variables name, local variables first.

    A variable that holds a :class:`torch.nn.Module` names its parameters,
    ``"net.layers.0.weight"``, before any variable does: what a loop over the parameters leaves
    behind is no name. Names that begin with an underscore are private and are passed over.

    Parameters
    ----------
    frame : types.FrameType
        Where the drawing was asked for.
    """
    variables: dict[str, torch.Tensor] = {}
    parameters: dict[str, torch.Tensor] = {}
    local = frame.f_locals
    for scope in (local, frame.f_globals):
        modules: list[tuple[str, torch.nn.Module]] = []
        for name, value in list(scope.items()):
            if name.startswith("_"):
                continue
            if issubclass(type(value), torch.Tensor):
                variables.setdefault(name, value)
            elif issubclass(type(value), torch.nn.Module):
                modules.append((name, value))
        for name, module in modules:
            for path, parameter in _parameters(module):
                parameters.setdefault(f"{name}.{path}", parameter)
    _let_go(frame, local)
    return parameters | variables


def _parameters(module: torch.nn.Module) -> list[tuple[str, torch.Tensor]]:
    try:
        return list(module.named_parameters())
    except Exception:  # a module whose __init__ has not run, or one that counts them otherwise
        return []


def _let_go(frame: FrameType, local: Mapping[str, Any]) -> None:
    """Let go of the copy of a function's variables that its frame keeps until Python 3.12.

    With it the frame would keep every tensor that the caller thinks deleted. A dictionary that
    somebody else holds too is the caller's own `locals()`, which is left alone.
    """
    code = frame.f_code
    if not (code.co_flags & inspect.CO_OPTIMIZED and isinstance(local, dict)):
        return
    # Held by the frame, by two variables named `local` and by the question itself.
    if sys.getrefcount(local) > 4:
        return
    for name in (*code.co_varnames, *code.co_cellvars, *code.co_freevars):
        local.pop(name, None)


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
