"""The rule of broadcasting, as a function of two shapes."""

import numpy as np
import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import EqualSpec


def pairs(generator):
    return [
        ((3, 1), (4,)),
        ((5, 2, 3), (2, 3)),
        ((3,), (4,)),
        ((), (3,)),
        ((1, 3), (2, 1)),
        ((2, 3), (2,)),
        ((4, 4), (4,)),
        ((2, 1), (0,)),
        ((0, 3), (1, 1)),
    ]


def said(broadcast_shape, a, b):
    """Write down what comes back, or that the shapes are refused."""
    try:
        shape = broadcast_shape(a, b)
    except ValueError:
        return "refused"
    return str(tuple(int(n) for n in shape)) if isinstance(shape, tuple | list) else str(shape)


@exercise(
    cases=pairs,
    returns=EqualSpec(str),
    run=said,
    hints=[
        "Bring both shapes to the same length first: put ones in front of the shorter one.",
        "Then go through both together. Two sizes fit if they are equal or one of them is 1.",
    ],
    note="`torch.broadcast_shapes` and `np.broadcast_shapes` do this.",
    difficulty=2,
)
def broadcast_shape(a, b):
    """Return, as a tuple, the shape of a sum of two tensors with the shapes ``a`` and ``b`` (tuples of
    sizes, which may be 0). Where the two cannot be combined, raise a ``ValueError``.
    """
    # <solution>
    length = max(len(a), len(b))
    a = (1,) * (length - len(a)) + a
    b = (1,) * (length - len(b)) + b
    shape = []
    for m, n in zip(a, b, strict=True):
        if m != n and m != 1 and n != 1:
            raise ValueError(f"{m} and {n} do not fit")
        shape.append(n if m == 1 else m)
    return tuple(shape)
    # </solution>


@broadcast_shape.also_right
def by_numpy(a, b):
    return np.broadcast_shapes(a, b)


@broadcast_shape.also_right
def by_trying(a, b):
    try:
        return (torch.zeros(a) + torch.zeros(b)).shape
    except RuntimeError as error:
        raise ValueError("no") from error


def repeated(m, n):
    return n if m == 1 else m


def padded(a, b, left=False, fits=lambda m, n: m == n or 1 in (m, n), pick=repeated):
    length = max(len(a), len(b))
    ones_a, ones_b = (1,) * (length - len(a)), (1,) * (length - len(b))
    a, b = (a + ones_a, b + ones_b) if left else (ones_a + a, ones_b + b)
    if not all(fits(m, n) for m, n in zip(a, b, strict=True)):
        raise ValueError("no")
    return tuple(map(pick, a, b))


@broadcast_shape.mistake("Shapes are compared from the right: put the ones in front, not behind.")
def flush_left(a, b):
    return padded(a, b, left=True)


@broadcast_shape.mistake(
    "Sizes that differ, with neither of them 1, must be refused: `ValueError`."
)
def never_refuses(a, b):
    return padded(a, b, fits=lambda m, n: True)


@broadcast_shape.mistake("A size of 1 fits any other: it is repeated.")
def equal_sizes_only(a, b):
    return padded(a, b, fits=lambda m, n: m == n)


@broadcast_shape.mistake("Shapes of different lengths can be combined: missing sizes count as 1.")
def equal_lengths_only(a, b):
    if len(a) != len(b):
        raise ValueError("no")
    return padded(a, b)


@broadcast_shape.mistake("A size of 1 is repeated: the larger of the two sizes is left.")
def smaller_sizes(a, b):
    return padded(a, b, pick=min)


@broadcast_shape.mistake(
    "Beside a size of 0, a 1 becomes 0: it is repeated no times. Take the size that is not 1."
)
def larger_sizes(a, b):
    return padded(a, b, pick=max)
