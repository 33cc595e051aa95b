"""The backward rule of tanh, from its result."""

import math

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import NumberSpec


def results(generator):
    return [(math.tanh(x), arriving) for x, arriving in [(0.4, 1.0), (-1.3, 2.5), (2.0, -0.7)]]


@exercise(
    cases=results,
    returns=NumberSpec(),
    hints=[
        "The slope of tanh at x is 1 − tanh(x)², and `result` is tanh(x) already.",
        "Multiply the slope with what arrives.",
    ],
    note="So tanh has to keep its result and not its input.",
)
def tanh_rule(result, arriving):
    """``result`` is the tanh of some number, and the gradient ``arriving`` has arrived at it. Return what goes to
    that number. All are floats.
    """
    # <solution>
    return (1 - result**2) * arriving
    # </solution>


@tanh_rule.also_right
def from_the_input(result, arriving):
    return arriving / math.cosh(math.atanh(result)) ** 2


@tanh_rule.also_right
def by_autograd(result, arriving):
    x = torch.tensor(math.atanh(result), dtype=torch.float64, requires_grad=True)
    (x.tanh() * arriving).backward()
    return x.grad.item()


@tanh_rule.mistake("`result` is the tanh already: no second tanh.")
def tanh_twice(result, arriving):
    return (1 - math.tanh(result) ** 2) * arriving


@tanh_rule.mistake("The slope is 1 minus the *square* of the result.")
def not_squared(result, arriving):
    return (1 - result) * arriving


@tanh_rule.mistake("What arrives is missing: multiply by it.")
def without_arriving(result, arriving):
    return 1 - result**2


@tanh_rule.mistake("This is the slope of the sigmoid; that of tanh is 1 − result².")
def sigmoid(result, arriving):
    return result * (1 - result) * arriving


@tanh_rule.mistake("The slope is missing: 1 − result².")
def handed_on(result, arriving):
    return arriving
