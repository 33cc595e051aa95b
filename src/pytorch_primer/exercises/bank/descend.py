"""Gradient descent on a parabola, with its records."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.kinds import History


def runs(generator):
    return [(-4.0, 0.1, 20), (5.0, 0.9, 7), (0.5, 1.05, 5)]


@exercise(
    cases=runs,
    returns={name: History() for name in ("all_xs", "all_ys", "all_updates")},
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


def recorded(x0, lr, num_iters, sign=-1, start=True, end=True, factor=2.0):
    """Run the descent with one thing done otherwise."""
    x, xs, updates = x0, [x0] if start else [], []
    for _ in range(num_iters):
        updates.append(sign * lr * factor * (x - 2))
        x += updates[-1]
        xs.append(x)
    xs = xs if end else xs[:-1]
    return xs, [(x - 2) ** 2 for x in xs], updates


@descend.mistake("The steps go uphill: the update is minus the learning rate times the gradient.")
def uphill(x0, lr, num_iters):
    return recorded(x0, lr, num_iters, sign=1)


@descend.mistake("The last position and its value are missing: record them after the loop too.")
def without_the_end(x0, lr, num_iters):
    return recorded(x0, lr, num_iters, end=False)


@descend.mistake("The start and its value are missing: record them before the first step.")
def without_the_start(x0, lr, num_iters):
    return recorded(x0, lr, num_iters, start=False)


@descend.mistake("The factor 2 of the derivative of a square is missing.")
def half_gradient(x0, lr, num_iters):
    return recorded(x0, lr, num_iters, factor=1.0)


@descend.mistake("These are sizes of the updates; keep their signs.")
def sizes(x0, lr, num_iters):
    xs, ys, updates = recorded(x0, lr, num_iters)
    return xs, ys, [abs(u) for u in updates]


@descend.mistake("These are the gradients; an update is −lr times the gradient.")
def gradients(x0, lr, num_iters):
    xs, ys, updates = recorded(x0, lr, num_iters)
    return xs, ys, [-u / lr for u in updates]


@descend.mistake("The updates have the wrong sign: new position minus old position.")
def flipped_updates(x0, lr, num_iters):
    xs, ys, updates = recorded(x0, lr, num_iters)
    return xs, ys, [-u for u in updates]


@descend.mistake(
    "Every entry is the last position: the same tensor was recorded again and again."
    " Record `x.item()` or a copy."
)
def one_tensor_recorded(x0, lr, num_iters):
    x = torch.tensor(x0)
    xs, updates = [x], []
    for _ in range(num_iters):
        update = -lr * 2 * (x - 2)
        x += update
        xs.append(x)
        updates.append(update)
    return xs, [(x - 2) ** 2 for x in xs], updates


@descend.mistake("The values lack the last one: there is one value for each position.")
def one_value_short(x0, lr, num_iters):
    xs, ys, updates = recorded(x0, lr, num_iters)
    return xs, ys[:-1], updates


@descend.mistake("The gradient was taken once, at the start; take it anew at every position.")
def gradient_taken_once(x0, lr, num_iters):
    update = -lr * 2 * (x0 - 2)
    xs = [x0 + k * update for k in range(num_iters + 1)]
    return xs, [(x - 2) ** 2 for x in xs], [update] * num_iters
