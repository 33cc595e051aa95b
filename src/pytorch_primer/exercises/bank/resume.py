"""Go on with a training that was stopped."""

import io

import torch
from torch import nn

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import EqualSpec


def train(net, optimizer, num_epochs):
    """Train on data that are always the same."""
    x = torch.linspace(-1, 1, 12).reshape(4, 3)
    for _ in range(num_epochs):
        loss = (net(x) - x.sum(dim=1, keepdim=True)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def stopped_runs(generator):
    """Files of runs that were stopped, each with a network and an optimizer that know nothing of it."""

    def parts(hidden):
        net = nn.Sequential(nn.Linear(3, hidden), nn.Tanh(), nn.Linear(hidden, 1))
        for p in net.parameters():
            p.data = torch.randn(p.shape, generator=generator)
        return net, torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)

    def case(hidden, num_epochs):
        net, optimizer = parts(hidden)
        train(net, optimizer, num_epochs)
        file = io.BytesIO()
        state = {"net": net.state_dict(), "optimizer": optimizer.state_dict()}
        torch.save(state | {"epoch": num_epochs - 1}, file)
        file.seek(0)
        return file, *parts(hidden)

    return [case(2, 3), case(5, 8)]


def going_on(epoch, file, net, optimizer):
    """Train two epochs more: only who has everything back gets where the long run would be."""
    train(net, optimizer, 2)
    return {f"parameter {i} two epochs later": p.detach() for i, p in enumerate(net.parameters())}


@exercise(
    cases=stopped_runs,
    returns=EqualSpec(int),
    view=going_on,
    in_place=("file", "net", "optimizer"),
    hints=[
        "`torch.load(file)` gives back the dictionary; each part has a `load_state_dict`.",
        "The optimizer has a memory, too. And the epoch in the file is over.",
    ],
    note="With the state of the random numbers in the file as well, the run goes on to the last bit.",
    difficulty=2,
)
def resume(file, net, optimizer):
    """After each epoch a training saved ``{"net": …, "optimizer": …, "epoch": …}`` by ``torch.save``: the two
    ``state_dict`` and the number of the epoch that was over, counted from 0. Load ``file`` into ``net`` and ``optimizer``,
    which are new, so that training can go on as if it had never stopped. Return the number of the epoch that comes next.
    """
    # <solution>
    state = torch.load(file)
    net.load_state_dict(state["net"])
    optimizer.load_state_dict(state["optimizer"])
    return state["epoch"] + 1
    # </solution>


@resume.also_right
def key_by_key(file, net, optimizer):
    state = torch.load(file, weights_only=True)
    for part, name in [(optimizer, "optimizer"), (net, "net")]:
        part.load_state_dict(state[name])
    return 1 + state["epoch"]


@resume.also_right
def by_copying(file, net, optimizer):
    state = torch.load(file, map_location="cpu")
    with torch.no_grad():
        for name, p in net.named_parameters():
            p.copy_(state["net"][name])
    optimizer.load_state_dict(state["optimizer"])
    return state["epoch"] + 1


resume.line_mistakes(r"""
The optimizer begins without its memory: load its state, too.
    optimizer.load_state_dict(state["optimizer"]) ->
The network still has its new weights: load their state into it.
    net.load_state_dict(state["net"]) ->
The epoch in the file is over; the one behind it comes next.
    return state["epoch"] + 1 -> return state["epoch"]
Training begins again with epoch 0: go on behind the epoch in the file.
    return state["epoch"] + 1 -> return 0
Nothing is returned: return the number of the next epoch.
    return state["epoch"] + 1 ->
""")
