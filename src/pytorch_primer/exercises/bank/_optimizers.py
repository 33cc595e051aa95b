"""What `run_sgd` and `run_adamw` share: surfaces, an answer with a closure, mistakes."""

import torch

HINTS = [
    "The optimizer needs a leaf of its own: `x = x0.clone().requires_grad_()`, then `[x]`.",
    "In the loop: `zero_grad`, value, record it, `backward`, `step`, record a copy of x.",
]


def closure_steps(make, function, x0, lr, n_steps):
    """Run an optimizer that evaluates the function itself."""
    x = torch.nn.Parameter(x0.detach().clone())
    optimizer = make([x], lr=lr)

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


OF_BOTH = r"""
The positions are recorded before each step, as in `run_gd`; here they are the ones after it.
    var_history.append(x.detach().clone()) ->
    optimizer.step() -> var_history.append(x.detach().clone())\noptimizer.step()
The values are computed after each step; here they are the ones before it.
    fn_history.append(value.item()) -> fn_history.append(function(x).item())
The gradients pile up: call `optimizer.zero_grad()` in every step.
    optimizer.zero_grad() ->
Every position is the last one: record a copy, `x.detach().clone()`.
    var_history.append(x.detach().clone()) -> var_history.append(x.detach())
The value rises: the optimizer was given the negative of the function.
    value.backward() -> (-value).backward()
The start is recorded as well: there is one entry for each step, the first after step 0.
    var_history, fn_history = [], [] -> var_history, fn_history = [x0.clone()], []
`step()` was never called, so the position never changes.
    optimizer.step() ->
The two histories are in the wrong order: positions first.
    return var_history, fn_history -> return fn_history, var_history
The start x0 was changed: give the optimizer a copy, `x0.clone()`.
    x = x0.detach().clone().requires_grad_() -> x = x0.requires_grad_()
"""
