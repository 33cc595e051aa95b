"""Cross entropy with weights for the classes."""

import torch
from torch.nn import functional as F

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def samples(generator):
    scores = torch.randn(6, 3, generator=generator, requires_grad=True)
    more = torch.randn(4, 2, generator=generator, requires_grad=True)
    return [
        (scores, torch.tensor([0, 0, 0, 1, 2, 0]), torch.tensor([0.5, 2.0, 3.0])),
        (more, torch.tensor([1, 0, 0, 0]), torch.tensor([1.0, 4.0])),
    ]


@exercise(
    cases=samples,
    returns=TensorSpec(attached=True),
    hints=[
        "`F.cross_entropy(scores, labels, reduction='none')` has one loss for each sample.",
        "Multiply each by the weight of its class, `weights[labels]`, and divide by the sum of these weights.",
    ],
    note="`F.cross_entropy(scores, labels, weight=weights)` is the same.",
    difficulty=2,
)
def weighted_loss(scores, labels, weights):
    """Return the weighted mean of the cross entropies of raw scores (n, C) and labels (n,): each sample counts with
    the weight of its class, from ``weights`` (C,), and the sum is divided by the sum of the n weights.
    """
    # <solution>
    losses = F.cross_entropy(scores, labels, reduction="none")
    counts = weights[labels]
    return (counts * losses).sum() / counts.sum()
    # </solution>


@weighted_loss.also_right
def by_torch(scores, labels, weights):
    return F.cross_entropy(scores, labels, weight=weights)


@weighted_loss.also_right
def by_hand(scores, labels, weights):
    logs = scores - scores.logsumexp(dim=1, keepdim=True)
    losses = -logs[torch.arange(len(labels)), labels]
    return (weights[labels] * losses).sum() / weights[labels].sum()


weighted_loss.line_mistakes("""
The sum was divided by n; divide it by the sum of the n weights.
    counts.sum() -> len(labels)
The sum was divided by the sum of the C weights; divide by those of the n samples.
    counts.sum() -> weights.sum()
""")


@weighted_loss.mistake("The weights are missing: multiply each loss by that of its class.")
def unweighted(scores, labels, weights):
    return F.cross_entropy(scores, labels)


@weighted_loss.mistake("This is the sum; divide it by the sum of the n weights.")
def the_sum(scores, labels, weights):
    return F.cross_entropy(scores, labels, weight=weights, reduction="sum")


@weighted_loss.mistake("The cross entropy wants raw scores: no softmax before it.")
def softmax_first(scores, labels, weights):
    return F.cross_entropy(scores.softmax(dim=1), labels, weight=weights)


@weighted_loss.mistake("The value is right but cut off from the scores: keep the graph.")
def detached(scores, labels, weights):
    return F.cross_entropy(scores, labels, weight=weights).detach()
