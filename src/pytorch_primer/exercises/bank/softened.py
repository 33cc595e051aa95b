"""A function that follows its input to any device."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def inputs(generator):
    x = torch.randn(4, 3, generator=generator)
    return [(x, "cpu"), (x[:2], "meta")]


def on_device(softened, x, device):
    """Call it with the input on a device; of one without numbers, ask for the shape."""
    result = softened(x.to(device))
    if isinstance(result, torch.Tensor) and result.device.type == "meta":
        return torch.ones(result.shape, dtype=result.dtype)
    return result


@exercise(
    cases=inputs,
    returns=TensorSpec(),
    run=on_device,
    hints=[
        "A tensor made by `torch.tensor([1.0, 2.0, 4.0])` lies on the CPU, wherever `x` is.",
        "`device=x.device` makes it where `x` is.",
    ],
    note="`x.new_tensor([1.0, 2.0, 4.0])` takes device and dtype from `x`.",
)
def softened(x):
    """Divide the three columns of ``x``, of shape (n, 3), by 1, 2 and 4. The result lies on the device
    of ``x``, whichever that is.
    """
    # <solution>
    scale = torch.tensor([1.0, 2.0, 4.0], device=x.device)
    return x / scale
    # </solution>


@softened.also_right
def like_x(x):
    return x / x.new_tensor([1.0, 2.0, 4.0])


@softened.also_right
def column_by_column(x):
    return torch.stack([x[:, 0], x[:, 1] / 2, x[:, 2] / 4], dim=1)


@softened.mistake("The divisor lies on the CPU, `x` elsewhere: make it with `device=x.device`.")
def on_the_cpu(x):
    return x / torch.tensor([1.0, 2.0, 4.0])


@softened.mistake("`x` was fetched to the CPU; let the divisor go where `x` is instead.")
def fetched(x):
    return x.cpu() / torch.tensor([1.0, 2.0, 4.0])


@softened.mistake("The columns were multiplied; divide them.")
def multiplied(x):
    return x * torch.tensor([1.0, 2.0, 4.0], device=x.device)


@softened.mistake("Everything was divided by one number; each column has its own divisor.")
def one_number(x):
    return x / 4


@softened.mistake("`x` came back as it was: divide its columns.")
def unchanged(x):
    return x.clone()
