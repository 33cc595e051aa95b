"""The same descent with ``torch.optim.AdamW``."""

import torch

from pytorch_primer.exercises.bank._common import bowl, skewed
from pytorch_primer.exercises.bank._optimizers import HINTS, OF_BOTH, closure_steps
from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import HistorySpec


def surfaces(generator):
    start = torch.randn(2, generator=generator)
    return [(skewed, torch.tensor([8.0, 8.0]), 1.0, 40), (bowl, start, 0.1, 7)]


@exercise(
    cases=surfaces,
    returns={"var_history": HistorySpec(), "fn_history": HistorySpec()},
    rtol=1e-3,
    atol=1e-3,
    hints=HINTS,
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
    return closure_steps(torch.optim.AdamW, function, x0, lr, n_steps)


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


run_adamw.line_mistakes(OF_BOTH)
run_adamw.line_mistakes(r"""
This is Adam, or AdamW without its weight decay: by default AdamW also shrinks the position by lr · 0.01 in each step.
    torch.optim.AdamW -> torch.optim.Adam
This is Adam, or AdamW without its weight decay: by default AdamW also shrinks the position by lr · 0.01 in each step.
    lr=lr) -> lr=lr, weight_decay=0.0)
This is SGD; the exercise asks for `torch.optim.AdamW`.
    torch.optim.AdamW -> torch.optim.SGD
A new optimizer is made in every step, which forgets its moments. Make it once, before the loop.
    optimizer.zero_grad() -> optimizer = torch.optim.AdamW([x], lr=lr)\noptimizer.zero_grad()
The learning rate was not handed over: these steps use the default 0.001.
    AdamW([x], lr=lr) -> AdamW([x])
""")
