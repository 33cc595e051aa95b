"""The largest power of ten that still works."""

import math

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import InstanceSpec


def trainings(generator):
    """Training runs with known limits: below the limit the loss falls, above it does not."""

    def bowl(curvature, overflow=False):
        def train(lr):
            x, losses = 1.0, []
            for _ in range(40):
                losses.append(curvature * x * x / 2)
                x = min(max(x - lr * curvature * x, -1e100), 1e100)
            return [math.inf if overflow and loss > 1e30 else loss for loss in losses]

        return train

    def steps_up(lr):
        return [1.0, 0.9, math.nan] if lr >= 3e-3 else [1.0, 1.0 - lr]

    def recovers(lr):
        return [1.0, math.inf, 0.5] if lr >= 3e-2 else [1.0, 1.0 - lr]

    def noisy(lr):
        return [1.0, lr / 2]

    return [
        (bowl(1.0),),
        (noisy,),
        (bowl(0.004, overflow=True),),
        (bowl(9000.0),),
        (bowl(4e-5),),
        (steps_up,),
        (recovers,),
    ]


def works(losses):
    return bool(all(math.isfinite(loss) for loss in losses) and losses[-1] < losses[0])


def judged(lr, train):
    if not (isinstance(lr, (int, float)) and math.isfinite(lr) and lr > 0):
        return {"the returned learning rate is a positive number": False}
    return {
        "the returned learning rate is a positive number": True,
        "training with the returned rate works": works(train(lr)),
        "training with ten times the returned rate diverges": not works(train(10 * lr)),
    }


@exercise(
    cases=trainings,
    returns=InstanceSpec((int, float), "number"),
    view=judged,
    hints=[
        "Try the powers of ten from 1e-4 to 1e4 in rising order.",
        "Works means: every loss is finite (`math.isfinite`) and the last is below the first.",
    ],
    note="The rule costs a handful of short runs and no theory; refine around its answer if you like.",
    difficulty=3,
)
def find_lr(train):
    """``train(lr)`` runs a training and returns its losses. Return a rate that works while ten times
    that rate diverges. *Works*: all losses are finite and the last is below the first. *Diverges*:
    anything else, also a loss on the way that is inf or nan. Try powers of ten from 1e-4 to 1e4, or a finer grid.
    """
    # <solution>
    best = None
    for exponent in range(-4, 5):
        losses = train(10.0**exponent)
        if all(math.isfinite(loss) for loss in losses) and losses[-1] < losses[0]:
            best = 10.0**exponent
        elif best is not None:
            break
    return best
    # </solution>


@find_lr.also_right
def from_above(train):
    lr = 1e4
    while not works(train(lr)):
        lr /= 10
    return lr


@find_lr.also_right
def on_a_finer_grid(train):
    rates = [m * 10.0**e for e in range(-4, 5) for m in (1, 2, 5)]
    good = [lr for lr in rates if works(train(lr))]
    return max(good)


find_lr.line_mistakes(r"""
The returned rate diverges; return the one before it.
    return best -> return 10 * best
The rate works, and ten times as much works too: go on until it diverges.
    return best -> return best / 100
The first rate that works is the smallest; look for the largest.
    best = 10.0**exponent -> return 10.0**exponent
A loss of nan is not smaller than the first and not larger: test `math.isfinite` as well.
    if all(math.isfinite(loss) for loss in losses) and losses[-1] < losses[0]: -> if not losses[-1] >= losses[0]:
A run that met an inf or a nan on the way does not work: ask `math.isfinite` of every loss.
    all(math.isfinite(loss) for loss in losses) and losses[-1] -> losses[-1]
The lowest final loss was looked for; the exercise asks for the largest rate that works.
    return best -> return min((10.0**e for e in range(-4, 5)), key=lambda lr: train(lr)[-1])
The exponent came back; return the rate, 10.0 ** exponent.
    return best -> return round(math.log10(best))
The losses came back; return the rate.
    return best -> return train(best)
Nothing came back: no rate was returned after the search.
    return best ->
The rate is fixed: it must follow from what `train` does.
    return best -> return 0.1
The search stops at 1; rates up to 1e4 may work.
    range(-4, 5) -> range(-4, 1)
""")
