"""Pairs of an old and a new form: what is said of them, and which ones stop the build."""

import pytest
import torch

from course_site.idioms import verdict

CONSTANT = "result = 1"


def idiom(old, new=CONSTANT, **said):
    return {"old": old, "new": new, **said}


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        (idiom("result = 2 - 1", equal=True), "Both give the same."),
        (idiom("result = 2"), "The old form gives `2`, the new one `1`."),
        (
            idiom("torch.view", fails="AttributeError"),
            "The old form fails: `AttributeError: module 'torch' has no attribute 'view'`.",
        ),
        (
            idiom("raise ValueError('Two lines.\\nof `code`')", fails=["TypeError", "ValueError"]),
            "The old form fails: `ValueError: Two lines.`",
        ),
        (
            idiom("result = torch.ones(2)", "result = torch.tensor([1.0, 1.0])", equal=True),
            "Both give the same.",
        ),
        (
            idiom("import warnings; warnings.warn('old', FutureWarning); result = 2"),
            "The old form gives `2`, the new one `1`.",
        ),
    ],
)
def test_what_a_pair_does_is_said(pair, said):
    assert verdict(pair) == said


@pytest.mark.parametrize(
    ("pair", "problem"),
    [
        (idiom("result = 2", equal=True), "both forms should give the same, but: 2 and 1"),
        (idiom("result = 1"), "both forms should give something else, but: 1 and 1"),
        (idiom("result = 1", fails="TypeError"), "should fail with .'TypeError'., but it runs"),
        (idiom("torch.view", fails="TypeError"), "but AttributeError: module 'torch'"),
        (idiom("torch.view"), "the old form fails, AttributeError"),
        (idiom("result = 2", "torch.view"), "the new form fails, AttributeError"),
        (
            idiom("result = torch.ones(2)", "result = torch.ones(3)", equal=True),
            "both forms should give the same",
        ),
    ],
)
def test_a_pair_that_no_longer_behaves_so_stops_the_build(pair, problem):
    with pytest.raises(ValueError, match=problem):
        verdict(pair)


def test_what_needs_cuda_to_fail_is_left_out_where_there_is_cuda(monkeypatch):
    pair = idiom("result = 1", fails="RuntimeError", unless_cuda=True)
    with pytest.raises(ValueError, match="it runs"):
        verdict(pair)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert verdict(pair) == "The old form needs CUDA."
