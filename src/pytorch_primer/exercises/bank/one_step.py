"""One step on three variables at once."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import NumberSpec


def starts(generator):
    return [(-4.0, -3.0, -2.0, 0.1), (*torch.randn(3, generator=generator).tolist(), 0.05)]


@exercise(
    cases=starts,
    returns={name: NumberSpec() for name in "xyz"},
    hints=[
        "One `backward` gives all three gradients; take the step only after that.",
        "∂L/∂x = 2(x − 2) − 2(y − x): x occurs in two of the terms.",
    ],
    note="This is one `step()` of `torch.optim.SGD([x, y, z], lr=lr)`.",
    difficulty=2,
)
def one_step(x0, y0, z0, lr):
    """Make one step of gradient descent on :math:`(x-2)^2 + (y-x)^2 + (z-y)^2` from the given
    floats, with all three gradients taken **at the start**. Return ``(x, y, z)`` after the step.
    """
    # <solution>
    x, y, z = leaves = [torch.tensor(v, requires_grad=True) for v in (x0, y0, z0)]
    L = (x - 2) ** 2 + (y - x) ** 2 + (z - y) ** 2
    gradients = torch.autograd.grad(L, leaves)
    with torch.no_grad():
        return tuple(leaf - lr * grad for leaf, grad in zip(leaves, gradients, strict=True))
    # </solution>


@one_step.also_right
def with_sgd(x0, y0, z0, lr):
    x, y, z = leaves = [torch.tensor([v], requires_grad=True) for v in (x0, y0, z0)]
    optimizer = torch.optim.SGD(leaves, lr=lr)
    ((x - 2) ** 2 + (y - x) ** 2 + (z - y) ** 2).sum().backward()
    optimizer.step()
    return [leaf.item() for leaf in leaves]


@one_step.also_right
def by_hand(x0, y0, z0, lr):
    dx = 2 * (x0 - 2) - 2 * (y0 - x0)
    dy = 2 * (y0 - x0) - 2 * (z0 - y0)
    dz = 2 * (z0 - y0)
    return x0 - lr * dx, y0 - lr * dy, z0 - lr * dz


one_step.line_mistakes(r"""
The step goes uphill: subtract the gradients.
    leaf - lr * grad -> leaf + lr * grad
These are the gradients; take the step from the start: value − lr · gradient.
    leaf - lr * grad -> grad
The factor 2 of the squares is missing in all three gradients.
    torch.autograd.grad(L, leaves) -> torch.autograd.grad(L / 2, leaves)
The learning rate is not used: the whole gradient was subtracted.
    leaf - lr * grad -> leaf - grad
Nothing moved: these are the values before the step.
    leaf - lr * grad -> leaf.detach()
The values are in the wrong order: x, y, z.
    strict=True)) -> strict=True))[::-1]
These are the updates; add them to the start.
    leaf - lr * grad -> -lr * grad
""")


one_step.line_mistakes(
    """
Each variable took only the term that ends with it; x and y occur in two terms.
    2 * (x0 - 2) - 2 * (y0 - x0) -> 2 * (x0 - 2)
    2 * (y0 - x0) - 2 * (z0 - y0) -> 2 * (y0 - x0)
Each variable used the others' new values. Take all gradients at the start, then step.
    dx = 2 * (x0 - 2) - 2 * (y0 - x0) -> x0 -= lr * (2 * (x0 - 2) - 2 * (y0 - x0))
    dy = 2 * (y0 - x0) - 2 * (z0 - y0) -> y0 -= lr * (2 * (y0 - x0) - 2 * (z0 - y0))
    dz = 2 * (z0 - y0) -> z0 -= lr * 2 * (z0 - y0)
    return x0 - lr * dx, y0 - lr * dy, z0 - lr * dz -> return x0, y0, z0
""",
    of=by_hand,
)
