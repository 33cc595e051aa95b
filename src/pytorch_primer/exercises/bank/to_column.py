"""A column that shares no memory."""

import numpy as np
import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


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
    returns=TensorSpec(same_dtype=True),
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


to_column.line_mistakes(r"""
For a float32 array the column shares the memory of `a`: neither `from_numpy` nor `float()` copies then. `torch.tensor` does.
    torch.tensor(a, dtype=torch.float32) -> torch.from_numpy(a).float()
The column shares the memory of `a`, and keeps its dtype.
    torch.tensor(a, dtype=torch.float32) -> torch.from_numpy(a)
The dtype of `a` was kept: a float64 array gives a float64 tensor.
    torch.tensor(a, dtype=torch.float32) -> torch.tensor(a)
The result is a row of shape (1, n); a column has shape (n, 1).
    .reshape(-1, 1) -> .reshape(1, -1)
The result has shape (n,): the second dimension is missing.
    torch.float32).reshape(-1, 1) -> torch.float32)
`.T` does nothing to a one-dimensional array; it needs a second dimension.
    torch.tensor(a, dtype=torch.float32).reshape(-1, 1) -> a.T.astype(np.float32)
The column is a NumPy array; make a tensor of it.
    torch.tensor(a, dtype=torch.float32) -> a.astype(np.float32)
Integers cannot hold these numbers; convert to float32.
    dtype=torch.float32 -> dtype=torch.int64
""")
