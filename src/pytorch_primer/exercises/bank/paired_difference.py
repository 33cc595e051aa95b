"""A difference between two methods, over seeds."""

import numpy as np
import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import NumberSpec


def results(generator):
    cases = []
    for n, gap in [(8, 0.1), (5, -0.3)]:
        chance = torch.randn(n, generator=generator)
        a = 2 + chance + 0.1 * torch.randn(n, generator=generator)
        cases.append((a, a - gap + 0.05 * torch.randn(n, generator=generator)))
    return cases


@exercise(
    cases=results,
    returns={"mean": NumberSpec(), "standard_error": NumberSpec()},
    hints=[
        "Take the difference for each seed first: the chance that both share drops out.",
        "The standard error is the standard deviation of the differences divided by √n.",
    ],
    note="A mean several times its standard error is there; the spread of each method alone says nothing.",
    difficulty=2,
)
def paired_difference(a, b):
    """``a`` and ``b`` hold the final losses of two methods, entry i of both from seed i. Return the mean of the
    differences ``a - b`` and its standard error, the standard deviation (with n − 1) divided by the root of n.
    """
    # <solution>
    differences = a - b
    return differences.mean(), differences.std() / len(differences) ** 0.5
    # </solution>


@paired_difference.also_right
def in_numpy(a, b):
    d = (a - b).numpy().astype(float)
    return float(d.mean()), float(d.std(ddof=1) / np.sqrt(len(d)))


@paired_difference.also_right
def by_hand(a, b):
    n = len(a)
    d = [x - y for x, y in zip(a.tolist(), b.tolist(), strict=True)]
    mean = sum(d) / n
    return mean, (sum((x - mean) ** 2 for x in d) / (n - 1) / n) ** 0.5


@paired_difference.mistake("The pairs were ignored: take the deviation of the differences.")
def unpaired(a, b):
    return (a - b).mean(), ((a.var() + b.var()) / len(a)).sqrt()


@paired_difference.mistake("This is the standard deviation; divide it by the root of n.")
def not_divided(a, b):
    return (a - b).mean(), (a - b).std()


@paired_difference.mistake("Divide by the root of n, not by n.")
def divided_by_n(a, b):
    return (a - b).mean(), (a - b).std() / len(a)


@paired_difference.mistake("The sign is turned: `a - b`.")
def turned(a, b):
    return (b - a).mean(), (a - b).std() / len(a) ** 0.5


@paired_difference.mistake("The deviation was divided by n inside; take n − 1, as `std` does.")
def biased(a, b):
    return (a - b).mean(), (a - b).std(correction=0) / len(a) ** 0.5


@paired_difference.mistake("Differences were made positive: keep their signs.")
def sizes(a, b):
    return (a - b).abs().mean(), (a - b).abs().std() / len(a) ** 0.5
