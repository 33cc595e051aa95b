"""A line, attached to its three leaves."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def lines(generator):
    return [(1.0, 2.0, 3.0), tuple(torch.randn(3, generator=generator).tolist())]


def derivatives(result, w0, x0, b0):
    w, x, b, y = result
    leaves = all(t.is_leaf and t.requires_grad for t in (w, x, b))
    statement = "w, x and b are leaves that require a gradient"
    if not leaves:
        return {statement: False}
    for t in (w, x, b):
        t.grad = None
    y.backward()
    return {
        statement: True,
        "the gradient of w after `y.backward()`": w.grad.reshape(()),
        "the gradient of x after `y.backward()`": x.grad.reshape(()),
        "the gradient of b after `y.backward()`": b.grad.reshape(()),
    }


@exercise(
    cases=lines,
    returns={name: TensorSpec(one_element=True, attached=True) for name in "wxby"},
    view=derivatives,
    hints=[
        "All four are tensors; the first three are made with `requires_grad=True`.",
        "`y = w * x + b` is attached to them by itself; do not wrap it in `torch.tensor`.",
    ],
    note="After `y.backward()` the gradients of w, x and b are x, w and 1.",
)
def evaluate_line(w0, x0, b0):
    """Make tensors ``w``, ``x`` and ``b`` with the given values (Python floats) that require a
    gradient, compute :math:`y = w x + b` from them, and return ``(w, x, b, y)``, so that
    ``y.backward()`` works.
    """
    # <solution>
    w = torch.tensor(w0, requires_grad=True)
    x = torch.tensor(x0, requires_grad=True)
    b = torch.tensor(b0, requires_grad=True)
    y = w * x + b
    return w, x, b, y
    # </solution>


@evaluate_line.also_right
def one_element_vectors(w0, x0, b0):
    w, x, b = (torch.tensor([v], requires_grad=True) for v in (w0, x0, b0))
    return [w, x, b, torch.addcmul(b, w, x)]


@evaluate_line.also_right
def watched_afterwards(w0, x0, b0):
    w, x, b = (torch.tensor(v).requires_grad_() for v in (w0, x0, b0))
    return w, x, b, torch.add(b, torch.mul(x, w))


evaluate_line.line_mistakes(r"""
The tensors do not require a gradient: pass `requires_grad=True`.
    torch.tensor(w0, requires_grad=True) -> torch.tensor(w0)
    torch.tensor(x0, requires_grad=True) -> torch.tensor(x0)
    torch.tensor(b0, requires_grad=True) -> torch.tensor(b0)
y is a new tensor without history: return the result of w * x + b itself.
    return w, x, b, y -> return w, x, b, torch.tensor(y.item(), requires_grad=True)
y was computed without a graph; leave out `detach`, `no_grad` and `item`.
    y = w * x + b -> y = (w * x + b).detach()
y is a Python number; compute it from the tensors.
    y = w * x + b -> y = w0 * x0 + b0
Only y came back; return w, x, b and y.
    return w, x, b, y -> return y
y is w·(x + b): the offset is added after the product.
    w * x + b -> w * (x + b)
y is w + x + b: the first two are multiplied.
    w * x + b -> w + x + b
The order is w, x, b, y; here y comes first.
    return w, x, b, y -> return y, w, x, b
x does not require a gradient; all three inputs are to be watched.
    torch.tensor(x0, requires_grad=True) -> torch.tensor(x0)
""")
