"""Linear regression by gradient descent."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import HistorySpec, NumberSpec, TensorSpec


def data(generator):
    def case(n, d, lr, n_steps):
        X = torch.randn(n, d, generator=generator)
        y = X @ torch.randn(d, generator=generator) + 0.7
        return X, y + 0.1 * torch.randn(n, generator=generator), lr, n_steps

    return [case(12, 3, 0.1, 8), case(6, 1, 0.05, 5)]


@exercise(
    cases=data,
    returns={"w": TensorSpec(), "b": NumberSpec(), "losses": HistorySpec()},
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
    w, b, losses = torch.zeros(X.shape[1]), torch.zeros(()), []
    for _ in range(n_steps):
        r = X @ w + b - y
        losses.append((r**2).mean().item())
        w = w - lr * 2 * X.T @ r / len(y)
        b = b - lr * 2 * r.mean()
    return w, b, losses


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


linear_regression.line_mistakes(r"""
The squares are summed; the loss is their mean.
    ** 2).mean() -> ** 2).sum()
This is the gradient of half the loss: the factor 2 of the squares is missing.
    torch.autograd.grad(loss, (w, b)) -> torch.autograd.grad(loss / 2, (w, b))
The bias b never moves: it needs its own update.
    b -= lr * db ->
The losses are computed after each step; record them before it.
    losses.append(loss.item()) -> losses.append(((X @ w + b - y) ** 2).mean().item())
The steps go uphill: subtract the gradients.
    w -= lr * dw -> w += lr * dw
    b -= lr * db -> b += lr * db
The start is w = 1 and b = 1; start both at 0.
    torch.zeros(X.shape[1], requires_grad=True) -> torch.ones(X.shape[1], requires_grad=True)
    torch.zeros((), requires_grad=True) -> torch.ones((), requires_grad=True)
y has shape (n,) and the prediction (n, 1): their difference is a whole (n, n) matrix.
    torch.zeros(X.shape[1], requires_grad=True) -> torch.zeros(X.shape[1], 1, requires_grad=True)
    return w.detach(), b.detach() -> return w.detach()[:, 0], b.detach()
w came back with shape (d, 1); the exercise asks for (d,).
    return w.detach(), b.detach() -> return w.detach()[:, None], b.detach()
One loss too many: n_steps losses, each before its step.
    return w.detach(), b.detach() -> losses.append(((X @ w + b - y) ** 2).mean().item())\nreturn w.detach(), b.detach()
The losses are missing: return w, b and losses.
    b.detach(), losses -> b.detach()
These are the least-squares weights; the exercise asks where n_steps of descent lead.
    return w.detach(), b.detach(), losses -> ones = torch.cat([X, torch.ones(len(X), 1)], dim=1)\nbest = torch.linalg.lstsq(ones, y[:, None]).solution[:, 0]\nreturn best[:-1], best[-1], losses
The gradients pile up: clear them in every step.
    dw, db = torch.autograd.grad(loss, (w, b)) -> loss.backward()
    lr * dw -> lr * w.grad
    lr * db -> lr * b.grad
""")
