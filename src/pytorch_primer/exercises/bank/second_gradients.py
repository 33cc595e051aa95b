"""Gradients accumulate: clear them between two passes."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def three_leaves(generator):
    values = [[3.0, 4.0, 5.0], (10 * torch.rand(3, generator=generator) - 5).tolist()]
    return [tuple(torch.tensor(v, requires_grad=True) for v in row) for row in values]


@exercise(
    cases=three_leaves,
    returns={name: TensorSpec(one_element=True) for name in ("da", "db", "dc")},
    hints=[
        "`backward` adds to `.grad`. What must happen between the two passes?",
        "Set `a.grad = b.grad = c.grad = None` before the second pass, and compute `L` again.",
    ],
    note="`torch.autograd.grad(L, (a, b, c))` returns the gradients and accumulates nothing.",
    difficulty=1,
)
def second_gradients(a, b, c):
    """Compute :math:`L = (a + b)\\,c + c` and call ``backward``, twice, and return the gradients
    of the **second** pass alone as ``(da, db, dc)``. ``a``, ``b`` and ``c`` are leaves that
    require a gradient.
    """
    # <solution>
    for _ in range(2):
        a.grad = b.grad = c.grad = None
        L = (a + b) * c + c
        L.backward()
    return a.grad, b.grad, c.grad
    # </solution>


@second_gradients.also_right
def by_zeroing_in_place(a, b, c):
    ((a + b) * c + c).backward()
    for leaf in (a, b, c):
        leaf.grad.zero_()
    ((a + b) * c + c).backward()
    return [leaf.grad.clone() for leaf in (a, b, c)]


@second_gradients.also_right
def with_autograd_grad(a, b, c):
    L = (a + b) * c + c
    return torch.autograd.grad(L, (a, b, c))


@second_gradients.also_right
def by_the_formula(a, b, c):
    return c.detach(), c.detach(), (a + b + 1).detach()


second_gradients.line_mistakes(r"""
These are the gradients of both passes together: `backward` adds to `.grad`. Clear the gradients between the passes.
    a.grad = b.grad = c.grad = None ->
The gradients are None: they were cleared after the last pass. Clear them before it.
    a.grad = b.grad = c.grad = None ->
    L.backward() -> L.backward()\na.grad = b.grad = c.grad = None
The gradients are 0: they were zeroed after the last pass. Zero them before it.
    a.grad = b.grad = c.grad = None ->
    L.backward() -> L.backward()\nfor leaf in (a, b, c):\n    leaf.grad.zero_()
The second `backward` walks a graph whose saved values are gone. Compute `L` again before the second pass.
    L = (a + b) * c + c ->
    for _ in range(2): -> L = (a + b) * c + c\nfor _ in range(2):
The derivative with respect to c lacks a term: c is used twice, in the product and in the sum.
    (a + b) * c + c -> (a + b) * c
""")
