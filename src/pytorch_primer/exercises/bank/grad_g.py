"""Value and three partial derivatives."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def points(generator):
    return [(2.0, 3.0, 5.0), tuple(torch.randn(3, generator=generator).tolist())]


@exercise(
    cases=points,
    returns={name: TensorSpec(one_element=True) for name in ("g", "dw", "dx", "db")},
    hints=[
        "Make three leaves that require a gradient and compute `g = w * x**2 + b`.",
        "One `g.backward()` fills `w.grad`, `x.grad` and `b.grad`; fresh leaves start at None.",
    ],
    note="By hand: x², 2wx and 1; at (2, 3, 5) that is 9, 12 and 1.",
)
def grad_g(w0, x0, b0):
    """Return the value of :math:`g = w x^2 + b` and its partial derivatives, found by autograd, at
    the given Python floats: ``(g, dw, dx, db)``, each a tensor with one element.
    """
    # <solution>
    w = torch.tensor(w0, requires_grad=True)
    x = torch.tensor(x0, requires_grad=True)
    b = torch.tensor(b0, requires_grad=True)
    g = w * x**2 + b
    g.backward()
    return g, w.grad, x.grad, b.grad
    # </solution>


@grad_g.also_right
def with_autograd_grad(w0, x0, b0):
    leaves = [torch.tensor([v], requires_grad=True) for v in (w0, x0, b0)]
    w, x, b = leaves
    g = torch.addcmul(b, w, x.square())
    return g.detach(), *torch.autograd.grad(g, leaves)


@grad_g.also_right
def by_hand(w0, x0, b0):
    w, x, b = (torch.tensor(v, dtype=torch.float64) for v in (w0, x0, b0))
    return w * x**2 + b, x**2, 2 * w * x, torch.ones(())


grad_g.line_mistakes(r"""
The gradients are None: call `g.backward()` before you read them.
    g.backward() ->
The gradients of the line w·x + b are in there too: they accumulated. Use fresh leaves, or clear `.grad` first.
    g = w * x**2 + b -> (w * x + b).backward()\ng = w * x**2 + b
This is the line w·x + b: the square of x is missing.
    w * x**2 + b -> w * x + b
The product was squared, (w·x)²; only x is squared.
    w * x**2 + b -> (w * x) ** 2 + b
The factor 2 of the derivative of x² is missing in dx.
    x.grad, b.grad -> x.grad / 2, b.grad
dw and dx are exchanged; the order is g, dw, dx, db.
    w.grad, x.grad -> x.grad, w.grad
The value g is missing: return g, dw, dx and db.
    return g, w.grad -> return w.grad
Nothing was recorded: create the tensors with `requires_grad=True`.
    torch.tensor(w0, requires_grad=True) -> torch.tensor(w0)
    torch.tensor(x0, requires_grad=True) -> torch.tensor(x0)
    torch.tensor(b0, requires_grad=True) -> torch.tensor(b0)
These are the tensors w, x and b; the derivatives are in their `.grad`.
    return g, w.grad, x.grad, b.grad -> return g, w, x, b
These are Python numbers; return tensors.
    return g, w.grad, x.grad, b.grad -> return w0 * x0**2 + b0, x0**2, 2 * w0 * x0, 1.0
""")
