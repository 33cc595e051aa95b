"""A softmax too many, repaired."""

import torch
from torch import nn
from torch.nn import functional as F

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def classifiers(generator):
    cases = []
    for n, num_classes in [(6, 3), (4, 5)]:
        net = nn.Linear(2, num_classes)
        for p in net.parameters():
            p.data = 2 * torch.randn(p.shape, generator=generator)
        x = torch.randn(n, 2, generator=generator)
        labels = torch.randint(0, num_classes, (n,), generator=generator)
        cases.append((net, x, labels))
    return cases


@exercise(
    cases=classifiers,
    returns=TensorSpec(attached=True),
    hints=[
        "`F.cross_entropy` contains a softmax already.",
        "Hand over the raw scores, `net(x)`.",
    ],
    note="With the softmax the loss cannot come near 0, however good the network is.",
)
def repair_scores(net, x, labels):
    """``net`` gives raw scores for the classes. This should be the mean cross entropy; its training stops early. Repair
    it::

        def repair_scores(net, x, labels):
            probabilities = net(x).softmax(dim=1)
            return F.cross_entropy(probabilities, labels)
    """
    # <solution>
    return F.cross_entropy(net(x), labels)
    # </solution>


@repair_scores.also_right
def with_log_softmax(net, x, labels):
    return F.nll_loss(F.log_softmax(net(x), dim=1), labels)


@repair_scores.also_right
def by_hand(net, x, labels):
    scores = net(x)
    right = scores[torch.arange(len(labels)), labels]
    return (scores.logsumexp(dim=1) - right).mean()


@repair_scores.mistake("The softmax is still there: hand over the raw scores.")
def as_given(net, x, labels):
    return F.cross_entropy(net(x).softmax(dim=1), labels)


@repair_scores.mistake("`F.nll_loss` wants *logarithms* of probabilities: `log_softmax`.")
def without_logarithm(net, x, labels):
    return F.nll_loss(net(x).softmax(dim=1), labels)


@repair_scores.mistake("`F.nll_loss` wants logarithms of probabilities, not raw scores.")
def raw_scores_into_nll(net, x, labels):
    return F.nll_loss(net(x), labels)


@repair_scores.mistake("A sigmoid is one function too many as well: hand over the raw scores.")
def sigmoid_first(net, x, labels):
    return F.cross_entropy(net(x).sigmoid(), labels)


@repair_scores.mistake("This is the sum over the samples; take the mean.")
def the_sum(net, x, labels):
    return F.cross_entropy(net(x), labels, reduction="sum")


@repair_scores.mistake("The value is right but cut off from the network: keep the graph.")
def detached(net, x, labels):
    return F.cross_entropy(net(x).detach(), labels)
