"""A loss that was broadcast, repaired."""

import torch
from torch.nn import functional as F

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def predictions(generator):
    cases = []
    for n in (4, 7):
        prediction = torch.randn(n, 1, generator=generator, requires_grad=True)
        cases.append((prediction, torch.randn(n, generator=generator)))
    return cases


@exercise(
    cases=predictions,
    returns=TensorSpec(attached=True),
    hints=[
        "What shape has `prediction - target`?",
        "Make a row of the predictions, `prediction.flatten()`, or a column of the targets.",
    ],
    note="`F.mse_loss` warns of two different shapes; a formula does not.",
)
def repair_shapes(prediction, target):
    """The predictions have the shape (n, 1), the targets (n,). This should be their mean squared error, and is not;
    repair it. The result stays attached to the graph::

        def repair_shapes(prediction, target):
            return ((prediction - target) ** 2).mean()
    """
    # <solution>
    return ((prediction.flatten() - target) ** 2).mean()
    # </solution>


@repair_shapes.also_right
def as_columns(prediction, target):
    return F.mse_loss(prediction, target.unsqueeze(1))


@repair_shapes.also_right
def squeezed(prediction, target):
    return (prediction.squeeze(1) - target).square().sum() / len(target)


@repair_shapes.mistake(
    "Each prediction is still compared with every target: make the shapes equal."
)
def as_given(prediction, target):
    return ((prediction - target) ** 2).mean()


@repair_shapes.mistake("This is the sum; take the mean.")
def the_sum(prediction, target):
    return ((prediction.flatten() - target) ** 2).sum()


@repair_shapes.mistake("The mean is compared with the mean: square each difference first.")
def of_the_means(prediction, target):
    return (prediction.mean() - target.mean()) ** 2


@repair_shapes.mistake("The differences were squared after the mean; square each of them.")
def squared_after(prediction, target):
    return ((prediction.flatten() - target).abs()).mean() ** 2


@repair_shapes.mistake(
    "The value is right but cut off from the graph: leave out `detach` and `item`."
)
def detached(prediction, target):
    return ((prediction.detach().flatten() - target) ** 2).mean()


@repair_shapes.mistake("This is the mean absolute error; square the differences.")
def absolute(prediction, target):
    return (prediction.flatten() - target).abs().mean()
