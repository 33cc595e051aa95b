"""A normalisation with the wrong statistics, repaired."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def features(generator):
    cases = []
    for scale, offset in [(3.0, 10.0), (0.2, -1.0)]:
        spread = torch.tensor([1.0, 5.0, 20.0]) * scale
        known = torch.randn(300, 3, generator=generator) * spread + offset
        new = torch.randn(5, 3, generator=generator) * spread + offset + 2 * spread
        cases.append((known, new))
    return cases


@exercise(
    cases=features,
    returns=TensorSpec(),
    rtol=5e-3,
    atol=5e-3,
    hints=[
        "The network was trained on samples that were scaled with the numbers of the *training* data.",
        "`train.mean(dim=0)` and `train.std(dim=0)`, one for each feature.",
    ],
    note="With its own statistics a single new sample has no deviation: the result would be nan.",
)
def repair_scaling(train, new):
    """``train`` (n, d) holds the samples that a network was trained on, each feature scaled to mean 0 and
    standard deviation 1. ``new`` (m, d) holds new samples. This should scale them in the same way; repair it::

        def repair_scaling(train, new):
            return (new - new.mean(dim=0)) / new.std(dim=0)
    """
    # <solution>
    return (new - train.mean(dim=0)) / train.std(dim=0)
    # </solution>


@repair_scaling.also_right
def biased(train, new):
    return (new - train.mean(0, keepdim=True)) / train.std(0, correction=0, keepdim=True)


@repair_scaling.also_right
def by_columns(train, new):
    pairs = zip(train.T, new.T, strict=True)
    return torch.stack([(n - t.mean()) / t.std() for t, n in pairs], dim=1)


@repair_scaling.mistake(
    "The statistics are still those of the new samples; take the training data's."
)
def as_given(train, new):
    return (new - new.mean(dim=0)) / new.std(dim=0)


@repair_scaling.mistake("One mean for all features; each feature has its own: `dim=0`.")
def one_mean(train, new):
    return (new - train.mean()) / train.std()


@repair_scaling.mistake("The division by the standard deviation is missing.")
def not_divided(train, new):
    return new - train.mean(dim=0)


@repair_scaling.mistake("The mean is not subtracted.")
def not_centred(train, new):
    return new / train.std(dim=0)


@repair_scaling.mistake("Divide by the standard deviation, not by the variance.")
def by_variance(train, new):
    return (new - train.mean(dim=0)) / train.var(dim=0)


@repair_scaling.mistake("These are the training samples; scale the new ones.")
def the_training_data(train, new):
    return (train - train.mean(dim=0)) / train.std(dim=0)


@repair_scaling.mistake(
    "The mean is the training data's, the deviation still that of the new samples."
)
def half_repaired(train, new):
    return (new - train.mean(dim=0)) / new.std(dim=0)
