"""A training step in the wrong order, repaired."""

import torch
from torch import nn
from torch.nn import functional as F

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import HistorySpec


def tasks(generator):
    cases = []
    for n, lr, num_steps in [(12, 0.05, 6), (20, 0.1, 9)]:
        net = nn.Linear(3, 1)
        for p in net.parameters():
            p.data = torch.randn(p.shape, generator=generator)
        x = torch.randn(n, 3, generator=generator)
        cases.append((net, x, x.sum(dim=1, keepdim=True), lr, num_steps))
    return cases


def after(losses, net, x, y, lr, num_steps):
    return {"the weights after the last step": net.weight.detach().clone()}


@exercise(
    cases=tasks,
    returns=HistorySpec(floats=True),
    view=after,
    in_place=("net",),
    rtol=1e-3,
    hints=[
        "`step` uses the gradients that `backward` leaves. What does it find in this order?",
        "Clear, then `backward`, then `step`.",
    ],
    note="A loss that does not change by a single bit is the mark of this bug.",
)
def repair_order(net, x, y, lr, num_steps):
    """This function should train ``net`` in place, and return the loss before each step as a float. Its
    loss never changes. Write it so that it trains::

        def repair_order(net, x, y, lr, num_steps):
            optimizer = torch.optim.SGD(net.parameters(), lr=lr)
            losses = []
            for _ in range(num_steps):
                loss = F.mse_loss(net(x), y)
                optimizer.zero_grad()
                optimizer.step()
                loss.backward()
                losses.append(loss.item())
            return losses
    """
    # <solution>
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    for _ in range(num_steps):
        loss = F.mse_loss(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
    # </solution>


def trained(net, x, y, lr, num_steps, calls, after=False):
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    for _ in range(num_steps):
        loss = F.mse_loss(net(x), y)
        for call in calls:
            {"clear": optimizer.zero_grad, "backward": loss.backward, "step": optimizer.step}[
                call
            ]()
        losses.append((F.mse_loss(net(x), y) if after else loss).item())
    return losses


@repair_order.also_right
def cleared_at_the_end(net, x, y, lr, num_steps):
    return trained(net, x, y, lr, num_steps, ["backward", "step", "clear"])


@repair_order.also_right
def by_hand(net, x, y, lr, num_steps):
    losses = []
    for _ in range(num_steps):
        loss = F.mse_loss(net(x), y)
        gradients = torch.autograd.grad(loss, list(net.parameters()))
        with torch.no_grad():
            for p, gradient in zip(net.parameters(), gradients, strict=True):
                p -= lr * gradient
        losses.append(loss.item())
    return losses


@repair_order.mistake("`step` finds no gradients: clear them first, then `backward`, then `step`.")
def as_given(net, x, y, lr, num_steps):
    return trained(net, x, y, lr, num_steps, ["clear", "step", "backward"])


@repair_order.mistake("`step` finds no gradients: clear them first, then `backward`, then `step`.")
def cleared_between(net, x, y, lr, num_steps):
    return trained(net, x, y, lr, num_steps, ["backward", "clear", "step"])


@repair_order.mistake("The gradients of all steps add up: clear them in each step.")
def never_cleared(net, x, y, lr, num_steps):
    return trained(net, x, y, lr, num_steps, ["backward", "step"])


@repair_order.mistake(
    "Each step uses the gradient of the step before: `backward` first, then `step`."
)
def one_step_late(net, x, y, lr, num_steps):
    return trained(net, x, y, lr, num_steps, ["step", "clear", "backward"])


@repair_order.mistake("The losses are those after each step; record them before it.")
def recorded_after(net, x, y, lr, num_steps):
    return trained(net, x, y, lr, num_steps, ["clear", "backward", "step"], after=True)
