"""A column that shares no memory."""

import numpy as np
import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.kinds import Tensor


def vectors(generator):
    return [
        (torch.randn(4, generator=generator).numpy(),),
        (torch.randn(3, generator=generator).double().numpy(),),
        (torch.randn(1, generator=generator).numpy(),),
    ]


def memory(column, a):
    before = column.clone()
    a += 1
    return {"changing `a` afterwards does not change the column": torch.equal(before, column)}


@exercise(
    cases=vectors,
    returns=Tensor(same_dtype=True),
    view=memory,
    hints=[
        "Two questions: which conversion copies, and how does a vector get a second dimension?",
        "`torch.tensor(a, dtype=torch.float32)` copies and converts; `.reshape(-1, 1)` or `[:, None]`.",
    ],
    note="`torch.from_numpy(a)` would share the memory of a; `torch.tensor` always copies.",
)
def to_column(a):
    """Turn a one-dimensional NumPy array of n floats (float32 or float64) into a float32 tensor of
    shape (n, 1) that shares no memory with ``a``.
    """
    # <solution>
    return torch.tensor(a, dtype=torch.float32).reshape(-1, 1)
    # </solution>


@to_column.also_right
def cloned(a):
    return torch.from_numpy(a).clone().float().unsqueeze(1)


@to_column.also_right
def copied_by_numpy(a):
    return torch.from_numpy(a.astype(np.float32, copy=True)[:, None])


@to_column.also_right
def indexed_with_none(a):
    return torch.tensor(a).to(torch.float32)[:, None]


@to_column.mistake(
    "For a float32 array the column shares the memory of `a`: neither `from_numpy` nor `float()`"
    " copies then. `torch.tensor` does."
)
def shared_where_float32(a):
    return torch.from_numpy(a).float()[:, None]


@to_column.mistake("The column shares the memory of `a`, and keeps its dtype.")
def shared(a):
    return torch.from_numpy(a)[:, None]


@to_column.mistake("The dtype of `a` was kept: a float64 array gives a float64 tensor.")
def dtype_kept(a):
    return torch.tensor(a)[:, None]


@to_column.mistake("The result is a row of shape (1, n); a column has shape (n, 1).")
def row(a):
    return torch.tensor(a, dtype=torch.float32)[None]


@to_column.mistake("The result has shape (n,): the second dimension is missing.")
def vector(a):
    return torch.tensor(a, dtype=torch.float32)


@to_column.mistake("`.T` does nothing to a one-dimensional array; it needs a second dimension.")
def transposed_vector(a):
    return torch.tensor(a.T.astype(np.float32)).numpy()


@to_column.mistake("The column is a NumPy array; make a tensor of it.")
def numpy_column(a):
    return a.astype(np.float32).reshape(-1, 1)


@to_column.mistake("Integers cannot hold these numbers; convert to float32.")
def integers(a):
    return torch.tensor(a).long()[:, None]
