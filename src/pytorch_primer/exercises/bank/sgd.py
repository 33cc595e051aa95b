"""Mini-batch gradient descent, written by hand."""

import torch
from torch import nn

from pytorch_primer.exercises.bank._common import filled
from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.kinds import History


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
    returns=History(),
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
    return steps(net, loss_fn, list(batches) * num_epochs, lr)


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


def steps(net, loss_fn, batches, lr, zero=True, after=False):
    """Make a step on each batch, with one thing done otherwise."""
    optimizer, losses = torch.optim.SGD(net.parameters(), lr=lr), []
    for x, y in batches:
        loss = loss_fn(net(x), y)
        if zero:
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append((loss_fn(net(x), y) if after else loss).item())
    return losses


@sgd.mistake("The gradients pile up from step to step: clear them before each `backward`.")
def not_cleared(net, loss_fn, batches, lr, num_epochs):
    return steps(net, loss_fn, batches * num_epochs, lr, zero=False)


@sgd.mistake("The losses are computed after each update; record them before it.")
def losses_after(net, loss_fn, batches, lr, num_epochs):
    return steps(net, loss_fn, batches * num_epochs, lr, after=True)


@sgd.mistake("One epoch only: run through the batches `num_epochs` times.")
def one_epoch(net, loss_fn, batches, lr, num_epochs):
    return steps(net, loss_fn, batches, lr)


@sgd.mistake("There is one loss for each epoch; record one for each step.")
def one_loss_an_epoch(net, loss_fn, batches, lr, num_epochs):
    losses = steps(net, loss_fn, batches * num_epochs, lr)
    n = len(batches)
    return [sum(losses[k * n : (k + 1) * n]) / n for k in range(num_epochs)]


@sgd.mistake("Only the last loss of each epoch is recorded; record one for each step.")
def last_of_each_epoch(net, loss_fn, batches, lr, num_epochs):
    return steps(net, loss_fn, batches * num_epochs, lr)[len(batches) - 1 :: len(batches)]


@sgd.mistake("The network did not change: `p = p - …` makes a new tensor. Change p in place.")
def not_in_place(net, loss_fn, batches, lr, num_epochs):
    return [loss_fn(net(x), y).item() for _ in range(num_epochs) for x, y in batches]


@sgd.mistake("Every step uses the first batch; take the batches in turn.")
def first_batch_only(net, loss_fn, batches, lr, num_epochs):
    return steps(net, loss_fn, [batches[0]] * len(batches) * num_epochs, lr)


@sgd.mistake("The steps go uphill: subtract the gradient.")
def uphill(net, loss_fn, batches, lr, num_epochs):
    return steps(net, lambda out, y: -loss_fn(out, y), batches * num_epochs, lr)


@sgd.mistake("The steps go uphill: subtract lr times the gradient instead of adding it.")
def added(net, loss_fn, batches, lr, num_epochs):
    params, losses = list(net.parameters()), []
    for x, y in batches * num_epochs:
        loss = loss_fn(net(x), y)
        with torch.no_grad():
            for p, gradient in zip(params, torch.autograd.grad(loss, params), strict=True):
                p += lr * gradient
        losses.append(loss.item())
    return losses


@sgd.mistake("The learning rate is not used: each step subtracts the whole gradient.")
def whole_gradient(net, loss_fn, batches, lr, num_epochs):
    return steps(net, loss_fn, batches * num_epochs, 1.0)


@sgd.mistake("The update was recorded or refused by autograd: make it under `torch.no_grad()`.")
def recorded_update(net, loss_fn, batches, lr, num_epochs):
    for x, y in batches:
        loss = loss_fn(net(x), y)
        params = list(net.parameters())
        for p, gradient in zip(params, torch.autograd.grad(loss, params), strict=True):
            p -= lr * gradient


@sgd.mistake("Mean squared error is built in here; use the given `loss_fn`.")
def own_loss(net, loss_fn, batches, lr, num_epochs):
    return steps(net, lambda out, y: ((out - y) ** 2).mean(), batches * num_epochs, lr)


@sgd.mistake("The network is trained, and nothing came back: return the list of losses.")
def nothing_returned(net, loss_fn, batches, lr, num_epochs):
    steps(net, loss_fn, batches * num_epochs, lr)
