"""From floats to bytes, without a wrap."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def brightness(generator):
    return [
        (torch.tensor([0.0, 0.5, 1.0, 1.2, -0.1]),),
        (torch.rand(3, 4, generator=generator) * 2 - 0.5,),
        (torch.tensor([0.0021, 0.9961, 300.0]),),
    ]


@exercise(
    cases=brightness,
    returns=TensorSpec(same_dtype=True),
    rtol=0.0,
    atol=0.0,
    hints=[
        "A conversion cuts fractions off and a byte starts again at 0 after 255.",
        "Multiply by 255, `round`, `clamp(0, 255)`, and then convert.",
    ],
    note="In this order nothing is left that does not fit.",
)
def to_bytes(x):
    """``x`` holds brightnesses, meant to be from 0 to 1, as floats. Return them as bytes from 0 to 255
    (``torch.uint8``), rounded to the nearest; what is below 0 becomes 0, what is above 1 becomes 255.
    """
    # <solution>
    return (x * 255).round().clamp(0, 255).to(torch.uint8)
    # </solution>


@to_bytes.also_right
def clamped_first(x):
    return (x.clamp(0, 1) * 255).round().byte()


@to_bytes.also_right
def by_half(x):
    return (255 * x.clamp(min=0, max=1) + 0.5).floor().to(torch.uint8)


@to_bytes.mistake("Fractions were cut off: round before you convert.")
def cut_off(x):
    return (x.clamp(0, 1) * 255).to(torch.uint8)


@to_bytes.mistake("What is too large or negative wrapped around: `clamp` before you convert.")
def wrapped(x):
    return ((x * 255).round().long() % 256).to(torch.uint8)


@to_bytes.mistake("The values are right, their type is not: convert to `torch.uint8`.")
def still_floats(x):
    return (x.clamp(0, 1) * 255).round()


@to_bytes.mistake("The brightest byte is 255, not 256.")
def times_256(x):
    return (x.clamp(0, 1) * 256).round().clamp(max=255).to(torch.uint8)


@to_bytes.mistake("The brightnesses were not multiplied: 1 becomes 255.")
def not_scaled(x):
    return x.clamp(0, 1).round().to(torch.uint8)
