"""The learning rate at which a descent ceases to converge."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import NumberSpec


def parabolas(generator):
    return [
        (lambda x: 10 * (x - 2) ** 2, torch.tensor(1.0)),
        (lambda x: x**2 / 2 + 3 * x, torch.tensor(-4.0)),
        (lambda x: 0.05 * x**2 - x + 7, torch.tensor(3.0)),
    ]


@exercise(
    cases=parabolas,
    returns=NumberSpec(),
    hints=[
        "A step multiplies the distance to the minimum by 1 − lr·f″; the size of that has to stay below 1.",
        "So the limit is 2 divided by the second derivative. Differentiate twice with"
        " `torch.func.grad(torch.func.grad(f))`.",
    ],
    note="It depends on the curvature alone, not on where the minimum lies.",
    difficulty=2,
)
def limit_of_rate(f, x0):
    """``f`` is a parabola that opens upwards, a function of a 0-d tensor. Return the learning rate above which gradient descent
    on it, started at ``x0``, moves away from the minimum.
    """
    # <solution>
    return 2 / torch.func.grad(torch.func.grad(f))(x0)
    # </solution>


@limit_of_rate.also_right
def from_values(f, x0):
    return 2 / (f(x0 + 1) - 2 * f(x0) + f(x0 - 1)).item()


@limit_of_rate.also_right
def with_autograd(f, x0):
    x = x0.clone().requires_grad_()
    (slope,) = torch.autograd.grad(f(x), x, create_graph=True)
    (curvature,) = torch.autograd.grad(slope, x)
    return 2 / curvature.item()


def curvature(f, x0):
    return torch.func.grad(torch.func.grad(f))(x0)


@limit_of_rate.mistake("At this rate one step arrives; the limit is twice as large.")
def arrives_in_one(f, x0):
    return 1 / curvature(f, x0)


@limit_of_rate.mistake("This is 2 divided by the slope; take the second derivative.")
def from_the_slope(f, x0):
    return 2 / torch.func.grad(f)(x0)


@limit_of_rate.mistake("This is the second derivative; the limit is 2 divided by it.")
def the_curvature(f, x0):
    return curvature(f, x0)


@limit_of_rate.mistake("Upside down: 2 divided by the second derivative.")
def upside_down(f, x0):
    return curvature(f, x0) / 2


@limit_of_rate.mistake("The limit is another one for each parabola: it depends on the curvature.")
def always_one(f, x0):
    return 1.0
