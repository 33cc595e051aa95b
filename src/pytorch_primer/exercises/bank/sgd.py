"""Mini-batch gradient descent, written by hand."""

import torch
from torch import nn

from pytorch_primer.exercises.bank._common import filled
from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import HistorySpec


def problems(generator):
    def batches(sizes, n_in, n_out):
        return [
            tuple(torch.randn(size, n, generator=generator) for n in (n_in, n_out))
            for size in sizes
        ]

    first = filled(nn.Sequential(nn.Linear(3, 4), nn.Softplus(), nn.Linear(4, 2)), generator)
    second = filled(nn.Linear(2, 1), generator)
    return [
        (first, nn.MSELoss(), batches((4, 4, 2), 3, 2), 0.1, 2),
        (second, nn.L1Loss(), batches((3, 3), 2, 1), 0.05, 3),
    ]


def trained(losses, net, loss_fn, batches, lr, num_epochs):
    return {f"parameter {name} after training": p.detach() for name, p in net.named_parameters()}


@exercise(
    cases=problems,
    returns=HistorySpec(),
    view=trained,
    in_place=("net",),
    rtol=1e-3,
    hints=[
        "Two loops: epochs, and in each the batches in their order; every batch makes one update.",
        "`torch.autograd.grad(loss, params)` gives the gradients; update each p under `no_grad`.",
    ],
    note="`torch.optim.SGD` makes the same updates, to the last bit.",
    difficulty=2,
)
def sgd(net, loss_fn, batches, lr, num_epochs):
    """Train ``net`` **in place**: for every epoch and every ``(x, y)`` of the list ``batches``, in
    order, set each parameter to :math:`p - \\text{lr}\\cdot` gradient of ``loss_fn(net(x), y)``.
    Return one loss a step, computed before that step.
    """
    # <solution>
    params, losses = list(net.parameters()), []
    for _ in range(num_epochs):
        for x, y in batches:
            loss = loss_fn(net(x), y)
            gradients = torch.autograd.grad(loss, params)
            with torch.no_grad():
                for p, gradient in zip(params, gradients, strict=True):
                    p -= lr * gradient
            losses.append(loss.item())
    return losses
    # </solution>


@sgd.also_right
def with_optim(net, loss_fn, batches, lr, num_epochs):
    optimizer, losses = torch.optim.SGD(net.parameters(), lr=lr), []
    for x, y in list(batches) * num_epochs:
        optimizer.zero_grad()
        loss = loss_fn(net(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@sgd.also_right
def with_backward(net, loss_fn, batches, lr, num_epochs):
    losses = []
    for _ in range(num_epochs):
        for x, y in batches:
            for p in net.parameters():
                p.grad = None
            loss = loss_fn(net(x), y)
            loss.backward()
            for p in net.parameters():
                p.data.sub_(p.grad, alpha=lr)
            losses.append(loss.detach())
    return torch.stack(losses)


sgd.line_mistakes(r"""
The gradients pile up from step to step: clear them before each `backward`.
    gradients = torch.autograd.grad(loss, params) -> loss.backward()
    for p, gradient in zip(params, gradients, strict=True): -> for p in params:
    lr * gradient -> lr * p.grad
The losses are computed after each update; record them before it.
    losses.append(loss.item()) -> losses.append(loss_fn(net(x), y).item())
One epoch only: run through the batches `num_epochs` times.
    range(num_epochs) -> range(1)
There is one loss for each epoch; record one for each step.
    return losses -> n = len(batches)\nreturn [sum(losses[k * n : (k + 1) * n]) / n for k in range(num_epochs)]
Only the last loss of each epoch is recorded; record one for each step.
    return losses -> return losses[len(batches) - 1 :: len(batches)]
The network did not change: `p = p - …` makes a new tensor. Change p in place.
    p -= lr * gradient -> p = p - lr * gradient
Every step uses the first batch; take the batches in turn.
    for x, y in batches: -> for x, y in [batches[0]] * len(batches):
The steps go uphill: subtract the gradient.
    loss = loss_fn(net(x), y) -> loss = -loss_fn(net(x), y)
The steps go uphill: subtract lr times the gradient instead of adding it.
    p -= lr * gradient -> p += lr * gradient
The learning rate is not used: each step subtracts the whole gradient.
    p -= lr * gradient -> p -= gradient
The update was recorded or refused by autograd: make it under `torch.no_grad()`.
    with torch.no_grad(): -> with torch.enable_grad():
Mean squared error is built in here; use the given `loss_fn`.
    loss_fn(net(x), y) -> ((net(x) - y) ** 2).mean()
The network is trained, and nothing came back: return the list of losses.
    return losses ->
""")
