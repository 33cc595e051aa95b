"""A function of two variables that an optimizer can use."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def points(generator):
    return [(torch.randn(2, generator=generator).requires_grad_(),) for _ in range(3)]


def gradient(result, X):
    (found,) = torch.autograd.grad(result, X)
    return {"the gradient at X": found}


@exercise(
    cases=points,
    returns=TensorSpec(attached=True),
    view=gradient,
    hints=[
        "Stay with tensors from beginning to end; `.item()` would cut the graph.",
        "`10 * (X**2).sum()` has the shape () because `sum` without a dimension gives one number.",
    ],
    note="The same function can be drawn with `plot_contours` and handed to an optimizer.",
)
def function_parabola(X):
    """Return :math:`10\\,(x^2 + y^2)` for a tensor ``X`` of shape (2,) that holds x and y, as a
    tensor of shape () through which gradients can flow.
    """
    # <solution>
    return 10 * (X**2).sum()
    # </solution>


@function_parabola.also_right
def by_entries(X):
    x, y = X
    return 10 * (x * x + y * y)


@function_parabola.also_right
def with_dot(X):
    return torch.dot(X, 10 * X)


@function_parabola.also_right
def with_norm(X):
    return 10 * torch.linalg.vector_norm(X).square()


function_parabola.line_mistakes(r"""
The factor 10 is missing.
    10 * (X**2).sum() -> (X**2).sum()
The two squares were not added: sum them to one number.
    10 * (X**2).sum() -> 10 * X**2
The result is a plain number or detached: no gradient can flow through.
    10 * (X**2).sum() -> 10 * (X**2).sum().detach()
`.item()` makes a Python number and cuts the graph; return the tensor.
    10 * (X**2).sum() -> 10 * (X**2).sum().item()
`torch.tensor(…)` makes a new leaf without history; return the sum.
    10 * (X**2).sum() -> torch.tensor(10 * (X**2).sum().item(), requires_grad=True)
The mean was taken instead of the sum: the result is half of it.
    10 * (X**2).sum() -> 10 * (X**2).mean()
The sum was squared: square each coordinate, then add.
    10 * (X**2).sum() -> 10 * X.sum() ** 2
The factor 10 was squared as well: it belongs outside.
    10 * (X**2).sum() -> ((10 * X) ** 2).sum()
The shape is (1,), expected (): drop `keepdim` or the extra brackets.
    10 * (X**2).sum() -> 10 * (X**2).sum(dim=0, keepdim=True)
The root was taken: this is ten times the distance from the origin.
    10 * (X**2).sum() -> 10 * (X**2).sum().sqrt()
""")
