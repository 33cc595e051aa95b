"""The derivative of a logistic loss."""

import torch
from torch.nn import functional as F

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def single_weights(generator):
    return [(w,) for w in (0.3, 0.0, -1.2, float(torch.randn((), generator=generator)), -30.0)]


@exercise(
    cases=single_weights,
    returns=TensorSpec(one_element=True),
    hints=[
        "Make a leaf first: `w = torch.tensor(w0, requires_grad=True)`.",
        "`F.softplus(z)` is log(1 + eᶻ) without overflow: `backward` on it, then look at `w.grad`.",
    ],
    note="At −30 the formula with `log` and `exp` gives nan: e¹⁰⁵ is no float32 any more.",
    difficulty=1,
)
def logistic_grad(w0):
    """Return the derivative of :math:`\\log(1 + e^{-3.5\\,w})` at ``w0``, a Python float, as a
    tensor with one element. It must be right for any ``w0``, also at −30, where
    :math:`e^{-3.5\\,w}` is too large for a float32.
    """
    # <solution>
    w = torch.tensor(w0, requires_grad=True)
    F.softplus(-3.5 * w).backward()
    return w.grad
    # </solution>


@logistic_grad.also_right
def with_logaddexp(w0):
    w = torch.tensor([w0], requires_grad=True)
    return torch.autograd.grad(torch.logaddexp(torch.zeros(1), -3.5 * w).sum(), w)[0]


@logistic_grad.also_right
def from_the_formula(w0):
    return -3.5 / (1 + torch.exp(torch.tensor(3.5 * w0, dtype=torch.float64)))


logistic_grad.line_mistakes(r"""
`exp` overflows where w is far below 0, and inf / inf is nan. `F.softplus(z)` is log(1 + eᶻ) for any z.
    F.softplus(-3.5 * w) -> torch.log(1 + torch.exp(-3.5 * w))
The sign is flipped: the exponent is −3.5 w, and its derivative is −3.5.
    return w.grad -> return -w.grad
That is the derivative for the exponent +3.5 w; the function has −3.5 w.
    -3.5 * w -> 3.5 * w
The inner derivative −3.5 is missing: chain rule.
    return w.grad -> return w.grad / -3.5
That is the value of the function, not its derivative.
    F.softplus(-3.5 * w).backward() ->
    return w.grad -> return F.softplus(-3.5 * w)
That is the value of the function, not its derivative.
    F.softplus(-3.5 * w).backward() ->
    return w.grad -> return torch.log(1 + torch.exp(-3.5 * w))
`.item()` made a Python number of it; return the tensor `w.grad` itself.
    return w.grad -> return w.grad.item()
`w.grad` is None: call `backward` on the function's value first.
    F.softplus(-3.5 * w).backward() -> F.softplus(-3.5 * w)
`w` was made without `requires_grad=True`, so nothing was recorded.
    torch.tensor(w0, requires_grad=True) -> torch.tensor(w0)
""")
