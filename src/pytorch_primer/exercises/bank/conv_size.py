"""How many pixels come out of a convolution."""

import torch
from torch import nn

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import EqualSpec


def convolutions(generator):
    return [(28, 3, 0, 1), (28, 5, 2, 2), (14, 3, 1, 2), (7, 2, 0, 3), (32, 7, 3, 1)]


@exercise(
    cases=convolutions,
    returns=EqualSpec(int),
    hints=[
        "The rim is added on both sides: n + 2·padding pixels. The kernel has to lie within them.",
        "From the first place there are (n + 2·padding − k) // stride further ones, and the first itself.",
    ],
    note="Pooling layers follow the same formula.",
)
def conv_size(n, k, padding, stride):
    """Return how many pixels a side the result of a convolution has, for an image of ``n`` pixels a side, a kernel of
    ``k``, a rim of ``padding`` zeros and steps of ``stride``, as an integer.
    """
    # <solution>
    return (n + 2 * padding - k) // stride + 1
    # </solution>


@conv_size.also_right
def by_trying(n, k, padding, stride):
    layer = nn.Conv2d(1, 1, k, padding=padding, stride=stride)
    return layer(torch.zeros(1, 1, n, n)).shape[-1]


@conv_size.also_right
def by_counting(n, k, padding, stride):
    return len(range(0, n + 2 * padding - k + 1, stride))


@conv_size.mistake("The first place counts too: add 1 in the end.")
def without_the_first(n, k, padding, stride):
    return (n + 2 * padding - k) // stride


@conv_size.mistake("The rim is on both sides: add the padding twice.")
def padding_once(n, k, padding, stride):
    return (n + padding - k) // stride + 1


@conv_size.mistake("The stride is missing: divide by it.")
def without_stride(n, k, padding, stride):
    return n + 2 * padding - k + 1


@conv_size.mistake("A last step that does not fit is left out: round down, `//`.")
def rounded_up(n, k, padding, stride):
    return -(-(n + 2 * padding - k) // stride) + 1


@conv_size.mistake("The padding is missing: the image has n + 2·padding pixels.")
def without_padding(n, k, padding, stride):
    return (n - k) // stride + 1


@conv_size.mistake("This is a float; return an integer, with `//`.")
def as_float(n, k, padding, stride):
    return (n + 2 * padding - k) / stride + 1
