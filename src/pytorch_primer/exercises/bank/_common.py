"""What several exercises share: their inputs, and a run with one thing done otherwise."""

import torch


def filled(net, generator):
    """Give a network weights that do not depend on the global random state."""
    for p in net.parameters():
        p.data = torch.randn(p.shape, generator=generator) / 2
    return net


def bowl(X):
    """Return 10 (x² + y²)."""
    return 10 * (X**2).sum()


def skewed(X):
    """Return 10 (x² − 3xy + 4y²)."""
    return 10 * (X[0] ** 2 - 3 * X[0] * X[1] + 4 * X[1] ** 2)


def recorded(function, x0, lr, n_steps, make, **other):
    """Run an optimizer as `run_sgd` and `run_adamw` ask, but for what a keyword says."""
    x = x0.detach().clone().requires_grad_()
    optimizer = make([x], lr=lr)
    xs, values = [], []
    for _ in range(n_steps):
        if not other.get("accumulate"):
            optimizer.zero_grad()
        before, value = x.detach().clone(), function(x)
        (-value if other.get("uphill") else value).backward()
        optimizer.step()
        xs.append(before if other.get("positions_before") else x.detach().clone())
        values.append((function(x) if other.get("values_after") else value).item())
        if other.get("new_optimizer"):
            optimizer = make([x], lr=lr)
    return xs, values
