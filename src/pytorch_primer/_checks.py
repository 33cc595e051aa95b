"""Checks of arguments: what came, what was expected, and the argument's name."""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Integral, Real

import torch


def kind(value: object) -> str:
    """Describe a value in a few words, for an error message."""
    if isinstance(value, torch.Tensor):
        return f"a {value.dtype} tensor of shape {tuple(value.shape)}"
    if isinstance(value, Real):
        return str(value)  # NumPy's numbers say their type otherwise
    return f"{value!r}" if isinstance(value, str | None) else f"a {type(value).__name__}"


def positive(name: str, value: object) -> float:
    """Return `value` as a float if it is a finite number above zero.

    Raises
    ------
    TypeError
        If `value` is not a real number (a bool is none).
    ValueError
        If it is zero, negative, infinite or not a number.
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, got {kind(value)}")
    number = float(value)
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{name} must be finite and above 0, got {number}")
    return number


def at_least(lowest: int, name: str, value: object) -> int:
    """Return `value` as an int if it is a whole number from `lowest` upwards.

    Raises
    ------
    TypeError
        If `value` is not an integer (a bool is none).
    ValueError
        If it is less than `lowest`.
    """
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be an integer, got {kind(value)}")
    if value < lowest:
        raise ValueError(f"{name} must be at least {lowest}, got {value}")
    return int(value)


def scalar(name: str, value: object) -> torch.Tensor:
    """Return `value` if it is a 0-d tensor of floating point numbers.

    Raises
    ------
    TypeError
        If `value` is not a floating point tensor.
    ValueError
        If it has dimensions.
    """
    if not isinstance(value, torch.Tensor) or not value.is_floating_point():
        raise TypeError(f"{name} must be a 0-d floating point tensor, got {kind(value)}")
    if value.dim():
        raise ValueError(f"{name} must be a 0-d tensor (.sum() or .mean()?), got {kind(value)}")
    return value


def numbers(name: str, value: object) -> list[object]:
    """Return the members of what can be iterated over.

    Raises
    ------
    TypeError
        If `value` cannot, or is a text.
    """
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError(f"{name} must be several numbers, got {kind(value)}")
    return list(value)


def function(name: str, value: object) -> None:
    """Refuse what cannot be called.

    Raises
    ------
    TypeError
        If `value` is not callable.
    """
    if not callable(value):
        raise TypeError(f"{name} must be a function, got {kind(value)}")
