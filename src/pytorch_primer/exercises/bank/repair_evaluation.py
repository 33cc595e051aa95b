"""A measurement in the wrong mode, repaired."""

import torch
from torch import nn

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def networks(generator):
    def case(n, training):
        net = nn.Sequential(nn.Linear(2, 6), nn.BatchNorm1d(6), nn.Dropout(0.5), nn.Linear(6, 1))
        for p in net.parameters():
            p.data = torch.randn(p.shape, generator=generator)
        net.train(training)
        return net, torch.randn(n, 2, generator=generator)

    return [case(6, True), case(4, False)]


def after(result, net, x):
    return {
        "the network is in the mode that it came in": net.training is (len(x) == 6),
        "nothing was recorded": not result.requires_grad,
    }


@exercise(
    cases=networks,
    returns=TensorSpec(),
    view=after,
    hints=[
        "Dropout and batch norm behave differently in training mode; `eval()` switches both.",
        "Note the mode before, `net.training`, and set it again with `net.train(mode)`.",
    ],
    note="In training mode this function also changed the network: batch norm measures.",
    difficulty=2,
)
def repair_evaluation(net, x):
    """This should return what ``net`` says to ``x`` as it would be used: the same twice, without a graph. The network
    stays as it is, and in the mode in which it came. Repair it::

        def repair_evaluation(net, x):
            return net(x)
    """
    # <solution>
    mode = net.training
    net.eval()
    with torch.no_grad():
        result = net(x)
    net.train(mode)
    return result
    # </solution>


def called(net, x, evaluating=True, back=True, graph=False):
    mode = net.training
    if evaluating:
        net.eval()
    with torch.set_grad_enabled(graph):
        result = net(x)
    if back:
        net.train(mode)
    return result


@repair_evaluation.also_right
def in_inference_mode(net, x):
    mode = net.training
    with torch.inference_mode():
        result = net.train(False)(x)
    net.train(mode)
    return result


@repair_evaluation.also_right
def detached_afterwards(net, x):
    return called(net, x, graph=True).detach()


@repair_evaluation.mistake("Dropout and batch norm are still in training mode: `eval()` first.")
def without_eval(net, x):
    return called(net, x, evaluating=False)


@repair_evaluation.mistake("A graph was recorded: compute under `torch.no_grad`.")
def with_a_graph(net, x):
    return called(net, x, graph=True)


@repair_evaluation.mistake("The network stays in eval mode: set the mode that it came in.")
def stays_in_eval(net, x):
    return called(net, x, back=False)


@repair_evaluation.mistake(
    "A network that came in eval mode leaves in training mode: note the mode before."
)
def always_trains(net, x):
    result = called(net, x)
    net.train()
    return result


@repair_evaluation.mistake("Only the dropout was switched off: batch norm has a mode, too.")
def dropout_only(net, x):
    mode = net[2].training
    net[2].eval()
    with torch.no_grad():
        result = net(x)
    net[2].train(mode)
    return result
