"""Overlapping windows, without a copy."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def vectors(generator):
    longer = torch.randn(20, generator=generator)
    return [(torch.arange(6.0), 3), (longer[3:17:2], 2), (longer[1:9], 5)]


def memory(result, v, k):
    return {
        "the result is a view of v, in the same memory": result.untyped_storage().data_ptr()
        == v.untyped_storage().data_ptr()
    }


@exercise(
    cases=vectors,
    returns=TensorSpec(),
    view=memory,
    hints=[
        "From one window to the next is one place of `v`, and so is from one entry to the next.",
        "`v.unfold(dimension, size, step)` does it; so does `as_strided` with the stride of `v` twice.",
    ],
    note="Two equal strides: every entry is read up to k times, and nothing was copied.",
    difficulty=3,
)
def windows(v, k):
    """Return all windows of ``k`` neighbours in the vector ``v`` of n numbers as the rows of a tensor of
    shape (n − k + 1, k): a *view* of ``v``, in its memory, without a copy.
    """
    # <solution>
    return v.unfold(0, k, 1)
    # </solution>


@windows.also_right
def strided(v, k):
    step = v.stride(0)
    return v.as_strided((len(v) - k + 1, k), (step, step), v.storage_offset())


@windows.also_right
def strided_in_place(v, k):
    return torch.as_strided(v, (len(v) - k + 1, k), v.stride() * 2)


@windows.mistake("The numbers are right, but copied: make a view with `unfold` or `as_strided`.")
def stacked(v, k):
    return torch.stack([v[i : i + k] for i in range(len(v) - k + 1)])


@windows.mistake("The windows do not overlap: go on by one place, not by k.")
def step_k(v, k):
    return v.unfold(0, k, k)


@windows.mistake("The last window is missing: there are n − k + 1 of them.")
def one_short(v, k):
    return v.unfold(0, k, 1)[:-1]


@windows.mistake("Each window is a column; make it a row.")
def as_columns(v, k):
    return v.unfold(0, k, 1).T


@windows.mistake("`v` may itself be a view with steps: use its stride in place of 1.")
def stride_of_one(v, k):
    return v.as_strided((len(v) - k + 1, k), (1, 1), v.storage_offset())


@windows.mistake("`v` may itself begin within its storage: start at its offset.")
def without_offset(v, k):
    return v.as_strided((len(v) - k + 1, k), (v.stride(0), v.stride(0)), 0)
