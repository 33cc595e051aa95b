"""Labels as rows of zeros with a one."""

import torch
from torch.nn import functional as F

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def labelled(generator):
    return [
        (torch.tensor([0, 6, 2, 2, 9]), 10),
        (torch.tensor([1, 0, 1]), 4),
        (torch.randint(0, 3, (7,), generator=generator), 5),
    ]


@exercise(
    cases=labelled,
    returns=TensorSpec(same_dtype=True),
    rtol=0.0,
    atol=0.0,
    hints=[
        "Row number k of the identity matrix is the one-hot vector of label k.",
        "`torch.eye(nb_classes)[labels]`; or `F.one_hot(…)`, which gives int64.",
    ],
    note="`OneHot(nb_classes)` of this course does the same and checks the labels.",
)
def one_hot(labels, nb_classes):
    """Turn int64 ``labels`` of shape (n,) into float32 targets of shape (n, nb_classes): in row i a
    one at index ``labels[i]``, zeros elsewhere.
    """
    # <solution>
    return torch.eye(nb_classes)[labels]
    # </solution>


@one_hot.also_right
def functional(labels, nb_classes):
    return F.one_hot(labels, nb_classes).float()


@one_hot.also_right
def scattered(labels, nb_classes):
    return torch.zeros(len(labels), nb_classes).scatter_(1, labels[:, None], 1.0)


@one_hot.also_right
def by_comparison(labels, nb_classes):
    return (labels[:, None] == torch.arange(nb_classes)).to(torch.float32)


one_hot.line_mistakes(r"""
The dtype is int64: `F.one_hot` needs a `.float()` behind it.
    torch.eye(nb_classes)[labels] -> F.one_hot(labels, nb_classes)
The number of classes was taken from the largest label; a batch need not hold every class.
    torch.eye(nb_classes)[labels] -> F.one_hot(labels).float()
The ones are one place too far left: label 0 has its one at index 0.
    [labels] -> [labels - 1]
The ones are one place too far right: label 0 has its one at index 0.
    [labels] -> [(labels + 1) % nb_classes]
The result is transposed: one row for each label.
    [labels] -> [labels].T
The entries are booleans; convert them to float32.
    torch.eye(nb_classes)[labels] -> labels[:, None] == torch.arange(nb_classes)
The label itself stands in each row; put a one there.
    [labels] -> [labels] * labels[:, None]
Zeros and ones are exchanged.
    torch.eye(nb_classes)[labels] -> 1 - torch.eye(nb_classes)[labels]
Everything is zero: nothing was written at the labels.
    torch.eye(nb_classes)[labels] -> torch.zeros(len(labels), nb_classes)
`out[:, labels] = 1` sets these columns in every row; index rows too.
    return torch.eye(nb_classes)[labels] -> out = torch.zeros(len(labels), nb_classes)\nout[:, labels] = 1\nreturn out
The result is a NumPy array; return a tensor.
    [labels] -> [labels].numpy()
The result is float64; the exercise asks for float32.
    [labels] -> [labels].double()
""")
