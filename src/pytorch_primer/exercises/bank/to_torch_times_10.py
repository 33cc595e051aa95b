"""From NumPy to PyTorch, times ten."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def integer_arrays(generator):
    def whole(shape, dtype):
        return torch.randint(-9, 10, shape, generator=generator, dtype=dtype).numpy()

    return [(whole((3, 3, 3), torch.int64),), (whole((2, 4), torch.int32),)]


@exercise(
    cases=integer_arrays,
    returns=TensorSpec(same_dtype=True),
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


to_torch_times_10.line_mistakes(r"""
The argument T changed: `from_numpy` shares memory with it, and the product was in place.
    10 * torch.tensor(T) -> torch.from_numpy(T).mul_(10)
The result is float32: a factor 10.0 makes floats of integers, and so does `torch.Tensor(T)`.
    torch.tensor(T) -> torch.Tensor(T)
The result is float32: a factor 10.0 makes floats of integers, and so does `torch.Tensor(T)`.
    10 * torch.tensor(T) -> 10.0 * torch.tensor(T)
The result is a NumPy array; convert it with `torch.tensor`.
    10 * torch.tensor(T) -> 10 * T
The tensor holds the elements of T itself: the factor 10 is missing.
    10 * torch.tensor(T) -> torch.tensor(T)
10 was added to each element, not multiplied with it.
    10 * torch.tensor(T) -> 10 + torch.tensor(T)
The elements are right, the shape was lost.
    torch.tensor(T) -> torch.tensor(T).flatten()
`.long()` makes int64 of every integer array; keep the dtype of T.
    torch.tensor(T) -> torch.tensor(T).long()
The elements are multiplied by 100: the factor was applied twice.
    10 * torch.tensor(T) -> 10 * torch.tensor(10 * T)
The elements are in a nested list; make a tensor of them.
    10 * torch.tensor(T) -> (10 * T).tolist()
""")
