"""The same descent with ``torch.optim.AdamW``."""

import torch

from pytorch_primer.exercises.bank._common import bowl, recorded, skewed
from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.kinds import History


def surfaces(generator):
    start = torch.randn(2, generator=generator)
    return [(skewed, torch.tensor([8.0, 8.0]), 1.0, 40), (bowl, start, 0.1, 7)]


@exercise(
    cases=surfaces,
    returns={"var_history": History(), "fn_history": History()},
    rtol=1e-3,
    atol=1e-3,
    hints=[
        "The optimizer needs a leaf of its own: `x = x0.clone().requires_grad_()`, then `[x]`.",
        "In the loop: `zero_grad`, value, record it, `backward`, `step`, record a copy of x.",
    ],
    note="AdamW also pulls towards 0, which here is the minimum: that flatters it.",
    difficulty=2,
)
def run_adamw(function, x0, lr, n_steps):
    """Make ``n_steps`` steps with :class:`torch.optim.AdamW` and its defaults from the tensor ``x0``, which
    stays unchanged. Return ``(var_history, fn_history)``, each with ``n_steps`` entries:
    ``var_history[i]`` is the position **after** step i, ``fn_history[i]`` the value computed
    **before** it. (``run_gd`` records both before the step.)
    """
    # <solution>
    x = x0.detach().clone().requires_grad_()
    optimizer = torch.optim.AdamW([x], lr=lr)
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


@run_adamw.also_right
def with_a_closure(function, x0, lr, n_steps):
    x = torch.nn.Parameter(x0.detach().clone())
    optimizer = torch.optim.AdamW([x], lr=lr)

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


@run_adamw.also_right
def by_the_formula(function, x0, lr, n_steps):
    x, xs, values = x0.detach().double(), [], []
    m = v = torch.zeros(2, dtype=torch.float64)
    for k in range(1, n_steps + 1):
        gradient, value = torch.func.grad_and_value(function)(x)
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        x = x - lr * 0.01 * x
        x = x - lr * (m / (1 - 0.9**k)) / ((v / (1 - 0.999**k)).sqrt() + 1e-8)
        xs.append(x)
        values.append(value.item())
    return torch.stack(xs), values


@run_adamw.mistake(
    "The positions are recorded before each step, as in `run_gd`; here they are the ones after it."
)
def recorded_as_in_run_gd(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps, torch.optim.AdamW, positions_before=True)


@run_adamw.mistake("The values are computed after each step; here they are the ones before it.")
def values_after(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps, torch.optim.AdamW, values_after=True)


@run_adamw.mistake("The gradients pile up: call `optimizer.zero_grad()` in every step.")
def forgot_zero_grad(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps, torch.optim.AdamW, accumulate=True)


@run_adamw.mistake("Every position is the last one: record a copy, `x.detach().clone()`.")
def same_tensor(function, x0, lr, n_steps):
    xs, values = recorded(function, x0, lr, n_steps, torch.optim.AdamW)
    return [xs[-1]] * n_steps, values


@run_adamw.mistake("The value rises: the optimizer was given the negative of the function.")
def uphill(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps, torch.optim.AdamW, uphill=True)


@run_adamw.mistake(
    "The start is recorded as well: there is one entry for each step, the first after step 0."
)
def with_the_start(function, x0, lr, n_steps):
    xs, values = recorded(function, x0, lr, n_steps, torch.optim.AdamW)
    return [x0.clone(), *xs], values


@run_adamw.mistake("`step()` was never called, so the position never changes.")
def without_step(function, x0, lr, n_steps):
    return [x0.clone()] * n_steps, [function(x0).item()] * n_steps


@run_adamw.mistake("The two histories are in the wrong order: positions first.")
def wrong_order(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps, torch.optim.AdamW)[::-1]


@run_adamw.mistake("The start x0 was changed: give the optimizer a copy, `x0.clone()`.")
def start_changed(function, x0, lr, n_steps):
    xs, values = recorded(function, x0, lr, n_steps, torch.optim.AdamW)
    x0.data.copy_(xs[-1])
    return xs, values


@run_adamw.mistake(
    "This is Adam, or AdamW without its weight decay: by default AdamW also shrinks the position by"
    " lr · 0.01 in each step."
)
def adam(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps, torch.optim.Adam)


@run_adamw.mistake("This is SGD; the exercise asks for `torch.optim.AdamW`.")
def plain_sgd(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps, torch.optim.SGD)


@run_adamw.mistake(
    "A new optimizer is made in every step, which forgets its moments. Make it once, before the loop."
)
def new_optimizer_each_step(function, x0, lr, n_steps):
    return recorded(function, x0, lr, n_steps, torch.optim.AdamW, new_optimizer=True)


@run_adamw.mistake("The learning rate was not handed over: these steps use the default 0.001.")
def default_rate(function, x0, lr, n_steps):
    return recorded(function, x0, 0.001, n_steps, torch.optim.AdamW)


@run_adamw.mistake(
    "This is Adam, or AdamW without its weight decay: by default AdamW also shrinks the position by"
    " lr · 0.01 in each step."
)
def without_decay(function, x0, lr, n_steps):
    def make(params, lr):
        return torch.optim.AdamW(params, lr=lr, weight_decay=0.0)

    return recorded(function, x0, lr, n_steps, make)
