"""Each telling pattern is told, and what has none is not given one."""

import pytest
import torch

from pytorch_primer.exercises.remarks import remark
from pytorch_primer.exercises.specs import (
    HistorySpec,
    NumberSpec,
    TensorSpec,
    TupleSpec,
)
from pytorch_primer.exercises.values import Tolerance

W = torch.tensor([[1.0, -2.0, 3.0], [4.0, 5.0, -7.0], [0.5, 8.0, 2.0]])
LINE = torch.tensor([9.0, 5.0, 3.0, 2.0])


@pytest.mark.parametrize(
    ("want", "got", "part"),
    [
        (W, -W, "sign is flipped"),
        (W, 2 * W, "twice"),
        (W, W / 2, "half"),
        (W, 10 * W, "ten times"),
        (W, 3.5 * W, "3.5 times"),
        (W, W + 4, "4 too large"),
        (W, W - 0.25, "0.25 too small"),
        (W, W.abs(), "signs are lost"),
        (W, W**2, "square"),
        (W, W.T, "transposed"),
        (W[:2], W[:2].T, "transposed"),
        (W, W[[0, 2, 1]], "order is not"),
        (LINE, LINE.flip(0), "reverse order"),
        (LINE, torch.cat([LINE[1:], LINE[:1] - 8.5]), "one step early"),
        (LINE, torch.cat([torch.tensor([17.0]), LINE[:-1]]), "one step late"),
        (LINE, LINE[:-1], "one entry too few: the last"),
        (LINE, LINE[1:], "one entry too few: the first"),
        (LINE, torch.cat([LINE, LINE[:1]]), "one entry too many: the last"),
        (LINE, torch.cat([LINE[-1:], LINE]), "one entry too many: the first"),
        (LINE, LINE.reshape(2, 2), "shape is not"),
        (LINE, torch.full((4,), 6.5), "All entries are equal"),
        (LINE, LINE + torch.tensor([0.0, 0.0, 1.0, 0.0]), "All other entries are right"),
        (LINE, LINE.sum(), "sum of the expected entries"),
        (LINE.mean(), LINE, "mean of its entries would be right"),
    ],
)
def test_pattern_is_told(want, got, part):
    assert part in remark(want, got)


@pytest.mark.parametrize(
    ("want", "got"),
    [
        (W, W),
        (W, W.sin()),
        (torch.tensor(2.0), torch.tensor(3.0)),
        (torch.zeros(3), torch.tensor([1.0, 2.0, 4.0])),
        (W, W * float("nan")),
        (torch.zeros(0), W),
    ],
)
def test_nothing_is_made_up(want, got):
    assert remark(want, got) == ""


def test_values_in_another_order_are_told():
    parts = TupleSpec({"x": NumberSpec(), "y": NumberSpec()})
    assert "order is not" in parts.difference("", (1.0, 2.0), (2.0, 1.0), Tolerance()).text
    assert parts.difference("", (1.0, 2.0), (1.0, 2.0), Tolerance()) is None


def test_the_entry_that_is_named_is_wrong():
    want = torch.tensor([0, 5, 7])
    told = TensorSpec().difference("t", want, torch.tensor([0, 5, 8]), Tolerance(0, 0))
    assert "t at [2] is 8, expected 7" in told.text


@pytest.mark.parametrize("kind", [list, tuple, torch.tensor])
def test_histories_of_any_kind_are_accepted(kind):
    assert HistorySpec().difference("h", [1.0, 2.0], kind([1.0, 2.0]), Tolerance()) is None
