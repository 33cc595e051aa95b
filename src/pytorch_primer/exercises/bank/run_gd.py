"""Gradient descent with a record of the way."""

import torch

from pytorch_primer.exercises.bank._common import bowl, skewed
from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.kinds import History


def surfaces(generator):
    start = torch.randn(2, generator=generator)
    return [(skewed, torch.tensor([8.0, 8.0]), 0.001, 30), (bowl, start, 0.02, 6)]


@exercise(
    cases=surfaces,
    returns={"var_history": History(), "fn_history": History()},
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


def recorded(function, x0, lr, n_steps, sign=-1.0, clear=True, after=(False, False)):
    """Run the descent with one thing done otherwise."""
    x = x0.detach().clone().requires_grad_()
    xs, values = [], []
    for _ in range(n_steps):
        before, value = x.detach().clone(), function(x)
        x.grad = None if clear else x.grad
        value.backward()
        with torch.no_grad():
            x += sign * lr * x.grad
        xs.append(x.detach().clone() if after[0] else before)
        values.append((function(x) if after[1] else value).item())
    return xs, values


@run_gd.mistake("The positions are recorded after each step; record them before it.")
def positions_after(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps, after=(True, False))


@run_gd.mistake("Positions and values are recorded after each step; record both before it.")
def both_after(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps, after=(True, True))


@run_gd.mistake("The values are taken after each step; take them before it, with the positions.")
def values_after(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps, after=(False, True))


@run_gd.mistake("The gradients pile up from step to step: clear `.grad` before `backward`.")
def not_cleared(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps, clear=False)


@run_gd.mistake("The steps go uphill: subtract the gradient.")
def uphill(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps, sign=1.0)


@run_gd.mistake(
    "All positions are equal to the last: the same tensor was recorded again and again."
    " Record a copy."
)
def same_tensor(function, x0, lr, n_steps):
    x = x0.detach().clone().requires_grad_()
    xs, values = [], []
    for _ in range(n_steps):
        value = function(x)
        (gradient,) = torch.autograd.grad(value, x)
        xs.append(x.detach())
        values.append(value.item())
        with torch.no_grad():
            x -= lr * gradient
    return xs, values


@run_gd.mistake("The start x0 was changed: work on a copy, `x0.clone()`.")
def start_changed(function, x0, lr, n_steps):
    xs, values = recorded(function, x0, lr, n_steps)
    end = recorded(function, x0, lr, n_steps, after=(True, False))[0][-1]
    x0.data.copy_(end)
    return xs, values


@run_gd.mistake("The end is recorded too: entry i belongs to step i, so there are n_steps of them.")
def end_recorded(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps + 1)


@run_gd.mistake("One step is missing: make n_steps of them.")
def one_step_short(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps - 1)


@run_gd.mistake("The two histories are in the wrong order: positions first.")
def wrong_order(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps)[::-1]


@run_gd.mistake("The learning rate is not used: each step subtracts the whole gradient.")
def whole_gradient(function, x0, lr, n_steps):
    return recorded(function, x0, 1.0, n_steps)
