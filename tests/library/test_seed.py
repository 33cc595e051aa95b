"""Seeds: the same numbers again, from every source and in the workers of a loader."""

import random

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, Dataset

from pytorch_primer import set_seed


def draw():
    return random.random(), np.random.rand(), torch.rand(()).item()


class Chance(Dataset):
    """Draws a random number of each kind for every sample, in the worker that makes it."""

    def __len__(self):
        return 8

    def __getitem__(self, index):
        return torch.tensor([index, *draw()], dtype=torch.float64)


@pytest.fixture
def _switches():
    cudnn = torch.backends.cudnn
    before = cudnn.deterministic, cudnn.benchmark
    yield
    torch.use_deterministic_algorithms(False)
    cudnn.deterministic, cudnn.benchmark = before


pytestmark = pytest.mark.usefixtures("_switches")


def test_every_source_starts_again():
    set_seed(7)
    first = draw()
    assert draw() != first
    set_seed(7)
    assert draw() == first
    set_seed(8)
    assert draw() != first


def test_the_generator_repeats_and_nobody_else_draws_from_it():
    first = torch.rand(3, generator=set_seed(7))
    generator = set_seed(7)
    torch.rand(100)
    assert torch.equal(torch.rand(3, generator=generator), first)
    assert not torch.equal(torch.rand(3, generator=set_seed(8)), first)


@pytest.mark.parametrize("seed", [0, 1, 7, 2**32 - 1])
def test_the_generator_has_a_stream_of_its_own(seed):
    own = torch.randint(2**31, (4000,), generator=set_seed(seed))
    others = torch.randint(2**31, (4000,))
    # Nothing in common, at any distance: two random sets of 4,000 of 2³¹ share 0.007 on average.
    assert len(set(own.tolist()) & set(others.tolist())) <= 1
    assert not torch.equal(
        own, torch.randint(2**31, (4000,), generator=set_seed(seed + 1 & 2**32 - 1))
    )


@pytest.mark.slow
@pytest.mark.parametrize("num_workers", [0, 2])
def test_the_workers_of_a_loader_draw_the_same_again(num_workers):
    def epoch(noise):
        generator = set_seed(3)
        if num_workers:
            torch.rand(noise)  # what others draw before does not matter to workers
        loader = DataLoader(
            Chance(), batch_size=2, shuffle=True, num_workers=num_workers, generator=generator
        )
        return torch.cat(list(loader))

    first, again = epoch(0), epoch(5)
    assert torch.equal(first, again)
    assert len(first[:, 1].unique()) == len(first[:, 2].unique()) == len(first[:, 3].unique()) == 8


def test_switches_of_the_whole_process(monkeypatch):
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    torch.backends.cudnn.benchmark = True
    set_seed(0)
    assert torch.backends.cudnn.deterministic
    assert not torch.backends.cudnn.benchmark
    assert not torch.are_deterministic_algorithms_enabled()
    set_seed(0, deterministic=True)
    assert torch.are_deterministic_algorithms_enabled()
    set_seed(0)
    assert torch.are_deterministic_algorithms_enabled()


@pytest.mark.parametrize(
    ("error", "match", "seed"),
    [
        (TypeError, "seed must be an integer, got 1.0", 1.0),
        (TypeError, "seed must be an integer, got None", None),
        (ValueError, "seed must be at least 0, got -1", -1),
        (ValueError, r"seed must be less than 2\*\*32", 2**32),
    ],
)
def test_bad_input_seeds_nothing(error, match, seed):
    torch.manual_seed(1)
    state = torch.get_rng_state()
    with pytest.raises(error, match=match):
        set_seed(seed)
    assert torch.equal(torch.get_rng_state(), state)
