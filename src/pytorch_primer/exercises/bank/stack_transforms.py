"""Three arrays stacked along a new first axis."""

import numpy as np
import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.kinds import Array


def squares(generator):
    whole = torch.randint(-9, 10, (3, 3), generator=generator)
    return [(whole.double().numpy(),), (torch.randn(3, 3, generator=generator).double().numpy(),)]


@exercise(
    cases=squares,
    returns=Array(),
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


@stack_transforms.mistake(
    "The arrays were joined below each other, which gives shape (9, 3)."
    " `np.stack` makes the new axis."
)
def concatenated(A):
    return np.concatenate([3 * A, 2 * A + A, 10 * A - 2])


@stack_transforms.mistake("The arrays were joined side by side, which gives shape (3, 9).")
def side_by_side(A):
    return np.hstack([3 * A, 2 * A + A, 10 * A - 2])


@stack_transforms.mistake("The slices lie along the last axis; stack them along the first.")
def last_axis(A):
    return np.stack([3 * A, 2 * A + A, 10 * A - 2], axis=-1)


@stack_transforms.mistake("The slices lie along the second axis; stack them along the first.")
def second_axis(A):
    return np.stack([3 * A, 2 * A + A, 10 * A - 2], axis=1)


@stack_transforms.mistake("The three arrays are in a list; make one array of them.")
def list_of_arrays(A):
    return [3 * A, 2 * A + A, 10 * A - 2]


@stack_transforms.mistake("The middle slice is 2A: the `+ A` is missing.")
def middle_without_A(A):
    return np.stack([3 * A, 2 * A, 10 * A - 2])


@stack_transforms.mistake("The last slice is 10(A − 2): the 2 is subtracted after the product.")
def minus_before_times(A):
    return np.stack([3 * A, 2 * A + A, 10 * (A - 2)])


@stack_transforms.mistake("The last slice is 10A: the 2 was not subtracted.")
def minus_forgotten(A):
    return np.stack([3 * A, 2 * A + A, 10 * A])


@stack_transforms.mistake("These are matrix products; `*` multiplies elementwise.")
def matrix_products(A):
    return np.stack([3 * A, 2 * A + A @ A, 10 * A - 2])


@stack_transforms.mistake("The result is a torch tensor; this exercise asks for a NumPy array.")
def as_tensor(A):
    return torch.tensor(np.stack([3 * A, 2 * A + A, 10 * A - 2]))


@stack_transforms.mistake("The last slice is A − 2: the factor 10 is missing.")
def last_without_ten(A):
    return np.stack([3 * A, 2 * A + A, A - 2])
