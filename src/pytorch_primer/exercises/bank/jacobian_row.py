"""One row of a Jacobian, by one backward pass."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def functions(generator):
    A = torch.randn(3, 4, generator=generator)

    def products(x):
        return torch.stack([x[0] * x[1], x[1] * x[2] ** 2])

    return [
        (products, torch.tensor([1.0, 2.0, 3.0]), 1),
        (lambda x: torch.tanh(A @ x), torch.randn(4, generator=generator), 2),
        (products, torch.tensor([-1.0, 0.5, 2.0]), 0),
    ]


@exercise(
    cases=functions,
    returns=TensorSpec(),
    hints=[
        "Row i is the gradient of the single result `f(x)[i]`.",
        "`torch.autograd.grad(f(x)[i], x)` with an x that requires a gradient.",
    ],
    note="It is vᵀJ for a v with a single 1; m rows take m passes.",
    difficulty=2,
)
def jacobian_row(f, x, i):
    """``f`` maps a vector of n numbers to one of m. Return row ``i`` of its Jacobian at ``x``: the n derivatives of
    result number ``i``.
    """
    # <solution>
    x = x.clone().requires_grad_()
    (row,) = torch.autograd.grad(f(x)[i], x)
    return row
    # </solution>


@jacobian_row.also_right
def of_the_whole(f, x, i):
    return torch.func.jacrev(f)(x)[i]


@jacobian_row.also_right
def by_a_vector(f, x, i):
    x = x.clone().requires_grad_()
    y = f(x)
    y.backward(torch.eye(len(y))[i])
    return x.grad


@jacobian_row.mistake("This is the sum of all rows: differentiate one result.")
def sum_of_rows(f, x, i):
    return torch.func.jacrev(f)(x).sum(dim=0)


@jacobian_row.mistake("This is the whole Jacobian; return its row i.")
def the_matrix(f, x, i):
    return torch.func.jacrev(f)(x)


@jacobian_row.mistake(
    "This is a *column*: the derivatives of all results with respect to one input."
)
def a_column(f, x, i):
    return torch.func.jacrev(f)(x)[:, i]


@jacobian_row.mistake("This is the first row, whatever i is.")
def first_row(f, x, i):
    return torch.func.jacrev(f)(x)[0]


@jacobian_row.mistake("This is the result; return its derivatives.")
def the_result(f, x, i):
    return f(x)
