"""A function of two variables that an optimizer can use."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.kinds import Tensor


def points(generator):
    return [(torch.randn(2, generator=generator).requires_grad_(),) for _ in range(3)]


def gradient(result, X):
    (found,) = torch.autograd.grad(result, X)
    return {"the gradient at X": found}


@exercise(
    cases=points,
    returns=Tensor(attached=True),
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


@function_parabola.mistake("The factor 10 is missing.")
def without_the_factor(X):
    return (X**2).sum()


@function_parabola.mistake("The two squares were not added: sum them to one number.")
def not_summed(X):
    return 10 * X**2


@function_parabola.mistake(
    "The result is a plain number or detached: no gradient can flow through."
)
def detached(X):
    return 10 * (X**2).sum().detach()


@function_parabola.mistake("`.item()` makes a Python number and cuts the graph; return the tensor.")
def item(X):
    return 10 * (X**2).sum().item()


@function_parabola.mistake("`torch.tensor(…)` makes a new leaf without history; return the sum.")
def new_leaf(X):
    return torch.tensor(10 * (X**2).sum().item(), requires_grad=True)


@function_parabola.mistake("The mean was taken instead of the sum: the result is half of it.")
def mean(X):
    return 10 * (X**2).mean()


@function_parabola.mistake("The sum was squared: square each coordinate, then add.")
def square_of_the_sum(X):
    return 10 * X.sum() ** 2


@function_parabola.mistake("The factor 10 was squared as well: it belongs outside.")
def factor_squared(X):
    return ((10 * X) ** 2).sum()


@function_parabola.mistake("The shape is (1,), expected (): drop `keepdim` or the extra brackets.")
def kept_dimension(X):
    return 10 * (X**2).sum(dim=0, keepdim=True)


@function_parabola.mistake("The root was taken: this is ten times the distance from the origin.")
def distance(X):
    return 10 * (X**2).sum().sqrt()
