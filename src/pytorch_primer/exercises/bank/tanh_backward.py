"""A backward pass by hand, through a product and a tanh."""

import math

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import NumberSpec


def values(generator):
    return [(0.5, -1.2), (2.0, 0.3), (-1.0, 0.8), (0.1, 1.0)]


@exercise(
    cases=values,
    returns={"da": NumberSpec(), "db": NumberSpec()},
    hints=[
        "Name the parts: p = a·b, t = tanh(p), L = t·a. Begin with the gradient 1 at L.",
        "The slope of tanh is 1 − t². `a` is used twice: add what arrives.",
    ],
    note="The two ways to a: t from the last product, a·(1 − t²)·b from the first.",
    difficulty=2,
)
def tanh_backward(a, b):
    """For the floats ``a`` and ``b`` and :math:`L = \\tanh(a\\, b) \\cdot a`, return the derivatives of
    :math:`L` with respect to ``a`` and ``b``, by the rules of the lesson and without autograd. The slope
    of :math:`\\tanh` is :math:`1 - \\tanh^2`.
    """
    # <solution>
    t = math.tanh(a * b)
    to_t = a
    to_p = to_t * (1 - t**2)
    return t + to_p * b, to_p * a
    # </solution>


@tanh_backward.also_right
def by_autograd(a, b):
    a, b = torch.tensor(a, requires_grad=True), torch.tensor(b, requires_grad=True)
    return torch.autograd.grad(torch.tanh(a * b) * a, (a, b))


@tanh_backward.also_right
def with_cosh(a, b):
    slope = 1 / math.cosh(a * b) ** 2
    return math.tanh(a * b) + a * b * slope, a * a * slope


@tanh_backward.mistake("`a` is used twice: add what arrives from both products.")
def one_way_only(a, b):
    t = math.tanh(a * b)
    return a * (1 - t**2) * b, a * a * (1 - t**2)


@tanh_backward.mistake(
    "What comes through the tanh is missing in the derivative with respect to `a`."
)
def last_product_only(a, b):
    t = math.tanh(a * b)
    return t, a * a * (1 - t**2)


@tanh_backward.mistake("The slope of tanh is missing: 1 − t², with t the tanh.")
def without_slope(a, b):
    return math.tanh(a * b) + a * b, a * a


@tanh_backward.mistake("The slope of tanh is 1 − t², not 1 − t.")
def not_squared(a, b):
    t = math.tanh(a * b)
    return t + a * (1 - t) * b, a * a * (1 - t)


@tanh_backward.mistake("The gradient that arrives at the tanh is `a`; multiply by it.")
def arriving_forgotten(a, b):
    t = math.tanh(a * b)
    return t + (1 - t**2) * b, (1 - t**2) * a


@tanh_backward.mistake("This is the value of L; return its two derivatives.")
def the_value(a, b):
    return math.tanh(a * b) * a
