"""Two leaves, one loss, two gradients."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.kinds import Tensor


def pairs_of_weights(generator):
    return [(0.2, -0.4), (-0.5, 1.5), tuple(torch.randn(2, generator=generator).tolist())]


@exercise(
    cases=pairs_of_weights,
    returns={"dw1": Tensor(one_element=True), "dw2": Tensor(one_element=True)},
    hints=[
        "Two leaves, one loss, one `backward`: both gradients arrive at once.",
        "`loss = (1 - w2 * torch.tanh(3.5 * w1)) ** 2`; after `loss.backward()` read both `.grad`.",
    ],
    note="`torch.autograd.grad(loss, (w1, w2))` returns the same pair in one line.",
    difficulty=2,
)
def two_weights_grad(w1_0, w2_0):
    """Return the derivatives ``(dw1, dw2)`` of :math:`(1 - w_2 \\tanh(3.5\\,w_1))^2` at the Python
    floats ``w1_0`` and ``w2_0``, as tensors with one element.
    """
    # <solution>
    w1 = torch.tensor(w1_0, requires_grad=True)
    w2 = torch.tensor(w2_0, requires_grad=True)
    loss = (1 - w2 * torch.tanh(3.5 * w1)) ** 2
    loss.backward()
    return w1.grad, w2.grad
    # </solution>


@two_weights_grad.also_right
def as_a_pair(w1_0, w2_0):
    w = torch.tensor([w1_0, w2_0], requires_grad=True)
    return torch.autograd.grad((1 - w[1] * (3.5 * w[0]).tanh()).square(), w)[0].unbind()


@two_weights_grad.also_right
def by_the_chain_rule(w1_0, w2_0):
    w1, w2 = torch.tensor(w1_0), torch.tensor(w2_0)
    t = torch.tanh(3.5 * w1)
    outer = 2 * (1 - w2 * t)
    return outer * -w2 * (1 - t**2) * 3.5, outer * -t


@two_weights_grad.mistake("The two derivatives are in the wrong order: first dw1, then dw2.")
def swapped(w1_0, w2_0):
    return by_the_chain_rule(w1_0, w2_0)[::-1]


@two_weights_grad.mistake("The signs are flipped: the product is subtracted from 1.")
def plus_for_minus(w1_0, w2_0):
    return tuple(-d for d in by_the_chain_rule(w1_0, w2_0))


@two_weights_grad.mistake("The factor 2 of the outer square is missing.")
def outer_factor_lost(w1_0, w2_0):
    return tuple(d / 2 for d in by_the_chain_rule(w1_0, w2_0))


@two_weights_grad.mistake("The square is missing: this is the gradient of 1 − w2·tanh(3.5·w1).")
def square_forgotten(w1_0, w2_0):
    w1 = torch.tensor(w1_0, requires_grad=True)
    w2 = torch.tensor(w2_0, requires_grad=True)
    (1 - w2 * torch.tanh(3.5 * w1)).backward()
    return w1.grad, w2.grad


@two_weights_grad.mistake("The factor 3.5 inside tanh is missing.")
def inner_factor_forgotten(w1_0, w2_0):
    w1 = torch.tensor(w1_0, requires_grad=True)
    w2 = torch.tensor(w2_0, requires_grad=True)
    ((1 - w2 * torch.tanh(w1)) ** 2).backward()
    return w1.grad, w2.grad


@two_weights_grad.mistake("dw1 lacks the inner derivative 3.5 of the argument of tanh.")
def chain_rule_stopped_early(w1_0, w2_0):
    dw1, dw2 = by_the_chain_rule(w1_0, w2_0)
    return dw1 / 3.5, dw2


@two_weights_grad.mistake(
    "`backward` ran twice on the loss, and `.grad` adds up: each is twice the derivative."
)
def accumulated(w1_0, w2_0):
    return tuple(2 * d for d in by_the_chain_rule(w1_0, w2_0))
