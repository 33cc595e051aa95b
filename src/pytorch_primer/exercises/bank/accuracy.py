"""The share of right answers."""

import torch
from torch import nn

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import NumberSpec


def networks(generator):
    def case(n, training):
        net = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 3))
        for p in net.parameters():
            p.data = torch.randn(p.shape, generator=generator)
        x = torch.randn(n, 2, generator=generator)
        labels = torch.randint(0, 3, (n,), generator=generator)
        ends = [0, -1]  # answered rightly: who leaves them out is found out
        labels[ends] = net.eval()(x[ends]).argmax(dim=1)
        net.train(training)
        return net, x, labels

    return [case(50, True), case(40, False)]


def was_training(labels):
    return len(labels) == 50


def after_the_call(share, net, x, labels):
    return {"the network is in the mode that it came in": net.training is was_training(labels)}


@exercise(
    cases=networks,
    returns=NumberSpec(plain=True),
    view=after_the_call,
    hints=[
        "The answer is the class with the largest score: `argmax(dim=1)`.",
        "`eval()` before, and the mode of before again after; compare, then `.float().mean().item()`.",
    ],
    note="It says nothing of how the rest is wrong: look at the mistakes.",
    difficulty=2,
)
def accuracy(net, x, labels):
    """Return the share of the samples ``x`` for which the largest of the raw scores ``net(x)``, of shape (n, C), is
    that of the label, as a Python float from 0 to 1. The network is evaluated in eval mode and without a graph, and
    left in the mode in which it came.
    """
    # <solution>
    was_training = net.training
    net.eval()
    with torch.no_grad():
        answers = net(x).argmax(dim=1)
    net.train(was_training)
    return (answers == labels).float().mean().item()
    # </solution>


@accuracy.also_right
def by_counting(net, x, labels):
    mode = net.training
    with torch.inference_mode():
        answers = net.eval()(x).argmax(1).tolist()
    net.train(mode)
    return sum(a == b for a, b in zip(answers, labels.tolist(), strict=True)) / len(answers)


@accuracy.also_right
def with_max(net, x, labels):
    mode = net.training
    net.train(False)
    best = net(x).detach().max(dim=1).indices
    net.train(mode)
    return 1 - (best != labels).double().mean().item()


def measured(net, x, labels, evaluating=True, back=True):
    mode = net.training
    net.train(mode and not evaluating)
    with torch.no_grad():
        scores = net(x)
    net.train(mode if back else False)
    return (scores.argmax(dim=1) == labels).double().mean().item()


@accuracy.mistake("This is the number of right answers; divide it by the number of samples.")
def the_number(net, x, labels):
    return measured(net, x, labels) * len(labels)


@accuracy.mistake("This is a percentage; return a share from 0 to 1.")
def percentage(net, x, labels):
    return 100 * measured(net, x, labels)


@accuracy.mistake("The dropout was active: evaluate in eval mode.")
def in_training_mode(net, x, labels):
    return measured(net, x, labels, evaluating=False)


@accuracy.mistake("The network stays in eval mode: switch a training one back at the end.")
def stays_in_eval(net, x, labels):
    return measured(net, x, labels, back=False)


@accuracy.mistake("This is the share of *wrong* answers.")
def error_rate(net, x, labels):
    return 1 - measured(net, x, labels)


@accuracy.mistake("The result is a tensor; return a Python float, `.item()`.")
def tensor(net, x, labels):
    return torch.tensor(measured(net, x, labels))
