"""The backward rule of a product."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import NumberSpec


def numbers(generator):
    return [(3.0, -2.0, 1.0), (0.5, 4.0, -3.0), (5.0, 7.0, 2.0)]


@exercise(
    cases=numbers,
    returns={"to_a": NumberSpec(), "to_b": NumberSpec()},
    hints=[
        "If a changes by h, the product changes by h·b.",
        "Multiply that with what arrives.",
    ],
    note="In a class these amounts are added, `a.grad += …`: there may be others.",
)
def mul_rule(a, b, arriving):
    """At the result of ``a * b`` the gradient ``arriving`` has arrived. Return what goes to ``a`` and
    what goes to ``b``. All are floats.
    """
    # <solution>
    return b * arriving, a * arriving
    # </solution>


@mul_rule.also_right
def by_autograd(a, b, arriving):
    a, b = torch.tensor(a, requires_grad=True), torch.tensor(b, requires_grad=True)
    return torch.autograd.grad(a * b, (a, b), torch.tensor(arriving))


@mul_rule.also_right
def by_differences(a, b, arriving):
    return ((a + 1) * b - a * b) * arriving, (a * (b + 1) - a * b) * arriving


@mul_rule.mistake("Each operand gets the value of the *other*, times what arrives.")
def own_values(a, b, arriving):
    return a * arriving, b * arriving


@mul_rule.mistake("What arrives is missing: multiply by it.")
def without_arriving(a, b, arriving):
    return b, a


@mul_rule.mistake("This is the rule of a sum, which hands on what arrives.")
def of_a_sum(a, b, arriving):
    return arriving, arriving


@mul_rule.mistake("Multiply the slope with what arrives; do not add.")
def added(a, b, arriving):
    return b + arriving, a + arriving


@mul_rule.mistake(
    "Both got the whole product; each gets the value of the other, times what arrives."
)
def whole_product(a, b, arriving):
    return a * b * arriving, a * b * arriving
