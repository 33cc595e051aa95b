"""How many parameters a convolution has."""

import torch
from torch import nn

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import EqualSpec


def layers(generator):
    return [(1, 8, 5), (8, 16, 3), (3, 2, 1)]


@exercise(
    cases=layers,
    returns=EqualSpec(int),
    hints=[
        "Each output channel has a kernel of k·k weights for every input channel.",
        "And one bias for each output channel.",
    ],
    note="The size of the image does not occur: the same kernel is laid everywhere.",
)
def conv_parameters(c_in, c_out, k):
    """Return the number of parameters, biases included, of a convolution from ``c_in`` to ``c_out`` channels with kernels of
    ``k`` by ``k``.
    """
    # <solution>
    return c_out * (c_in * k * k + 1)
    # </solution>


@conv_parameters.also_right
def by_torch(c_in, c_out, k):
    return sum(p.numel() for p in nn.Conv2d(c_in, c_out, k).parameters())


@conv_parameters.also_right
def from_shapes(c_in, c_out, k):
    return torch.Size((c_out, c_in, k, k)).numel() + c_out


@conv_parameters.mistake("The biases are missing: one for each output channel.")
def without_bias(c_in, c_out, k):
    return c_out * c_in * k * k


@conv_parameters.mistake("A kernel is a table: k·k weights.")
def k_once(c_in, c_out, k):
    return c_out * (c_in * k + 1)


@conv_parameters.mistake("Each input channel has its own kernel: multiply by `c_in`.")
def one_input(c_in, c_out, k):
    return c_out * (k * k + 1)


@conv_parameters.mistake("There is one bias for each *output* channel, not for each kernel.")
def bias_for_each_kernel(c_in, c_out, k):
    return c_out * c_in * (k * k + 1)


@conv_parameters.mistake("These are the parameters of one output channel; multiply by `c_out`.")
def one_output(c_in, c_out, k):
    return c_in * k * k + 1
