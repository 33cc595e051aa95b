"""The largest learning rate in a landscape."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import NumberSpec


def landscapes(generator):
    skewed = torch.tensor([[10.0, -15.0], [-15.0, 40.0]])
    deep = torch.diag(torch.tensor([1.0, 6.0, 3.0]))
    deep[0, 1] = deep[1, 0] = 2.0
    return [
        (lambda v: v @ skewed @ v, torch.tensor([8.0, 8.0])),
        (lambda v: v @ deep @ v - v.sum(), torch.tensor([1.0, -1.0, 2.0])),
        (lambda v: (v[0] - v[1]) ** 2 + v[1] ** 2 / 4, torch.tensor([0.0, 3.0])),
    ]


@exercise(
    cases=landscapes,
    returns=NumberSpec(),
    rtol=1e-3,
    hints=[
        "The steepest direction sets the limit: its curvature is the largest eigenvalue of the Hessian.",
        "`torch.func.jacrev(torch.func.grad(f))(v)` is the Hessian, `torch.linalg.eigvalsh` gives its"
        " eigenvalues, rising.",
    ],
    note="The flattest direction decides how long it takes at that rate.",
    difficulty=2,
)
def largest_rate(f, v):
    """``f`` is a quadratic function of a vector, curved upwards in all directions. Return the learning rate above
    which gradient descent on it explodes; ``v`` is some point.
    """
    # <solution>
    hessian = torch.func.jacrev(torch.func.grad(f))(v)
    return 2 / torch.linalg.eigvalsh(hessian)[-1]
    # </solution>


def hessian(f, v):
    return torch.func.jacrev(torch.func.grad(f))(v)


@largest_rate.also_right
def as_a_float(f, v):
    rows = torch.autograd.functional.hessian(f, v)
    return 2 / torch.linalg.eigh(rows).eigenvalues.max().item()


@largest_rate.also_right
def by_the_norm(f, v):
    return 2 / torch.linalg.matrix_norm(hessian(f, v), ord=2)


@largest_rate.mistake("This is the limit of the *flattest* direction; the steepest one sets it.")
def flattest(f, v):
    return 2 / torch.linalg.eigvalsh(hessian(f, v))[0]


@largest_rate.mistake(
    "At this rate the steepest direction is done in one step; the limit is twice that."
)
def half(f, v):
    return 1 / torch.linalg.eigvalsh(hessian(f, v))[-1]


@largest_rate.mistake("The diagonal is not enough: the landscape is turned, take the eigenvalues.")
def diagonal(f, v):
    return 2 / hessian(f, v).diagonal().max()


@largest_rate.mistake(
    "This is the rate that is best; the limit is 2 divided by the largest eigenvalue."
)
def the_best(f, v):
    values = torch.linalg.eigvalsh(hessian(f, v))
    return 2 / (values[0] + values[-1])


@largest_rate.mistake("This is the largest curvature; the limit is 2 divided by it.")
def the_curvature(f, v):
    return torch.linalg.eigvalsh(hessian(f, v))[-1]
