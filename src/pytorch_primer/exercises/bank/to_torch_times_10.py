"""From NumPy to PyTorch, times ten."""

import numpy as np
import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.kinds import Tensor


def integer_arrays(generator):
    def whole(shape, dtype):
        return torch.randint(-9, 10, shape, generator=generator, dtype=dtype).numpy()

    return [(whole((3, 3, 3), torch.int64),), (whole((2, 4), torch.int32),)]


@exercise(
    cases=integer_arrays,
    returns=Tensor(same_dtype=True),
    rtol=0.0,
    atol=0.0,
    hints=[
        "`torch.tensor(T)` copies a NumPy array and keeps its dtype.",
        "A tensor times a Python integer keeps its integer dtype; `T` itself must stay as it was.",
    ],
    note="`torch.from_numpy(T) * 10` is right too: the product is a new tensor, so T stays as it is.",
)
def to_torch_times_10(T):
    """Return a tensor with ten times the elements of the NumPy integer array ``T``: the same shape,
    the same integer dtype, and ``T`` unchanged.
    """
    # <solution>
    return 10 * torch.tensor(T)
    # </solution>


@to_torch_times_10.also_right
def with_from_numpy(T):
    return torch.from_numpy(T) * 10


@to_torch_times_10.also_right
def multiplied_by_numpy(T):
    return torch.as_tensor(T * 10)


@to_torch_times_10.also_right
def in_place_on_a_copy(T):
    return torch.tensor(T).mul_(10)


@to_torch_times_10.mistake(
    "The argument T changed: `from_numpy` shares memory with it, and the product was in place."
)
def in_place_on_shared_memory(T):
    return torch.from_numpy(T).mul_(10)


@to_torch_times_10.mistake(
    "The result is float32: a factor 10.0 makes floats of integers, and so does `torch.Tensor(T)`."
)
def legacy_constructor(T):
    return torch.Tensor(T) * 10


@to_torch_times_10.mistake(
    "The result is float32: a factor 10.0 makes floats of integers, and so does `torch.Tensor(T)`."
)
def float_factor(T):
    return torch.tensor(T) * 10.0


@to_torch_times_10.mistake("The result is a NumPy array; convert it with `torch.tensor`.")
def still_numpy(T):
    return T * 10


@to_torch_times_10.mistake("The tensor holds the elements of T itself: the factor 10 is missing.")
def without_the_factor(T):
    return torch.tensor(T)


@to_torch_times_10.mistake("10 was added to each element, not multiplied with it.")
def added(T):
    return torch.tensor(T) + 10


@to_torch_times_10.mistake("The elements are right, the shape was lost.")
def flattened(T):
    return torch.tensor(T).flatten() * 10


@to_torch_times_10.mistake("`.long()` makes int64 of every integer array; keep the dtype of T.")
def always_long(T):
    return torch.tensor(T).long() * 10


@to_torch_times_10.mistake("The elements are multiplied by 100: the factor was applied twice.")
def twice(T):
    return torch.tensor(T * 10) * 10


@to_torch_times_10.mistake("The elements are in a nested list; make a tensor of them.")
def nested_list(T):
    return (np.asarray(T) * 10).tolist()
