"""Linear regression by gradient descent."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.kinds import History, Number, Tensor


def data(generator):
    def case(n, d, lr, n_steps):
        X = torch.randn(n, d, generator=generator)
        y = X @ torch.randn(d, generator=generator) + 0.7
        return X, y + 0.1 * torch.randn(n, generator=generator), lr, n_steps

    return [case(12, 3, 0.1, 8), case(6, 1, 0.05, 5)]


@exercise(
    cases=data,
    returns={"w": Tensor(), "b": Number(), "losses": History()},
    rtol=1e-3,
    atol=1e-4,
    hints=[
        "Start with `w = torch.zeros(d)` and b = 0; the residual is r = Xw + b − y.",
        "The gradients of the mean square are 2 Xᵀr / n and 2 mean(r), or let autograd find them.",
    ],
    note="With many steps w and b reach the least-squares solution, `torch.linalg.lstsq`.",
    difficulty=2,
)
def linear_regression(X, y, lr, n_steps):
    """Fit :math:`Xw + b` to ``y`` by ``n_steps`` full-batch steps of gradient descent on the mean of
    the squared errors, from w = 0 (shape (d,)) and b = 0. Return ``(w, b, losses)`` with the loss
    before each step. ``X`` has the shape (n, d), ``y`` the shape (n,).
    """
    # <solution>
    w = torch.zeros(X.shape[1], requires_grad=True)
    b = torch.zeros((), requires_grad=True)
    losses = []
    for _ in range(n_steps):
        loss = ((X @ w + b - y) ** 2).mean()
        dw, db = torch.autograd.grad(loss, (w, b))
        with torch.no_grad():
            w -= lr * dw
            b -= lr * db
        losses.append(loss.item())
    return w.detach(), b.detach(), losses
    # </solution>


@linear_regression.also_right
def by_formula(X, y, lr, n_steps):
    return by_hand(X, y, lr, n_steps)


@linear_regression.also_right
def with_linear(X, y, lr, n_steps):
    layer = torch.nn.Linear(X.shape[1], 1)
    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    optimizer = torch.optim.SGD(layer.parameters(), lr=lr)
    losses = []
    for _ in range(n_steps):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(layer(X).squeeze(1), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return layer.weight.detach()[0], layer.bias.detach(), torch.stack(losses)


def by_hand(X, y, lr, n_steps, factor=2.0, start=0.0, sign=-1.0, mean=True, bias=True, after=False):
    """Run the regression with one thing done otherwise."""
    w, b, losses = torch.full((X.shape[1],), start), torch.tensor(start), []
    n = len(y) if mean else 1
    for _ in range(n_steps):
        r = X @ w + b - y
        losses.append((r**2).sum().item() / n)
        w = w + sign * lr * factor * X.T @ r / n
        b = b + sign * lr * factor * r.sum() / n * bias
        if after:
            losses[-1] = ((X @ w + b - y) ** 2).mean().item()
    return w, b, losses


@linear_regression.mistake("The squares are summed; the loss is their mean.")
def summed(X, y, lr, n_steps):
    return by_hand(X, y, lr, n_steps, mean=False)


@linear_regression.mistake("The factor 2 of the derivative of a square is missing.")
def half_gradient(X, y, lr, n_steps):
    return by_hand(X, y, lr, n_steps, factor=1.0)


@linear_regression.mistake("The bias b never moves: it needs its own update.")
def bias_stays(X, y, lr, n_steps):
    return by_hand(X, y, lr, n_steps, bias=False)


@linear_regression.mistake("The losses are computed after each step; record them before it.")
def losses_after(X, y, lr, n_steps):
    return by_hand(X, y, lr, n_steps, after=True)


@linear_regression.mistake("The steps go uphill: subtract the gradients.")
def uphill(X, y, lr, n_steps):
    return by_hand(X, y, lr, n_steps, sign=1.0)


@linear_regression.mistake("The start is w = 1 and b = 1; start both at 0.")
def started_at_one(X, y, lr, n_steps):
    return by_hand(X, y, lr, n_steps, start=1.0)


@linear_regression.mistake(
    "y has shape (n,) and the prediction (n, 1): their difference is a whole (n, n) matrix."
)
def broadcast_by_accident(X, y, lr, n_steps):
    w = torch.zeros(X.shape[1], 1, requires_grad=True)
    b = torch.zeros((), requires_grad=True)
    losses = []
    for _ in range(n_steps):
        loss = ((X @ w + b - y) ** 2).mean()
        dw, db = torch.autograd.grad(loss, (w, b))
        with torch.no_grad():
            w -= lr * dw
            b -= lr * db
        losses.append(loss.item())
    return w.detach()[:, 0], b.detach(), losses


@linear_regression.mistake("w came back with shape (d, 1); the exercise asks for (d,).")
def column_w(X, y, lr, n_steps):
    w, b, losses = by_hand(X, y, lr, n_steps)
    return w[:, None], b, losses


@linear_regression.mistake("One loss too many: n_steps losses, each before its step.")
def end_included(X, y, lr, n_steps):
    w, b, _ = by_hand(X, y, lr, n_steps)
    return w, b, by_hand(X, y, lr, n_steps + 1)[2]


@linear_regression.mistake("The losses are missing: return w, b and losses.")
def without_losses(X, y, lr, n_steps):
    return by_hand(X, y, lr, n_steps)[:2]


@linear_regression.mistake(
    "These are the least-squares weights; the exercise asks where n_steps of descent lead."
)
def closed_form(X, y, lr, n_steps):
    ones = torch.cat([X, torch.ones(len(X), 1)], dim=1)
    solution = torch.linalg.lstsq(ones, y[:, None]).solution[:, 0]
    return solution[:-1], solution[-1], by_hand(X, y, lr, n_steps)[2]


@linear_regression.mistake("The gradients pile up: clear them in every step.")
def accumulated(X, y, lr, n_steps):
    w = torch.zeros(X.shape[1], requires_grad=True)
    b = torch.zeros((), requires_grad=True)
    losses = []
    for _ in range(n_steps):
        loss = ((X @ w + b - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
            b -= lr * b.grad
        losses.append(loss.item())
    return w.detach(), b.detach(), losses
