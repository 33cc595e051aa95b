"""Three arrays stacked along a new first axis."""

import numpy as np
import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import ArraySpec


def squares(generator):
    whole = torch.randint(-9, 10, (3, 3), generator=generator)
    return [(whole.double().numpy(),), (torch.randn(3, 3, generator=generator).double().numpy(),)]


@exercise(
    cases=squares,
    returns=ArraySpec(),
    rtol=1e-12,
    atol=1e-12,
    hints=[
        "Compute the three arrays of shape (3, 3) first: each is one elementwise expression.",
        "`np.stack([…, …, …])` joins arrays along a new first axis.",
    ],
    note="`np.stack` makes a new axis; `np.concatenate` joins along one that exists.",
)
def stack_transforms(A):
    """Given an array ``A`` of shape (3, 3), return one NumPy array of shape (3, 3, 3) whose slices
    along the first axis are :math:`3A`, :math:`2A + A` and :math:`10A - 2`, in this order. All
    operations are elementwise.
    """
    # <solution>
    return np.stack([3 * A, 2 * A + A, 10 * A - 2])
    # </solution>


@stack_transforms.also_right
def with_array(A):
    return np.array([3 * A, 2 * A + A, 10 * A - 2])


@stack_transforms.also_right
def by_broadcasting(A):
    factors, offsets = np.array([3, 3, 10]), np.array([0, 0, -2])
    return factors[:, None, None] * A + offsets[:, None, None]


@stack_transforms.also_right
def filled_in(A):
    out = np.empty((3, 3, 3))
    out[0], out[1], out[2] = 3 * A, 3 * A, 10 * A - 2
    return out


stack_transforms.line_mistakes(r"""
The arrays were joined below each other, which gives shape (9, 3). `np.stack` makes the new axis.
    np.stack -> np.concatenate
The arrays were joined side by side, which gives shape (3, 9).
    np.stack -> np.hstack
The slices lie along the last axis; stack them along the first.
    10 * A - 2] -> 10 * A - 2], axis=-1
The slices lie along the second axis; stack them along the first.
    10 * A - 2] -> 10 * A - 2], axis=1
The three arrays are in a list; make one array of them.
    np.stack([3 * A, 2 * A + A, 10 * A - 2]) -> [3 * A, 2 * A + A, 10 * A - 2]
The middle slice is 2A: the `+ A` is missing.
    2 * A + A -> 2 * A
The last slice is 10(A − 2): the 2 is subtracted after the product.
    10 * A - 2 -> 10 * (A - 2)
The last slice is 10A: the 2 was not subtracted.
    10 * A - 2 -> 10 * A
These are matrix products; `*` multiplies elementwise.
    2 * A + A -> 2 * A + A @ A
The result is a torch tensor; this exercise asks for a NumPy array.
    np.stack([3 * A, 2 * A + A, 10 * A - 2]) -> torch.tensor(np.stack([3 * A, 2 * A + A, 10 * A - 2]))
The last slice is A − 2: the factor 10 is missing.
    10 * A - 2 -> A - 2
""")
