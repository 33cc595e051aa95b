"""The rates that a plateau gives."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import HistorySpec


def losses(generator):
    return [
        ([1.0, 0.8, 0.9, 0.85, 0.7, 0.75, 0.72, 0.71], 0.4, 0.5, 2),
        ([1.0, 1.0, 1.0, 1.0, 1.0, 1.0], 1.0, 0.1, 3),
        ([0.5, 0.6, 0.4, 0.3, 0.35], 2.0, 0.25, 1),
    ]


@exercise(
    cases=losses,
    returns=HistorySpec(),
    hints=[
        "Keep the smallest loss so far, and count the epochs since then.",
        "When the count reaches the patience, multiply the rate and begin to count anew.",
    ],
    note="`ReduceLROnPlateau` does this one epoch later: it cuts when the count *exceeds* its patience.",
    difficulty=2,
)
def plateau_rates(val_losses, lr, factor, patience):
    """``val_losses`` are validation losses, one an epoch. Return the rate for the epoch that *follows* each of them: it
    begins as ``lr``, and is multiplied by ``factor`` when ``patience`` epochs in a row brought no loss below the
    smallest before; then counting begins anew.
    """
    # <solution>
    best, waited, rates = float("inf"), 0, []
    for loss in val_losses:
        if loss < best:
            best, waited = loss, 0
        else:
            waited += 1
        if waited == patience:
            lr, waited = lr * factor, 0
        rates.append(lr)
    return rates
    # </solution>


@plateau_rates.also_right
def by_torch(val_losses, lr, factor, patience):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=lr)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=factor, patience=patience - 1, threshold=0.0
    )
    rates = []
    for loss in val_losses:
        scheduler.step(loss)
        rates.append(scheduler.get_last_lr()[0])
    return rates


@plateau_rates.also_right
def by_index(val_losses, lr, factor, patience):
    since, rates = -1, []
    for k, loss in enumerate(val_losses):
        if loss < min(val_losses[:k], default=float("inf")):
            since = k
        if k - since == patience:
            lr, since = lr * factor, k
        rates.append(lr)
    return torch.tensor(rates)


def counted(val_losses, lr, factor, limit, anew=True, last=False, equal=False, before=False):
    best, waited, rates = float("inf"), 0, []
    for loss in val_losses:
        if before:
            rates.append(lr)
        better = loss <= best if equal else loss < best
        waited = 0 if better else waited + 1
        best = loss if last else min(best, loss)
        if waited >= limit:
            lr, waited = lr * factor, 0 if anew else waited
        if not before:
            rates.append(lr)
    return rates


@plateau_rates.mistake("The cut comes one epoch late: when the count *reaches* the patience.")
def one_late(val_losses, lr, factor, patience):
    return counted(val_losses, lr, factor, patience + 1)


@plateau_rates.mistake("After a cut counting begins anew; here every further epoch cuts again.")
def not_anew(val_losses, lr, factor, patience):
    return counted(val_losses, lr, factor, patience, anew=False)


@plateau_rates.mistake("Compare with the smallest loss so far, not with the last one.")
def with_the_last(val_losses, lr, factor, patience):
    return counted(val_losses, lr, factor, patience, last=True)


@plateau_rates.mistake("A loss that is only equal to the smallest is no new best.")
def equal_is_better(val_losses, lr, factor, patience):
    return counted(val_losses, lr, factor, patience, equal=True)


@plateau_rates.mistake("These are the rates before each loss; give those that follow it.")
def shifted(val_losses, lr, factor, patience):
    return counted(val_losses, lr, factor, patience, before=True)


@plateau_rates.mistake("The rate never changes: multiply it by the factor.")
def constant(val_losses, lr, factor, patience):
    return [lr] * len(val_losses)
