"""The best rate for each batch size."""

import math

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import EqualSpec

RATES, SIZES = [0.001, 0.01, 0.1, 1.0, 10.0, 100.0, 1000.0], [50, 100, 200]


def sweeps(generator):
    """Tables of losses in which each rate is the best by another rule.

    From the best rate on: best over the last quarter, at the last step, over the first quarter, with
    with a nan on the way, over the whole run, with the lowest loss of all, and the worst over the
    last quarter. The best rate stands first, last, or between, and owes its mean to the first loss
    of its last quarter. Each batch size does worse than the one before, so that a best one that is
    carried on shows.
    """

    def table(rates, sizes, n):
        rows = torch.arange(len(sizes))[:, None]
        means = torch.rand(len(sizes), len(rates), generator=generator)
        means = ((rows + means) / len(sizes)).tolist()
        runs = {}
        for i, (size, row) in enumerate(zip(sizes, means, strict=True)):
            best, at = row.index(min(row)), [0, len(row) - 1, len(row) // 2][i]
            row[best], row[at] = row[at], row[best]
            best = at
            for j, (lr, mean) in enumerate(zip(rates, row, strict=True)):
                quarter = n // 4
                losses = [3.0 + mean] * (n - quarter) + [mean + 0.5] * quarter
                role = (j - best) % len(rates)
                if role == 0:
                    losses[-quarter:] = [mean + 1.5] * quarter
                    losses[-quarter] -= quarter
                if role == 1:
                    losses[-quarter:] = [mean + 4.0] * (quarter - 1) + [0.01]
                elif role == 2:
                    losses[:quarter] = [0.02] * quarter
                    losses[quarter:-quarter] = [9.0] * (n - 2 * quarter)
                elif role == 3:
                    losses = [0.03, math.nan] + [0.03] * (n - 2)
                elif role == 4:
                    losses = [1.6] * n
                elif role == 5:
                    losses[n // 2] = -10.0
                elif role == 6:
                    losses[-quarter:] = [20.0] * quarter
                runs[lr, size] = losses
        return lambda lr, batch_size: list(runs[lr, batch_size])

    return [
        (table(RATES, SIZES, 16), RATES, SIZES),
        (table(RATES[::-1], [8, 32], 20), RATES[::-1], [8, 32]),
    ]


def score(losses):
    return sum(losses[-(len(losses) // 4) :]) / (len(losses) // 4)


@exercise(
    cases=sweeps,
    returns=EqualSpec(dict),
    hints=[
        "Two loops: for each batch size run every rate, and keep the rate with the smallest score.",
        "The score is the mean of `losses[-(len(losses) // 4):]`; skip runs with a loss not finite.",
    ],
    note="The mean over the last quarter is steadier than the last loss, which may be luck.",
    difficulty=3,
)
def best_lrs(train, lrs, batch_sizes):
    """``train(lr, batch_size)`` returns the losses of a run. For each batch size find the rate whose
    mean loss over the **last quarter** of the run is smallest; runs with a loss that is not finite
    are out. Return a dict from batch size to rate.
    """
    # <solution>
    best = {}
    for batch_size in batch_sizes:
        scores = {}
        for lr in lrs:
            losses = train(lr, batch_size)
            if all(math.isfinite(loss) for loss in losses):
                last = losses[-(len(losses) // 4) :]
                scores[lr] = sum(last) / len(last)
        best[batch_size] = min(scores, key=scores.get)
    return best
    # </solution>


@best_lrs.also_right
def with_tensors(train, lrs, batch_sizes):
    def value(lr, size):
        losses = torch.tensor(train(lr, size))
        return losses[len(losses) * 3 // 4 :].mean() if losses.isfinite().all() else math.inf

    return {
        size: min(lrs, key=lambda lr, size=size: float(value(lr, size))) for size in batch_sizes
    }


@best_lrs.also_right
def with_a_running_best(train, lrs, batch_sizes):
    out = dict.fromkeys(batch_sizes)
    for size in batch_sizes:
        lowest = float("inf")
        for lr in lrs:
            losses = train(lr, size)
            if not math.isfinite(sum(losses)):
                continue
            if score(losses) < lowest:
                lowest, out[size] = score(losses), lr
    return out


best_lrs.line_mistakes(r"""
The last loss alone decides here; take the mean over the last quarter.
    sum(last) / len(last) -> losses[-1]
The mean runs over the whole training; take the last quarter.
    sum(last) / len(last) -> sum(losses) / len(losses)
The smallest loss of the run decides here; take the mean over the last quarter.
    sum(last) / len(last) -> min(losses)
A run that met a nan on the way was chosen: leave such runs out.
    if all(math.isfinite(loss) for loss in losses): -> if losses:
The largest mean was chosen; the smallest is best.
    min(scores -> max(scores
The first quarter was averaged; take the last.
    losses[-(len(losses) // 4) :] -> losses[: len(losses) // 4]
The dict maps rates to batch sizes; map each batch size to its rate.
    return best -> return {lr: size for size, lr in best.items()}
The rates came back as a list; return a dict from batch size to rate.
    return best -> return list(best.values())
The dict holds the smallest losses; it should hold their rates.
    min(scores, key=scores.get) -> min(scores.values())
Only one rate came back; find one for each batch size.
    return best -> return best[batch_sizes[0]]
The arguments of `train` are exchanged: first the rate, then the batch size.
    train(lr, batch_size) -> train(batch_size, lr)
""")


@best_lrs.mistake(
    "The smallest mean is carried on from one batch size to the next: begin anew for each."
)
def one_best_for_all_sizes(train, lrs, batch_sizes):
    best, lowest = {}, math.inf
    for size in batch_sizes:
        for lr in lrs:
            losses = train(lr, size)
            if all(map(math.isfinite, losses)) and score(losses) < lowest:
                best[size], lowest = lr, score(losses)
    return best
