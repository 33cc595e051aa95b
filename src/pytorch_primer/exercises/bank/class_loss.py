"""Cross entropy of raw scores."""

import torch
from torch.nn import functional as F

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def scored(generator):
    def case(n, num_classes, scale):
        scores = (scale * torch.randn(n, num_classes, generator=generator)).requires_grad_()
        return scores, torch.randint(num_classes, (n,), generator=generator)

    return [case(6, 4, 1.0), case(3, 3, 3.0), case(5, 10, 1000.0)]


def gradient(result, scores, labels):
    (found,) = torch.autograd.grad(result, scores)
    return {"the gradient with respect to the scores": found}


@exercise(
    cases=scored,
    returns=TensorSpec(attached=True, one_element=True),
    view=gradient,
    hints=[
        "`torch.nn.functional.cross_entropy` takes raw scores and class indices.",
        "By hand: minus the mean of `log_softmax` at the labels; `log(softmax(…))` overflows.",
    ],
    note="Cross entropy contains the softmax; scores of 1000 need no special care.",
    difficulty=2,
)
def class_loss(scores, labels):
    """Return the mean cross entropy of the raw ``scores`` (n, C) and the class indices ``labels``
    (n,), as one number attached to the graph. It must stay finite for scores as large as 1000.
    """
    # <solution>
    return F.cross_entropy(scores, labels)
    # </solution>


@class_loss.also_right
def as_module(scores, labels):
    return torch.nn.CrossEntropyLoss()(scores, labels)


@class_loss.also_right
def with_log_softmax(scores, labels):
    return F.nll_loss(F.log_softmax(scores, dim=1), labels)


@class_loss.also_right
def with_logsumexp(scores, labels):
    own = scores.gather(1, labels[:, None]).squeeze(1)
    return (torch.logsumexp(scores, dim=1) - own).mean()


class_loss.line_mistakes(r"""
The softmax was applied before the cross entropy, which contains one already. Hand over the raw scores.
    F.cross_entropy(scores, labels) -> F.cross_entropy(scores.softmax(dim=1), labels)
`log(softmax(…))` gives inf or nan for large scores; `log_softmax` does not.
    F.cross_entropy(scores, labels) -> -scores.softmax(dim=1)[range(len(labels)), labels].log().mean()
`exp` overflows for large scores; subtract the maximum, or use `logsumexp`.
    return F.cross_entropy(scores, labels) -> p = scores.exp() / scores.exp().sum(dim=1, keepdim=True)\nreturn -p[range(len(labels)), labels].log().mean()
This is the sum over the samples; the mean is asked.
    F.cross_entropy(scores, labels) -> F.cross_entropy(scores, labels, reduction="sum")
There is one loss for each sample; take the mean of them.
    F.cross_entropy(scores, labels) -> F.cross_entropy(scores, labels, reduction="none")
`nll_loss` wants log-probabilities: apply `log_softmax` to the scores first.
    F.cross_entropy -> F.nll_loss
The sign is flipped: the loss is minus the log-probability.
    F.cross_entropy -> -F.cross_entropy
`.item()` cuts the graph; return the tensor.
    F.cross_entropy(scores, labels) -> F.cross_entropy(scores, labels).item()
The result is cut off from the graph; leave out `detach`.
    F.cross_entropy(scores, labels) -> F.cross_entropy(scores, labels).detach()
The softmax runs over the samples; it belongs to the classes, `dim=1`.
    F.cross_entropy(scores, labels) -> F.nll_loss(F.log_softmax(scores, dim=0), labels)
This is the squared error to one-hot targets, not the cross entropy.
    F.cross_entropy(scores, labels) -> F.mse_loss(scores, F.one_hot(labels, scores.shape[1]).float())
""")
