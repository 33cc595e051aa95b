"""Gradient descent with a record of the way."""

import torch

from pytorch_primer.exercises.bank._common import bowl, skewed
from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import HistorySpec


def surfaces(generator):
    start = torch.randn(2, generator=generator)
    return [(skewed, torch.tensor([8.0, 8.0]), 0.001, 30), (bowl, start, 0.02, 6)]


@exercise(
    cases=surfaces,
    returns={"var_history": HistorySpec(), "fn_history": HistorySpec()},
    rtol=1e-4,
    atol=1e-4,
    hints=[
        "Work on a copy: `x = x0.clone().requires_grad_()`.",
        "In the loop: value, gradient, record both (a copy of x!), then step.",
    ],
    note="`descend(function, x0, lr=lr, num_steps=n_steps)` of this course also records the end.",
    difficulty=2,
)
def run_gd(function, x0, lr, n_steps):
    """Make ``n_steps`` steps of gradient descent from the tensor ``x0``, which stays unchanged.
    Return ``(var_history, fn_history)``: entry i of both is the position and the value **before**
    step i, so both have ``n_steps`` entries.
    """
    # <solution>
    x = x0.detach().clone().requires_grad_()
    var_history, fn_history = [], []
    for _ in range(n_steps):
        value = function(x)
        (gradient,) = torch.autograd.grad(value, x)
        var_history.append(x.detach().clone())
        fn_history.append(value.item())
        with torch.no_grad():
            x -= lr * gradient
    return var_history, fn_history
    # </solution>


@run_gd.also_right
def stacked(function, x0, lr, n_steps):
    x, xs, values = x0.detach(), [], []
    for _ in range(n_steps):
        gradient, value = torch.func.grad_and_value(function)(x)
        xs.append(x)
        values.append(value)
        x = x - lr * gradient
    return torch.stack(xs), torch.stack(values)


@run_gd.also_right
def with_backward(function, x0, lr, n_steps):
    x = x0.clone().detach().requires_grad_(True)
    xs, values = [], []
    for _ in range(n_steps):
        x.grad = None
        y = function(x)
        y.backward()
        xs.append(x.detach().numpy().copy())
        values.append(y.item())
        x.data.sub_(lr * x.grad)
    return xs, values


run_gd.line_mistakes(r"""
The positions are recorded after each step; record them before it.
    var_history.append(x.detach().clone()) ->
    x -= lr * gradient -> x -= lr * gradient\nvar_history.append(x.clone())
Positions and values are recorded after each step; record both before it.
    var_history.append(x.detach().clone()) ->
    fn_history.append(value.item()) ->
    x -= lr * gradient -> x -= lr * gradient\nvar_history.append(x.clone())\nfn_history.append(function(x).item())
The values are taken after each step; take them before it, with the positions.
    fn_history.append(value.item()) ->
    x -= lr * gradient -> x -= lr * gradient\nfn_history.append(function(x).item())
The gradients pile up from step to step: clear `.grad` before `backward`.
    (gradient,) = torch.autograd.grad(value, x) -> value.backward()
    lr * gradient -> lr * x.grad
The steps go uphill: subtract the gradient.
    x -= lr * gradient -> x += lr * gradient
All positions are equal to the last: the same tensor was recorded again and again. Record a copy.
    var_history.append(x.detach().clone()) -> var_history.append(x.detach())
The start x0 was changed: work on a copy, `x0.clone()`.
    x = x0.detach().clone().requires_grad_() -> x = x0.requires_grad_()
The end is recorded too: entry i belongs to step i, so there are n_steps of them.
    range(n_steps) -> range(n_steps + 1)
One step is missing: make n_steps of them.
    range(n_steps) -> range(n_steps - 1)
The two histories are in the wrong order: positions first.
    return var_history, fn_history -> return fn_history, var_history
The learning rate is not used: each step subtracts the whole gradient.
    lr * gradient -> gradient
""")
