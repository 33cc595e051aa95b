"""Gradient descent on a parabola, with its records."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import HistorySpec


def runs(generator):
    return [(-4.0, 0.1, 20), (5.0, 0.9, 7), (0.5, 1.05, 5)]


@exercise(
    cases=runs,
    returns={name: HistorySpec() for name in ("all_xs", "all_ys", "all_updates")},
    hints=[
        "The derivative of (x − 2)² is 2(x − 2); an update is −lr times that.",
        "Record the start first, then after each update the new position and its value.",
    ],
    note="On this function each step multiplies the distance to 2 by 1 − 2·lr.",
    difficulty=2,
)
def descend(x0, lr, num_iters):
    """Minimise :math:`(x - 2)^2` by gradient descent from the float ``x0``. Return
    ``(all_xs, all_ys, all_updates)``: the ``num_iters + 1`` positions, start and end included, the
    value at each of them, and the ``num_iters`` signed updates :math:`-\\text{lr}\\cdot` gradient.
    """
    # <solution>
    x, all_xs, all_updates = x0, [x0], []
    for _ in range(num_iters):
        update = -lr * 2 * (x - 2)
        x += update
        all_xs.append(x)
        all_updates.append(update)
    all_ys = [(x - 2) ** 2 for x in all_xs]
    return all_xs, all_ys, all_updates
    # </solution>


@descend.also_right
def with_autograd(x0, lr, num_iters):
    x = torch.tensor(x0, requires_grad=True)
    all_xs, all_ys, all_updates = [], [], []
    for _ in range(num_iters):
        y = (x - 2) ** 2
        (gradient,) = torch.autograd.grad(y, x)
        all_xs.append(x.item())
        all_ys.append(y.item())
        all_updates.append(-lr * gradient.item())
        with torch.no_grad():
            x -= lr * gradient
    return [*all_xs, x.item()], [*all_ys, (x.item() - 2) ** 2], all_updates


@descend.also_right
def in_closed_form(x0, lr, num_iters):
    k = torch.arange(num_iters + 1, dtype=torch.float64)
    xs = 2 + (x0 - 2) * (1 - 2 * lr) ** k
    return xs, (xs - 2) ** 2, xs.diff()


descend.line_mistakes(r"""
The steps go uphill: the update is minus the learning rate times the gradient.
    update = -lr -> update = lr
The last position and its value are missing: record them after the loop too.
    return all_xs, all_ys, all_updates -> return all_xs[:-1], all_ys[:-1], all_updates
The start and its value are missing: record them before the first step.
    x0, [x0], [] -> x0, [], []
The factor 2 of the derivative of a square is missing.
    -lr * 2 * (x - 2) -> -lr * (x - 2)
These are sizes of the updates; keep their signs.
    all_updates.append(update) -> all_updates.append(abs(update))
These are the gradients; an update is −lr times the gradient.
    all_updates.append(update) -> all_updates.append(-update / lr)
The updates have the wrong sign: new position minus old position.
    all_updates.append(update) -> all_updates.append(-update)
Every entry is the last position: the same tensor was recorded again and again. Record `x.item()` or a copy.
    x, all_xs, all_updates = x0, [x0], [] -> x = torch.tensor(x0)\nall_xs, all_updates = [x], []
The values lack the last one: there is one value for each position.
    all_ys, all_updates -> all_ys[:-1], all_updates
The gradient was taken once, at the start; take it anew at every position.
    -lr * 2 * (x - 2) -> -lr * 2 * (x0 - 2)
""")
