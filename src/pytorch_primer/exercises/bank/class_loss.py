"""Cross entropy of raw scores."""

import torch
from torch.nn import functional as F

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.kinds import Tensor


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
    returns=Tensor(attached=True, one_element=True),
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


@class_loss.mistake(
    "The softmax was applied before the cross entropy, which contains one already."
    " Hand over the raw scores."
)
def softmax_first(scores, labels):
    return F.cross_entropy(scores.softmax(dim=1), labels)


@class_loss.mistake("`log(softmax(…))` gives inf or nan for large scores; `log_softmax` does not.")
def log_of_softmax(scores, labels):
    p = scores.softmax(dim=1)
    return -torch.log(p[torch.arange(len(labels)), labels]).mean()


@class_loss.mistake("`exp` overflows for large scores; subtract the maximum, or use `logsumexp`.")
def naive_exp(scores, labels):
    e = scores.exp()
    own = e[torch.arange(len(labels)), labels]
    return -torch.log(own / e.sum(dim=1)).mean()


@class_loss.mistake("This is the sum over the samples; the mean is asked.")
def summed(scores, labels):
    return F.cross_entropy(scores, labels, reduction="sum")


@class_loss.mistake("There is one loss for each sample; take the mean of them.")
def one_each(scores, labels):
    return F.cross_entropy(scores, labels, reduction="none")


@class_loss.mistake("`nll_loss` wants log-probabilities: apply `log_softmax` to the scores first.")
def nll_of_scores(scores, labels):
    return F.nll_loss(scores, labels)


@class_loss.mistake("The sign is flipped: the loss is minus the log-probability.")
def sign(scores, labels):
    return -F.cross_entropy(scores, labels)


@class_loss.mistake("`.item()` cuts the graph; return the tensor.")
def item(scores, labels):
    return F.cross_entropy(scores, labels).item()


@class_loss.mistake("The result is cut off from the graph; leave out `detach`.")
def detached(scores, labels):
    return F.cross_entropy(scores, labels).detach()


@class_loss.mistake("The softmax runs over the samples; it belongs to the classes, `dim=1`.")
def wrong_dim(scores, labels):
    return F.nll_loss(F.log_softmax(scores, dim=0), labels)


@class_loss.mistake("This is the squared error to one-hot targets, not the cross entropy.")
def squared(scores, labels):
    return F.mse_loss(scores, F.one_hot(labels, scores.shape[1]).float())
