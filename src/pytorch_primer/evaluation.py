"""A function at many points at once, by vmap where it can and point by point where it cannot."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from numbers import Real
from typing import Literal

import torch

from pytorch_primer import _checks

Method = Literal["vmap", "loop"]


def evaluate(
    f: Callable[[torch.Tensor], torch.Tensor], points: torch.Tensor
) -> tuple[torch.Tensor, Method]:
    """Evaluate `f` at every point; the values have no graph.

    :func:`torch.func.vmap` runs `f` once for all points, about a hundred times faster than a loop.
    It cannot follow an ``if`` on a value, ``.item()``, NumPy, random numbers or an in-place sum
    into a fresh tensor. The loop is taken when vmap raises, and when its values differ from those
    of plain calls at the first, the middle and the last point. It is also taken, with recording
    switched on, for an `f` that differentiates: by :func:`torch.autograd.grad`, for instance.

    Parameters
    ----------
    f : collections.abc.Callable
        Maps one point to a 0-d floating point tensor (or to a number, in the loop).
    points : torch.Tensor
        Shape (n,) for functions of a number, (n, d) for functions of a vector; n at least 1. `f`
        gets copies, so that it cannot write into them.

    Returns
    -------
    values : torch.Tensor
        Shape (n,), in the dtype that `f` returns (numbers: that of `points`).
    method : str
        How they were computed.

    Raises
    ------
    TypeError
        If `f` is not callable, returns neither a floating point tensor nor a number, or the points
        are no tensor.
    ValueError
        If `f` returns a vector, or there are no points.
    """
    _checks.function("f", f)
    if not isinstance(points, torch.Tensor):
        raise TypeError(f"points must be a tensor, got {_checks.kind(points)}")
    if points.dim() not in (1, 2) or not len(points):
        raise ValueError(f"points must be of shape (n,) or (n, d), got {tuple(points.shape)}")
    probes = [0, len(points) // 2, len(points) - 1]
    try:
        with torch.no_grad():
            expected = _one_by_one(f, points[probes])
    except RuntimeError as error:  # of f itself; or for want of a graph, which torch calls the same
        return _recording(f, points, error), "loop"
    with torch.no_grad():
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message="There is a performance drop")
                values = torch.func.vmap(f)(points.clone())
        except Exception:  # whatever vmap cannot do, or f cannot do at one point: the loop tells
            return _one_by_one(f, points), "loop"
        if values.shape != points.shape[:1] or not torch.allclose(
            values[probes], expected.to(values.dtype), rtol=1e-3, atol=1e-6, equal_nan=True
        ):
            return _one_by_one(f, points), "loop"
    return values, "vmap"


def _recording(
    f: Callable[[torch.Tensor], torch.Tensor], points: torch.Tensor, error: RuntimeError
) -> torch.Tensor:
    """Evaluate point by point with a graph, of what `f` uses or of the point as well."""
    with torch.enable_grad():
        for wanted in (False, points.is_floating_point()):
            try:
                return _one_by_one(f, points.detach().clone().requires_grad_(wanted))
            except RuntimeError:
                continue
    raise error


def _one_by_one(f: Callable[[torch.Tensor], torch.Tensor], points: torch.Tensor) -> torch.Tensor:
    values = []
    for point in points:
        value: object = f(point.clone())
        if isinstance(value, Real) and not isinstance(value, bool):
            value = points.new_tensor(float(value))
        values.append(_checks.scalar("the value of f", value).detach())
    return torch.stack(values)
