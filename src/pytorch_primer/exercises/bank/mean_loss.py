"""The loss on a test set."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from pytorch_primer.exercises.bank._common import filled
from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.kinds import Number


def loaders(generator):
    def case(n, batch_size, training):
        net = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Dropout(0.5), nn.Linear(4, 1))
        x = torch.randn(n, 2, generator=generator)
        y = x[:, :1] * 2 + torch.arange(n)[:, None] / 4  # the last, short batch is unlike the rest
        net = filled(net, generator).train(training)
        for p in net.parameters():
            p.grad = torch.ones_like(p)
        return net, DataLoader(TensorDataset(x, y), batch_size=batch_size)

    return [case(10, 4, True), case(6, 3, False)]


def after_the_call(loss, model, loader):
    return {
        "a training model is training again": model.training is was_training(loader),
        "gradients can be recorded again after the call": bool(loss is None or grad_mode[-1]),
    }


def was_training(loader):
    return len(loader.dataset) == 10


grad_mode = [True]


def call_and_note_grad_mode(mean_loss, model, loader):
    loss = mean_loss(model, loader)
    grad_mode[-1] = torch.is_grad_enabled()
    return loss


@exercise(
    cases=loaders,
    returns=Number(plain=True),
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
    untouched, and a model that was training is training again afterwards.
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
    loss = nn.functional.mse_loss(model.eval()(x).detach(), y).item()
    model.train(mode)
    return loss


def evaluated(model, loader, mode=False, back=True, reduce="samples"):
    """Evaluate with one thing done otherwise."""
    was_training = model.training
    model.train(mode)
    with torch.no_grad():
        losses = [(nn.functional.mse_loss(model(x), y).item(), len(x)) for x, y in loader]
    if back:
        model.train(was_training)
    total, count = sum(loss * n for loss, n in losses), sum(n for _, n in losses)
    means = sum(loss for loss, _ in losses)
    return {
        "samples": total / count,
        "batches": means / len(losses),
        "sum of batches": means,
        "sum": total,
        "by batches": total / len(losses),
        "last": losses[-1][0],
    }[reduce]


@mean_loss.mistake(
    "The mean of the batches' means gives the short last batch too much weight."
    " Weight each batch by its size."
)
def mean_of_means(model, loader):
    return evaluated(model, loader, reduce="batches")


@mean_loss.mistake("The batches' means were added up; divide by the number of samples in the end.")
def sum_of_means(model, loader):
    return evaluated(model, loader, reduce="sum of batches")


@mean_loss.mistake("The total was divided by the number of batches, not of samples.")
def divided_by_batches(model, loader):
    return evaluated(model, loader, reduce="by batches")


@mean_loss.mistake("This is the sum over the samples; divide by their number.")
def total(model, loader):
    return evaluated(model, loader, reduce="sum")


@mean_loss.mistake("Only the last batch counts: add up over all batches.")
def last_batch(model, loader):
    return evaluated(model, loader, reduce="last")


@mean_loss.mistake("The model stays in eval mode: switch a training model back at the end.")
def stays_in_eval(model, loader):
    return evaluated(model, loader, back=False)


@mean_loss.mistake("The model is left in training mode although it came in eval mode.")
def always_train(model, loader):
    loss = evaluated(model, loader)
    model.train()
    return loss


@mean_loss.mistake("The dropout was active: evaluate in eval mode, `model.eval()`.")
def in_training_mode(model, loader):
    return evaluated(model, loader, mode=model.training)


@mean_loss.mistake("The result is a tensor; return a Python float, `.item()`.")
def tensor(model, loader):
    return torch.tensor(evaluated(model, loader))


@mean_loss.mistake("The gradients of the parameters changed: leave out `backward` and `zero_grad`.")
def cleared_the_gradients(model, loader):
    model.zero_grad()
    return evaluated(model, loader)


@mean_loss.mistake("This is the root of the mean squared error; leave the square root out.")
def root(model, loader):
    return evaluated(model, loader) ** 0.5
