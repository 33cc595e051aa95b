"""One-hot vectors against torch's own and by definition."""

import pickle

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from pytorch_primer import OneHot

INTEGERS = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64]


@given(
    data=st.data(),
    num_classes=st.integers(1, 30),
    shape=npst.array_shapes(min_dims=0, max_dims=3, min_side=0),
    integer=st.sampled_from(INTEGERS),
    dtype=st.sampled_from([torch.float32, torch.float64, torch.int64, torch.bool]),
)
def test_any_integer_shape_gets_one_dimension_more(data, num_classes, shape, integer, dtype):
    array = data.draw(npst.arrays(np.int64, shape, elements=st.integers(0, num_classes - 1)))
    labels = torch.from_numpy(np.asarray(array)).to(integer)
    encoded = OneHot(num_classes, dtype=dtype)(labels)
    assert encoded.shape == (*shape, num_classes)
    assert encoded.dtype == dtype
    torch.testing.assert_close(
        encoded, torch.nn.functional.one_hot(labels.long(), num_classes).to(dtype)
    )
    assert torch.equal(encoded.long().argmax(-1), labels.long())
    assert (encoded.sum(-1) == 1).all()


@given(label=st.integers(0, 9))
def test_one_label(label):
    expected = torch.eye(10)[label]
    for given_as in (label, np.int64(label), torch.tensor(label)):
        assert torch.equal(OneHot(10)(given_as), expected)


def test_a_data_set_and_its_workers_can_carry_it():
    encode = pickle.loads(pickle.dumps(OneHot(10, torch.float64)))
    assert encode == OneHot(10, torch.float64)
    assert encode(6).tolist() == [0, 0, 0, 0, 0, 0, 1, 0, 0, 0]


def test_the_labels_stay_as_they_are():
    labels = torch.tensor([1, 2, 0])
    OneHot(3)(labels)
    assert labels.tolist() == [1, 2, 0]


@pytest.mark.parametrize(
    ("error", "match", "labels"),
    [
        (ValueError, "labels must be from 0 to 9, got -1", -1),
        (ValueError, "labels must be from 0 to 9, got 10", 10),
        (ValueError, "labels must be from 0 to 9, got -2", torch.tensor([[3], [-2]])),
        (
            ValueError,
            "labels must be from 0 to 9, got 200",
            torch.tensor([3, 200], dtype=torch.uint8),
        ),
        (TypeError, "integers or a tensor, got 3.0", 3.0),
        (TypeError, "integers or a tensor, got True", True),
        (TypeError, "integers or a tensor, got 'six'", "six"),
        (TypeError, "integers or a tensor, got a list", [1, 2]),
        (TypeError, r"integer dtype, got a torch.float32 tensor of shape \(2,\)", torch.ones(2)),
        (TypeError, "integer dtype, got a torch.bool", torch.tensor([True])),
        (TypeError, "integer dtype, got a torch.complex64", torch.ones(1, dtype=torch.complex64)),
    ],
)
def test_bad_labels(error, match, labels):
    with pytest.raises(error, match=match):
        OneHot(10)(labels)


@pytest.mark.parametrize(
    ("error", "match", "arguments"),
    [
        (TypeError, "num_classes must be an integer, got 2.0", (2.0,)),
        (ValueError, "num_classes must be at least 1, got 0", (0,)),
        (TypeError, "dtype must be a torch.dtype, got 'float32'", (3, "float32")),
    ],
)
def test_bad_construction(error, match, arguments):
    with pytest.raises(error, match=match):
        OneHot(*arguments)
