"""The loss on a test set."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from pytorch_primer.exercises.bank._common import filled
from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import NumberSpec


class Noted(nn.Sequential):
    """Layers that note whether a graph is recorded while they run."""

    def forward(self, x):
        scores = super().forward(x)
        self.recorded = getattr(self, "recorded", False) or scores.requires_grad
        return scores


def loaders(generator):
    def case(n, batch_size, training):
        net = Noted(nn.Linear(2, 4), nn.ReLU(), nn.Dropout(0.5), nn.Linear(4, 1))
        x = torch.randn(n, 2, generator=generator)
        y = x[:, :1] * 2 + torch.arange(n)[:, None] / 4  # the last, short batch is unlike the rest
        net = filled(net, generator).train(training)
        for p in net.parameters():
            p.grad = torch.ones_like(p)
        return net, DataLoader(TensorDataset(x, y), batch_size=batch_size)

    return [case(10, 4, True), case(6, 3, False)]


def call_and_note_grad_mode(mean_loss, model, loader):
    loss = mean_loss(model, loader)
    model.recording = torch.is_grad_enabled()
    return loss


def after_the_call(loss, model, loader):
    was_training = len(loader.dataset) == 10
    return {
        "the model is in the mode that it had before": model.training is was_training,
        "no graph is recorded while the model is evaluated": not getattr(model, "recorded", False),
        "gradients can be recorded again after the call": model.recording,
    }


@exercise(
    cases=loaders,
    returns=NumberSpec(plain=True),
    run=call_and_note_grad_mode,
    view=after_the_call,
    hints=[
        "Sum the squared errors over all samples and divide by their number at the end.",
        "`was_training = model.training`, `model.eval()`, `with torch.no_grad(): …`, and back:"
        " `model.train(was_training)`.",
    ],
    note="A mean of the batches' means would count the samples of a short last batch more.",
    difficulty=3,
)
def mean_loss(model, loader):
    """Return the mean squared error per sample of ``model`` over all batches ``(x, y)`` of the
    loader, as a Python float; the last batch may be short, and outputs have the shape (batch, 1).
    The model is evaluated in eval mode and without a graph. Parameters and their ``.grad`` stay
    untouched, and the model is left in the mode that it had: a training model is training again, one
    in eval mode stays in it.
    """
    # <solution>
    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for x, y in loader:
            total += ((model(x) - y) ** 2).sum().item()
            count += len(x)
    model.train(was_training)
    return total / count
    # </solution>


@mean_loss.also_right
def weighted_means(model, loader):
    mode = model.training
    model.train(False)
    try:
        with torch.inference_mode():
            parts = [(nn.functional.mse_loss(model(x), y), len(x)) for x, y in loader]
        return float(sum(loss * n for loss, n in parts) / sum(n for _, n in parts))
    finally:
        model.train(mode)


@mean_loss.also_right
def all_at_once(model, loader):
    mode = model.training
    batches = list(loader)
    x, y = (torch.cat(parts) for parts in zip(*batches, strict=True))
    with torch.no_grad():
        loss = nn.functional.mse_loss(model.eval()(x), y).item()
    model.train(mode)
    return loss


mean_loss.line_mistakes(r"""
The mean of the batches' means gives the short last batch too much weight. Weight each batch by its size.
    .sum().item() -> .mean().item()
    len(x) -> 1
The batches' means were added up; divide by the number of samples in the end.
    .sum().item() -> .mean().item()
    return total / count -> return total
The total was divided by the number of batches, not of samples.
    len(x) -> 1
This is the sum over the samples; divide by their number.
    return total / count -> return total
Only the last batch counts: add up over all batches.
    total += -> total =
    count += -> count =
The model stays in eval mode: switch a training model back at the end.
    model.train(was_training) ->
The model is left in training mode although it came in eval mode.
    model.train(was_training) -> model.train()
The dropout was active: evaluate in eval mode, `model.eval()`.
    model.eval() ->
A graph was recorded: evaluate the model under `torch.no_grad()`.
    with torch.no_grad(): -> with torch.enable_grad():
The result is a tensor; return a Python float, `.item()`.
    return total / count -> return torch.tensor(total / count)
The gradients of the parameters changed: leave out `backward` and `zero_grad`.
    model.eval() -> model.eval()\nmodel.zero_grad()
This is the root of the mean squared error; leave the square root out.
    return total / count -> return (total / count) ** 0.5
""")
