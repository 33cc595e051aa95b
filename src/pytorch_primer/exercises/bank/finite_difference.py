"""A finite difference that keeps more than eight digits."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def functions(generator):
    def at(x):
        return torch.tensor(x, dtype=torch.float64)

    return [
        (lambda x: torch.sin(x**2), at(1.5)),
        (torch.exp, at(0.3)),
        (lambda x: x**3 - x, at(2.0)),
    ]


@exercise(
    cases=functions,
    returns=TensorSpec(one_element=True),
    rtol=5e-9,
    atol=1e-9,
    hints=[
        "A forward difference keeps about half of the digits at best; look to both sides.",
        "The best step of a central difference is near the cube root of the machine precision, 6e-6.",
    ],
    note="Autograd gives all digits; this needs nothing but values.",
    difficulty=2,
)
def finite_difference(f, x0):
    """Return the derivative of ``f`` at ``x0``, a ``float64`` tensor with one number, from values of ``f``
    alone, with a relative error below :math:`5 \\cdot 10^{-9}`. Choose the rule and the step.
    """
    # <solution>
    h = 6e-6
    return (f(x0 + h) - f(x0 - h)) / (2 * h)
    # </solution>


@finite_difference.also_right
def cube_root(f, x0):
    h = torch.finfo(x0.dtype).eps ** (1 / 3)
    return ((f(x0 + h) - f(x0 - h)) / 2) / h


@finite_difference.also_right
def four_points(f, x0, h=1e-3):
    near, far = f(x0 + h) - f(x0 - h), f(x0 + 2 * h) - f(x0 - 2 * h)
    return (8 * near - far) / (12 * h)


def central(f, x0, h):
    return (f(x0 + h) - f(x0 - h)) / (2 * h)


@finite_difference.mistake(
    "A forward difference keeps about 8 digits at its best step: look to both sides."
)
def forward(f, x0):
    return (f(x0 + 1e-8) - f(x0)) / 1e-8


@finite_difference.mistake("The step is too long: the error of this rule shrinks like h².")
def too_long(f, x0):
    return central(f, x0, 1e-2)


@finite_difference.mistake("The step is too short: rounding errors are divided by it.")
def too_short(f, x0):
    return central(f, x0, 1e-12)


@finite_difference.mistake("The two points lie 2h apart: divide by 2h.")
def half_the_distance(f, x0):
    return (f(x0 + 6e-6) - f(x0 - 6e-6)) / 6e-6


@finite_difference.mistake("This is the difference of two values; divide it by their distance.")
def not_divided(f, x0):
    return f(x0 + 6e-6) - f(x0 - 6e-6)


@finite_difference.mistake("In float32 no finite difference keeps so many digits: stay in float64.")
def in_single(f, x0):
    return central(f, x0.float(), 5e-3).double()
