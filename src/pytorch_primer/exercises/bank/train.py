"""The training loop."""

import torch
from torch import nn

from pytorch_primer.exercises.bank._common import filled
from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.kinds import History


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
    returns=History(floats=True),
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


def loop(net, X, Y, lr, epochs, zero=True, after=False, loss_fn=None, optimizer=torch.optim.SGD):
    """Train with one thing done otherwise."""
    loss_fn, losses = loss_fn or nn.MSELoss(), []
    updates = optimizer(net.parameters(), lr=lr)
    for _ in range(epochs):
        loss = loss_fn(net(X), Y)
        if zero:
            updates.zero_grad()
        loss.backward()
        updates.step()
        losses.append(loss_fn(net(X), Y).item() if after else loss.item())
    return losses


@train.mistake("The gradients pile up from epoch to epoch: call `optimizer.zero_grad()` in each.")
def forgot_zero_grad(net, X, Y, lr, epochs):
    return loop(net, X, Y, lr, epochs, zero=False)


@train.mistake("The losses are computed after each update; record them before it.")
def losses_after(net, X, Y, lr, epochs):
    return loop(net, X, Y, lr, epochs, after=True)


@train.mistake("The losses are tensors, each with its graph; record `loss.item()`.")
def tensors(net, X, Y, lr, epochs):
    return [torch.tensor(loss) for loss in loop(net, X, Y, lr, epochs)]


@train.mistake(
    "The network did not change: call `backward` and then `optimizer.step()` in every epoch."
)
def no_step(net, X, Y, lr, epochs):
    return [nn.functional.mse_loss(net(X), Y).item() for _ in range(epochs)]


@train.mistake("The graph was used up by the first `backward`: compute the loss in every epoch.")
def loss_outside(net, X, Y, lr, epochs):
    loss, losses = nn.functional.mse_loss(net(X), Y), []
    for _ in range(epochs):
        loss.backward()
        losses.append(loss.item())
    return losses


@train.mistake("The squares are summed; MSELoss takes their mean.")
def summed(net, X, Y, lr, epochs):
    return loop(net, X, Y, lr, epochs, loss_fn=nn.MSELoss(reduction="sum"))


@train.mistake("This is the mean absolute error; the exercise asks for `nn.MSELoss`.")
def absolute(net, X, Y, lr, epochs):
    return loop(net, X, Y, lr, epochs, loss_fn=nn.L1Loss())


@train.mistake("This is Adam; the exercise asks for plain gradient descent, `torch.optim.SGD`.")
def adam(net, X, Y, lr, epochs):
    return loop(net, X, Y, lr, epochs, optimizer=torch.optim.Adam)


@train.mistake("One epoch too many: make `epochs` updates.")
def one_too_many(net, X, Y, lr, epochs):
    return loop(net, X, Y, lr, epochs + 1)


@train.mistake("Only the last loss came back; return the list of all.")
def last_only(net, X, Y, lr, epochs):
    return loop(net, X, Y, lr, epochs)[-1]


@train.mistake("A copy of the network was trained; train the given one in place.")
def trained_a_copy(net, X, Y, lr, epochs):
    import copy

    return loop(copy.deepcopy(net), X, Y, lr, epochs)


@train.mistake("The update goes uphill: subtract the gradient.")
def uphill(net, X, Y, lr, epochs):
    def negative(params, lr):
        return torch.optim.SGD(params, lr=lr, maximize=True)

    return loop(net, X, Y, lr, epochs, optimizer=negative)


@train.mistake("The network is trained, and nothing came back: return the list of losses.")
def nothing_returned(net, X, Y, lr, epochs):
    loop(net, X, Y, lr, epochs)
