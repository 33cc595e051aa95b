"""The derivative of a logistic loss."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.kinds import Tensor


def single_weights(generator):
    return [(w,) for w in (0.0, 0.3, -1.2, float(torch.randn((), generator=generator)))]


@exercise(
    cases=single_weights,
    returns=Tensor(one_element=True),
    hints=[
        "Make a leaf first: `w = torch.tensor(w0, requires_grad=True)`.",
        "`torch.log(1 + torch.exp(-3.5 * w)).backward()`, then look at `w.grad`.",
    ],
    note="`torch.nn.functional.softplus(-3.5 * w)` is the same function, safe for large weights.",
    difficulty=1,
)
def logistic_grad(w0):
    """Return the derivative of :math:`\\log(1 + e^{-3.5\\,w})` at ``w0``, a Python float, as a
    tensor with one element.
    """
    # <solution>
    w = torch.tensor(w0, requires_grad=True)
    torch.log(1 + torch.exp(-3.5 * w)).backward()
    return w.grad
    # </solution>


@logistic_grad.also_right
def with_softplus(w0):
    w = torch.tensor([w0], requires_grad=True)
    return torch.autograd.grad(torch.nn.functional.softplus(-3.5 * w).sum(), w)[0]


@logistic_grad.also_right
def from_the_formula(w0):
    return -3.5 / (1 + torch.exp(torch.tensor(3.5 * w0, dtype=torch.float64)))


@logistic_grad.mistake("The sign is flipped: the exponent is −3.5 w, and its derivative is −3.5.")
def sign_of_the_exponent(w0):
    w = torch.tensor(w0)
    return 3.5 * torch.sigmoid(-3.5 * w)


@logistic_grad.mistake("That is the derivative for the exponent +3.5 w; the function has −3.5 w.")
def exponent_without_minus(w0):
    w = torch.tensor(w0, requires_grad=True)
    torch.log(1 + torch.exp(3.5 * w)).backward()
    return w.grad


@logistic_grad.mistake("The inner derivative −3.5 is missing: chain rule.")
def inner_derivative_lost(w0):
    return torch.sigmoid(torch.tensor(-3.5 * w0))


@logistic_grad.mistake("That is the value of the function, not its derivative.")
def value_of_the_function(w0):
    return torch.log(1 + torch.exp(torch.tensor(-3.5 * w0)))


@logistic_grad.mistake("`.item()` made a Python number of it; return the tensor `w.grad` itself.")
def as_a_number(w0):
    w = torch.tensor(w0, requires_grad=True)
    torch.log(1 + torch.exp(-3.5 * w)).backward()
    return w.grad.item()


@logistic_grad.mistake("`w.grad` is None: call `backward` on the function's value first.")
def no_backward(w0):
    w = torch.tensor(w0, requires_grad=True)
    torch.log(1 + torch.exp(-3.5 * w))
    return w.grad


@logistic_grad.mistake("`w` was made without `requires_grad=True`, so nothing was recorded.")
def not_watched(w0):
    w = torch.tensor(w0)
    torch.log(1 + torch.exp(-3.5 * w)).backward()
    return w.grad
