"""Values of strangers' code: their names, their numbers, and how far numbers may be apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch


@dataclass(frozen=True)
class Tolerance:
    """How far a number may be from the expected one: ``atol + rtol * |expected|``."""

    rtol: float = 1e-4
    atol: float = 1e-5


def type_name(value: Any) -> str:
    """Name a value's type the way its user does."""
    kind = type(value)
    try:
        if issubclass(kind, torch.Tensor):
            return f"a tensor of shape {tuple(value.shape)}"
        if issubclass(kind, np.ndarray):
            return f"a NumPy array of shape {value.shape}"
    except Exception:  # a nested tensor has no shape
        return "a tensor or array without a shape"
    if issubclass(kind, type) or kind.__name__ in ("function", "method", "builtin_function"):
        return "a function or class"
    return f"{'an' if kind.__name__[0] in 'aeiouAEIOU' else 'a'} {kind.__name__}"


def entries(value: Any, depth: int = 3) -> torch.Tensor | None:
    """Return numbers as a plain tensor on the CPU; None where they cannot be read.

    Numbers are a tensor, an array, one number, or a list of such, in itself or in lists of lists.
    """
    try:
        if isinstance(value, torch.Tensor):
            if value.is_nested or value.is_meta or value.is_quantized:
                return None
            return value.detach().cpu().to_dense()
        if isinstance(value, (list, tuple)):
            rows = [entries(entry, depth - 1) for entry in value] if depth else [None]
            read = [row for row in rows if row is not None]
            return torch.stack(read) if len(read) == len(rows) else None
        if isinstance(value, (np.ndarray, np.generic)):
            wide = value.dtype.kind == "f" and value.dtype.itemsize > 8
            return torch.from_numpy(np.array(value, np.float64 if wide else None, order="C"))
        return torch.tensor(value) if isinstance(value, (bool, int, float, complex)) else None
    except Exception:
        return None


def stack(history: Any) -> torch.Tensor | None:
    """Make one float64 tensor of a history, or None where that is not possible."""
    if isinstance(history, (list, tuple)):
        if not history:
            return torch.zeros(0, dtype=torch.float64)
        rows = [entries(entry) for entry in history]
        read = [row.double() for row in rows if row is not None and not row.is_complex()]
        if len(read) < len(rows) or any(row.shape != read[0].shape for row in read):
            return None
        return torch.stack(read)
    values = entries(history)
    return None if values is None or values.is_complex() else values.double()
