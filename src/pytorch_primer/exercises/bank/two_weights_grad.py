"""Two leaves, one loss, two gradients."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def pairs_of_weights(generator):
    return [(0.2, -0.4), (-0.5, 1.5), tuple(torch.randn(2, generator=generator).tolist())]


@exercise(
    cases=pairs_of_weights,
    returns={"dw1": TensorSpec(one_element=True), "dw2": TensorSpec(one_element=True)},
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


two_weights_grad.line_mistakes(r"""
The two derivatives are in the wrong order: first dw1, then dw2.
    return w1.grad, w2.grad -> return w2.grad, w1.grad
The signs are flipped: the product is subtracted from 1.
    return w1.grad, w2.grad -> return -w1.grad, -w2.grad
The factor 2 of the outer square is missing.
    return w1.grad, w2.grad -> return w1.grad / 2, w2.grad / 2
The square is missing: this is the gradient of 1 − w2·tanh(3.5·w1).
    (1 - w2 * torch.tanh(3.5 * w1)) ** 2 -> 1 - w2 * torch.tanh(3.5 * w1)
The factor 3.5 inside tanh is missing.
    3.5 * w1 -> w1
dw1 lacks the inner derivative 3.5 of the argument of tanh.
    return w1.grad, w2.grad -> return w1.grad / 3.5, w2.grad
`backward` ran twice on the loss, and `.grad` adds up: each is twice the derivative.
    loss.backward() -> loss.backward(retain_graph=True)\nloss.backward()
""")
