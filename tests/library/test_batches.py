"""Batches: every sample once, in an order that can be had again."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pytorch_primer import Batches, OneHot


@given(
    n=st.integers(1, 60),
    batch_size=st.integers(1, 70),
    shuffle=st.booleans(),
    seed=st.integers(0, 2**31),
)
def test_every_sample_comes_once_in_a_pass(n, batch_size, shuffle, seed):
    x = torch.arange(n)
    batches = Batches(
        x,
        -10 * x,
        batch_size,
        shuffle=shuffle,
        generator=torch.Generator().manual_seed(seed),
    )
    for _ in range(2):
        drawn = list(batches)
        assert len(drawn) == len(batches)
        assert all(torch.equal(by, -10 * bx) for bx, by in drawn)
        sizes = [len(bx) for bx, _ in drawn]
        assert sizes[:-1] == [batch_size] * (len(sizes) - 1)
        seen = torch.cat([bx for bx, _ in drawn])
        assert torch.equal(seen.sort().values, x)
        if not shuffle:
            assert torch.equal(seen, x[: len(seen)])


def passes(generator, count):
    x = torch.arange(100)
    batches = Batches(x, x, 7, shuffle=True, generator=generator)
    return [torch.cat([bx for bx, _ in batches]) for _ in range(count)]


def test_the_order_is_the_generators():
    one = passes(torch.Generator().manual_seed(3), 2)
    again = passes(torch.Generator().manual_seed(3), 2)
    other = passes(torch.Generator().manual_seed(4), 1)
    assert all(map(torch.equal, one, again))
    assert not torch.equal(one[0], one[1])
    assert not torch.equal(one[0], other[0])
    torch.manual_seed(5)
    first = passes(None, 1)
    torch.manual_seed(5)
    assert torch.equal(first[0], passes(None, 1)[0])


def test_transforms_act_on_whole_batches():
    x = torch.arange(12, dtype=torch.uint8).reshape(6, 2)
    batches = Batches(x, torch.arange(6), 4, x_transform=lambda b: b / 2, y_transform=OneHot(6))
    bx, by = next(iter(batches))
    assert torch.equal(bx, x[:4].float() / 2)
    assert torch.equal(by, torch.eye(6)[:4])


def test_the_batch_goes_to_the_device_asked_for():
    x = torch.zeros(3, 2)
    (bx, by), *_ = Batches(x, x, 3, device="meta")
    assert bx.device.type == by.device.type == "meta"


@pytest.mark.parametrize(
    ("error", "match", "changes"),
    [
        (TypeError, "x must be a tensor, got a list", {"x": [1, 2, 3]}),
        (TypeError, "y must be a tensor, got None", {"y": None}),
        (
            ValueError,
            r"x must hold samples, got a torch.float32.*\(0, 2\)",
            {"x": torch.ones(0, 2)},
        ),
        (ValueError, "y must hold samples", {"y": torch.tensor(1.0)}),
        (ValueError, "one target per sample, got 2 for 3", {"y": torch.zeros(2)}),
        (ValueError, "device of x, cpu, got meta", {"y": torch.zeros(3, device="meta")}),
        (ValueError, "batch_size must be at least 1, got 0", {"batch_size": 0}),
        (TypeError, "batch_size must be an integer, got 2.0", {"batch_size": 2.0}),
        (TypeError, "generator must be a torch.Generator, got 1", {"generator": 1}),
        (TypeError, "y_transform must be a function, got 10", {"y_transform": 10}),
    ],
)
def test_bad_input(error, match, changes):
    arguments = {"x": torch.ones(3, 2), "y": torch.ones(3), "batch_size": 2} | changes
    with pytest.raises(error, match=match):
        Batches(**arguments)
