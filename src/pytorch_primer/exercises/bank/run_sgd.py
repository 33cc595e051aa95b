"""The same descent with ``torch.optim.SGD``."""

import torch

from pytorch_primer.exercises.bank._common import bowl, recorded, skewed
from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.kinds import History


def surfaces(generator):
    start = torch.randn(2, generator=generator)
    return [(skewed, torch.tensor([8.0, 8.0]), 0.001, 30), (bowl, start, 0.02, 7)]


@exercise(
    cases=surfaces,
    returns={"var_history": History(), "fn_history": History()},
    rtol=1e-4,
    atol=1e-4,
    hints=[
        "The optimizer needs a leaf of its own: `x = x0.clone().requires_grad_()`, then `[x]`.",
        "In the loop: `zero_grad`, value, record it, `backward`, `step`, record a copy of x.",
    ],
    note="It is gradient descent: entry i + 1 of `run_gd` is entry i of the positions here.",
    difficulty=2,
)
def run_sgd(function, x0, lr, n_steps):
    """Make ``n_steps`` steps with :class:`torch.optim.SGD` (plain, without momentum) from the tensor ``x0``, which
    stays unchanged. Return ``(var_history, fn_history)``, each with ``n_steps`` entries:
    ``var_history[i]`` is the position **after** step i, ``fn_history[i]`` the value computed
    **before** it. (``run_gd`` records both before the step.)
    """
    # <solution>
    x = x0.detach().clone().requires_grad_()
    optimizer = torch.optim.SGD([x], lr=lr)
    var_history, fn_history = [], []
    for _ in range(n_steps):
        optimizer.zero_grad()
        value = function(x)
        value.backward()
        optimizer.step()
        var_history.append(x.detach().clone())
        fn_history.append(value.item())
    return var_history, fn_history
    # </solution>


@run_sgd.also_right
def with_a_closure(function, x0, lr, n_steps):
    x = torch.nn.Parameter(x0.detach().clone())
    optimizer = torch.optim.SGD([x], lr=lr)

    def closure():
        optimizer.zero_grad(set_to_none=False)
        value = function(x)
        value.backward()
        return value

    values, xs = [], []
    for _ in range(n_steps):
        values.append(optimizer.step(closure).detach())
        xs.append(x.detach().clone())
    return torch.stack(xs), torch.stack(values)


@run_sgd.also_right
def by_hand(function, x0, lr, n_steps):
    x, xs, values = x0.detach(), [], []
    for _ in range(n_steps):
        gradient, value = torch.func.grad_and_value(function)(x)
        x = x - lr * gradient
        xs.append(x.numpy())
        values.append(value.item())
    return xs, values


@run_sgd.mistake(
    "The positions are recorded before each step, as in `run_gd`; here they are the ones after it."
)
def recorded_as_in_run_gd(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps, torch.optim.SGD, positions_before=True)


@run_sgd.mistake("The values are computed after each step; here they are the ones before it.")
def values_after(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps, torch.optim.SGD, values_after=True)


@run_sgd.mistake("The gradients pile up: call `optimizer.zero_grad()` in every step.")
def forgot_zero_grad(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps, torch.optim.SGD, accumulate=True)


@run_sgd.mistake("Every position is the last one: record a copy, `x.detach().clone()`.")
def same_tensor(function, x0, lr, n_steps):
    xs, values = recorded(function, x0, lr, n_steps, torch.optim.SGD)
    return [xs[-1]] * n_steps, values


@run_sgd.mistake("The value rises: the optimizer was given the negative of the function.")
def uphill(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps, torch.optim.SGD, uphill=True)


@run_sgd.mistake(
    "The start is recorded as well: there is one entry for each step, the first after step 0."
)
def with_the_start(function, x0, lr, n_steps):
    xs, values = recorded(function, x0, lr, n_steps, torch.optim.SGD)
    return [x0.clone(), *xs], values


@run_sgd.mistake("`step()` was never called, so the position never changes.")
def without_step(function, x0, lr, n_steps):
    return [x0.clone()] * n_steps, [function(x0).item()] * n_steps


@run_sgd.mistake("The two histories are in the wrong order: positions first.")
def wrong_order(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps, torch.optim.SGD)[::-1]


@run_sgd.mistake("The start x0 was changed: give the optimizer a copy, `x0.clone()`.")
def start_changed(function, x0, lr, n_steps):
    xs, values = recorded(function, x0, lr, n_steps, torch.optim.SGD)
    x0.data.copy_(xs[-1])
    return xs, values


@run_sgd.mistake("This is SGD with momentum 0.9; use it without.")
def with_momentum(function, x0, lr, n_steps):
    def make(params, lr):
        return torch.optim.SGD(params, lr=lr, momentum=0.9)

    return recorded(function, x0, lr, n_steps, make)


@run_sgd.mistake("This is Adam; the exercise asks for `torch.optim.SGD`.")
def adam(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps, torch.optim.Adam)


@run_sgd.mistake("This is AdamW; the exercise asks for `torch.optim.SGD`.")
def adamw(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps, torch.optim.AdamW)
