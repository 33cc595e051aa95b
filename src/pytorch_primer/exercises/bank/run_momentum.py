"""Gradient descent with momentum, by hand."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import HistorySpec


def runs(generator):
    def bowl(v):
        return 10 * (v**2).sum()

    def stretched(v):
        return (v[0] ** 2 + 12 * v[1] ** 2) / 2

    return [
        (bowl, torch.tensor([8.0, -3.0]), 0.01, 0.9, 12),
        (stretched, torch.tensor([9.0, 2.0]), 0.05, 0.5, 20),
    ]


@exercise(
    cases=runs,
    returns=HistorySpec(),
    rtol=1e-3,
    atol=1e-4,
    hints=[
        "The velocity m starts at 0. In each step m ← β·m + g, then v ← v − lr·m.",
        "Record a copy of the position after each step.",
    ],
    note="`torch.optim.SGD(params, lr=lr, momentum=beta)` makes the same steps.",
    difficulty=2,
)
def run_momentum(function, x0, lr, beta, n_steps):
    """Minimise ``function`` from the vector ``x0`` by gradient descent with momentum:
    :math:`m \\leftarrow \\beta m + g`, :math:`v \\leftarrow v - \\text{lr}\\, m`, beginning with :math:`m = 0`. Return the
    ``n_steps`` positions, each *after* its step.
    """
    # <solution>
    v, m = x0, torch.zeros_like(x0)
    history = []
    for _ in range(n_steps):
        g = torch.func.grad(function)(v)
        m = beta * m + g
        v = v - lr * m
        history.append(v)
    return history
    # </solution>


@run_momentum.also_right
def by_torch(function, x0, lr, beta, n_steps):
    v = x0.clone().requires_grad_()
    optimizer = torch.optim.SGD([v], lr=lr, momentum=beta)
    history = []
    for _ in range(n_steps):
        optimizer.zero_grad()
        function(v).backward()
        optimizer.step()
        history.append(v.detach().clone())
    return torch.stack(history)


@run_momentum.also_right
def with_a_scaled_velocity(function, x0, lr, beta, n_steps):
    v, step = x0.clone(), torch.zeros_like(x0)
    history = []
    for _ in range(n_steps):
        step = beta * step - lr * torch.func.grad(function)(v)
        v = v + step
        history.append(v.tolist())
    return history


def rolled(function, x0, lr, n_steps, update, before=False, start=True):
    v, m, history = x0, torch.zeros_like(x0), []
    for _ in range(n_steps):
        if before:
            history.append(v)
        m = update(m, torch.func.grad(function)(v))
        v = v - lr * m
        if not before:
            history.append(v)
    return history


@run_momentum.mistake("The velocity is forgotten in each step: this is plain gradient descent.")
def plain(function, x0, lr, beta, n_steps):
    return rolled(function, x0, lr, n_steps, lambda m, g: g)


@run_momentum.mistake(
    "The gradient enters with its full weight: β·m + g, without the factor 1 − β."
)
def averaged(function, x0, lr, beta, n_steps):
    return rolled(function, x0, lr, n_steps, lambda m, g: beta * m + (1 - beta) * g)


@run_momentum.mistake("The positions are those before each step; record them after it.")
def recorded_before(function, x0, lr, beta, n_steps):
    return rolled(function, x0, lr, n_steps, lambda m, g: beta * m + g, before=True)


@run_momentum.mistake("The velocity is never damped: multiply the old one by β.")
def undamped(function, x0, lr, beta, n_steps):
    return rolled(function, x0, lr, n_steps, lambda m, g: m + g)


@run_momentum.mistake("This is Nesterov's variant; step along m itself.")
def nesterov(function, x0, lr, beta, n_steps):
    v, m, history = x0, torch.zeros_like(x0), []
    for _ in range(n_steps):
        g = torch.func.grad(function)(v)
        m = beta * m + g
        v = v - lr * (g + beta * m)
        history.append(v)
    return history


@run_momentum.mistake(
    "Every entry is the last position: the same tensor was recorded again and again."
)
def one_tensor(function, x0, lr, beta, n_steps):
    v, m, history = x0.clone(), torch.zeros_like(x0), []
    for _ in range(n_steps):
        m = beta * m + torch.func.grad(function)(v)
        v -= lr * m
        history.append(v)
    return history
