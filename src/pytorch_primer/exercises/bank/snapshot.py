"""A state that holds still."""

import copy

import torch
from torch import nn

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import InstanceSpec


def networks(generator):
    nets = [nn.Linear(2, 3), nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))]
    for net in nets:
        for p in net.parameters():
            p.data = torch.randn(p.shape, generator=generator)
    return [(net,) for net in nets]


def then_trained(snapshot, net):
    """Take the snapshot, then change the network in place as an optimizer does."""
    net.before = {name: value.clone() for name, value in net.state_dict().items()}
    state = snapshot(net)
    with torch.no_grad():
        for p in net.parameters():
            p.add_(1)
    return state


def looks(state, net):
    seen = {"number of tensors": len(state)}
    seen["all names of the state are there"] = set(state) == set(net.before)
    if set(state) == set(net.before):
        for name in net.before:
            seen[f"{name} in the snapshot"] = torch.as_tensor(state[name]).detach().float()
    return seen


@exercise(
    cases=networks,
    returns=InstanceSpec(dict, "dictionary"),
    run=then_trained,
    view=looks,
    in_place=("net",),
    hints=[
        "`net.state_dict()` holds the parameters themselves, not copies.",
        "Clone each tensor, or `copy.deepcopy` the dictionary.",
    ],
    note="`net.load_state_dict` takes it back whenever you like.",
)
def snapshot(net):
    """Return the state of ``net``, parameters and buffers by name, as a dictionary that does not change when the
    network is trained on.
    """
    # <solution>
    return {name: value.clone() for name, value in net.state_dict().items()}
    # </solution>


@snapshot.also_right
def deep_copy(net):
    return copy.deepcopy(net.state_dict())


@snapshot.also_right
def of_a_copied_network(net):
    return copy.deepcopy(net).state_dict()


@snapshot.mistake("The values changed with the network: `state_dict` does not copy. Clone them.")
def live(net):
    return net.state_dict()


@snapshot.mistake("The values changed with the network: `state_dict` does not copy. Clone them.")
def shallow_copy(net):
    return dict(net.state_dict())


@snapshot.mistake("The buffers are missing: take what `state_dict` lists.")
def parameters_only(net):
    return {name: p.detach().clone() for name, p in net.named_parameters()}


@snapshot.mistake("The names have lost their modules, so some stand for several: keep them whole.")
def last_parts_of_names(net):
    return {name.split(".")[-1]: value.clone() for name, value in net.state_dict().items()}


@snapshot.mistake("These are the tensors without their names; return a dictionary.")
def without_names(net):
    return [value.clone() for value in net.state_dict().values()]
