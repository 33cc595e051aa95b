"""The training loop."""

import torch
from torch import nn

from pytorch_primer.exercises.bank._common import filled
from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import HistorySpec


def problems(generator):
    first = filled(nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)), generator)
    second = filled(nn.Linear(2, 1), generator)
    return [
        (first, *(torch.randn(8, n, generator=generator) for n in (3, 2)), 0.1, 6),
        (second, *(torch.randn(5, n, generator=generator) for n in (2, 1)), 0.3, 4),
    ]


def trained(losses, net, X, Y, lr, epochs):
    return {f"parameter {name} after training": p.detach() for name, p in net.named_parameters()}


@exercise(
    cases=problems,
    returns=HistorySpec(floats=True),
    view=trained,
    in_place=("net",),
    rtol=1e-3,
    hints=[
        "Four steps an epoch: forward, loss, backward, update; clear the gradients once in each.",
        "Record `loss.item()` before the update: a tensor would keep its graph alive.",
    ],
    note="Each further epoch needs a new forward pass: the graph is used up by `backward`.",
    difficulty=2,
)
def train(net, X, Y, lr, epochs):
    """Train ``net`` **in place** with full-batch gradient descent (``torch.optim.SGD``) on
    :class:`torch.nn.MSELoss`, ``epochs`` updates in all. Return the losses as Python floats, entry
    i computed before update i.
    """
    # <solution>
    loss_fn = nn.MSELoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        loss = loss_fn(net(X), Y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
    # </solution>


@train.also_right
def with_autograd_grad(net, X, Y, lr, epochs):
    losses = []
    for _ in range(epochs):
        loss = ((net(X) - Y) ** 2).mean()
        params = list(net.parameters())
        with torch.no_grad():
            for p, g in zip(params, torch.autograd.grad(loss, params), strict=True):
                p -= lr * g
        losses.append(loss.item())
    return losses


@train.also_right
def zeroed_afterwards(net, X, Y, lr, epochs):
    optimizer = torch.optim.SGD(net.parameters(), lr)
    net.zero_grad()

    def epoch():
        loss = nn.functional.mse_loss(net(X), Y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        return loss.item()

    return [epoch() for _ in range(epochs)]


train.line_mistakes(r"""
The gradients pile up from epoch to epoch: call `optimizer.zero_grad()` in each.
    optimizer.zero_grad() ->
The losses are computed after each update; record them before it.
    losses.append(loss.item()) -> losses.append(loss_fn(net(X), Y).item())
The losses are tensors, each with its graph; record `loss.item()`.
    losses.append(loss.item()) -> losses.append(loss)
The network did not change: call `backward` and then `optimizer.step()` in every epoch.
    optimizer.step() ->
The graph was used up by the first `backward`: compute the loss in every epoch.
    loss = loss_fn(net(X), Y) ->
    for _ in range(epochs): -> loss = loss_fn(net(X), Y)\nfor _ in range(epochs):
The squares are summed; MSELoss takes their mean.
    nn.MSELoss() -> nn.MSELoss(reduction="sum")
This is the mean absolute error; the exercise asks for `nn.MSELoss`.
    nn.MSELoss() -> nn.L1Loss()
This is Adam; the exercise asks for plain gradient descent, `torch.optim.SGD`.
    torch.optim.SGD -> torch.optim.Adam
One epoch too many: make `epochs` updates.
    range(epochs) -> range(epochs + 1)
Only the last loss came back; return the list of all.
    return losses -> return losses[-1]
A copy of the network was trained; train the given one in place.
    loss_fn = nn.MSELoss() -> import copy\nloss_fn, net = nn.MSELoss(), copy.deepcopy(net)
The update goes uphill: subtract the gradient.
    lr=lr) -> lr=lr, maximize=True)
The network is trained, and nothing came back: return the list of losses.
    return losses ->
""")
