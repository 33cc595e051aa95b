"""Index tensors."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def tables(generator):
    def whole(*shape, high=90):
        return torch.randint(0, high, shape, generator=generator)

    return [
        (torch.randn(5, 4, generator=generator), torch.tensor([0, 2, 3]), torch.tensor([3, 0, 1])),
        (whole(3, 6), torch.tensor([2, 2, 0, 1]), whole(4, high=6)),
        (whole(4, 4).double(), torch.tensor([1, 3]), torch.tensor([0, 3])),
    ]


@exercise(
    cases=tables,
    returns={"rows": TensorSpec(same_dtype=True), "pairs": TensorSpec(same_dtype=True)},
    rtol=0.0,
    atol=0.0,
    hints=[
        "A tensor of integers in the brackets selects rows: `t[i]`.",
        "Two index tensors of the same length are read in pairs: `t[i, j]`.",
    ],
    note="Index tensors copy what they select; slices share memory with the original.",
)
def select(t, i, j):
    """From the matrix ``t`` take the rows listed in ``i``, and the entries (i[0], j[0]),
    (i[1], j[1]), … . Return both: ``(rows, pairs)``. ``i`` and ``j`` are integer tensors of the same
    length; a row may be listed twice.
    """
    # <solution>
    return t[i], t[i, j]
    # </solution>


@select.also_right
def with_index_select(t, i, j):
    rows = torch.index_select(t, 0, i)
    return rows, rows.gather(1, j[:, None]).squeeze(1)


@select.also_right
def with_loops(t, i, j):
    rows = torch.stack([t[r] for r in i.tolist()])
    return rows, torch.stack([t[r, c] for r, c in zip(i.tolist(), j.tolist(), strict=True)])


@select.also_right
def by_flat_index(t, i, j):
    return t[i, :], t.flatten()[i * t.shape[1] + j]


select.line_mistakes(r"""
`t[i][:, j]` takes every column of j from every row: a block, not pairs.
    t[i, j] -> t[i][:, j]
The indices of the pairs are exchanged: row i, column j.
    t[i, j] -> t[j, i]
Columns were selected instead of rows: the first index is the row.
    return t[i], -> return t[:, i],
The two results are in the wrong order: first the rows, then the pairs.
    return t[i], t[i, j] -> return t[i, j], t[i]
Only the rows came back; the pairs are missing.
    return t[i], t[i, j] -> return t[i]
Only the pairs came back; the rows are missing.
    return t[i], t[i, j] -> return t[i, j]
A slice up to the length of i takes the first rows, not the listed ones.
    return t[i], -> return t[: len(i)],
The pairs came back as a Python list; keep them as a tensor.
    t[i, j] -> t[i, j].tolist()
The pairs are the diagonal of the selected rows; their columns are listed in j.
    t[i, j] -> t[i].diagonal()
""")
