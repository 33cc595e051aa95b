"""Each row of a matrix, divided by its sum."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def matrices(generator):
    return [
        (torch.rand(3, 3, generator=generator) + 0.1,),
        (torch.rand(2, 2, generator=generator) + 0.1,),
        (torch.rand(2, 4, generator=generator) + 0.1,),
    ]


@exercise(
    cases=matrices,
    returns=TensorSpec(),
    hints=[
        "`t.sum(dim=1)` has lost a dimension, which has to be there for the division.",
        "`keepdim=True` keeps it with size 1.",
    ],
    note="For a square matrix the forgotten `keepdim` raises nothing.",
)
def row_shares(t):
    """Divide each row of the matrix ``t`` by its sum, so that every row of the result adds up to 1."""
    # <solution>
    return t / t.sum(dim=1, keepdim=True)
    # </solution>


@row_shares.also_right
def with_unsqueeze(t):
    return t / t.sum(dim=1).unsqueeze(1)


@row_shares.also_right
def transposed(t):
    return (t.T / t.sum(dim=1)).T


@row_shares.mistake("The sums were laid along the columns: keep their dimension, `keepdim=True`.")
def without_keepdim(t):
    return t / t.sum(dim=1)


@row_shares.mistake("Each *column* adds up to 1: sum along `dim=1`.")
def columns(t):
    return t / t.sum(dim=0)


@row_shares.mistake("The whole matrix adds up to 1, not each row: sum with `dim=1`.")
def whole(t):
    return t / t.sum()


@row_shares.mistake("This is the softmax of the rows; divide by their sums.")
def softmax(t):
    return t.softmax(dim=1)


@row_shares.mistake("Each row was divided by its mean; divide by its sum.")
def by_mean(t):
    return t / t.mean(dim=1, keepdim=True)


@row_shares.mistake("Each row was divided by its largest entry; divide by its sum.")
def by_largest(t):
    return t / t.amax(dim=1, keepdim=True)
