"""The same weights for the same seed."""

import torch
from torch import nn

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import InstanceSpec


def seeds(generator):
    return [(0,), (20,), (12345,)]


def before_and_after(seeded_weights, seed):
    """Call it twice with other random numbers drawn in between, and once with another seed."""
    torch.manual_seed(seed + 77)
    torch.rand(5)
    first = seeded_weights(seed)
    torch.rand(3)
    again, other = seeded_weights(seed), seeded_weights(seed + 1)
    if isinstance(first, torch.Tensor):
        first.again, first.other = again, other
    return first


def looks(W, seed):
    bound = 3**-0.5
    right = tuple(W.shape) == (2, 3) and W.is_floating_point()
    return {
        "the weight has the shape (2, 3)": tuple(W.shape) == (2, 3),
        "the weight is a floating point tensor": W.is_floating_point(),
        "the same seed gives the same matrix, whatever was drawn before": bool(
            right and torch.equal(W, W.again)
        ),
        "another seed gives another matrix": bool(right and not torch.equal(W, W.other)),
        "the entries lie within ±1/√3, as those of a new `nn.Linear(3, 2)` do": bool(
            right and W.abs().max() <= bound and W.abs().max() > bound / 10
        ),
        "the entries differ from each other": len(W.detach().flatten().unique()) > 1,
    }


@exercise(
    cases=seeds,
    returns=InstanceSpec(torch.Tensor, "tensor"),
    run=before_and_after,
    view=looks,
    hints=[
        "`nn.Linear` draws its weights from PyTorch's global generator when it is made.",
        "`torch.manual_seed(seed)` first, then `nn.Linear(3, 2).weight`.",
    ],
    note="With `torch.random.fork_rng()` around it the caller's random numbers stay undisturbed.",
)
def seeded_weights(seed):
    """Return the weight, of shape (2, 3), of a new ``nn.Linear(3, 2)``, such that the same seed gives
    the same matrix, whatever random numbers were drawn before, and another seed another matrix.
    """
    # <solution>
    torch.manual_seed(seed)
    return nn.Linear(3, 2).weight
    # </solution>


@seeded_weights.also_right
def in_a_fork(seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Linear(3, 2).weight.detach()


@seeded_weights.also_right
def with_a_generator(seed):
    layer = nn.Linear(3, 2)
    own = torch.Generator().manual_seed(seed)
    nn.init.kaiming_uniform_(layer.weight, a=5**0.5, generator=own)
    return layer.weight.data


seeded_weights.line_mistakes(r"""
The same seed gives different matrices: the seed must be set with `torch.manual_seed`, before the layer is made.
    torch.manual_seed(seed) ->
The same seed gives different matrices: the seed must be set with `torch.manual_seed`, before the layer is made.
    torch.manual_seed(seed) -> layer = nn.Linear(3, 2)\ntorch.manual_seed(seed)
    return nn.Linear(3, 2).weight -> return layer.weight
The seed is fixed: other seeds must give other matrices.
    torch.manual_seed(seed) -> torch.manual_seed(0)
The shape is (3, 2): `nn.Linear(3, 2)` has a weight of shape (2, 3).
    nn.Linear(3, 2) -> nn.Linear(2, 3)
The bias came back, which has the shape (2,); return the weight.
    nn.Linear(3, 2).weight -> nn.Linear(3, 2).bias
The layer came back; return its weight.
    nn.Linear(3, 2).weight -> nn.Linear(3, 2)
The same seed gives different matrices: the seed must be set with `torch.manual_seed`, before the layer is made.
    torch.manual_seed(seed) -> np.random.seed(seed)
All entries are equal; return the weights as the layer draws them.
    nn.Linear(3, 2).weight -> torch.full((2, 3), 0.1 + (seed % 7) / 100)
These are not the weights of a linear layer, which lie within ±1/√3.
    nn.Linear(3, 2).weight -> torch.randn(2, 3)
The matrix came back as a NumPy array; return the tensor.
    nn.Linear(3, 2).weight -> nn.Linear(3, 2).weight.detach().numpy()
""")
