"""A right result with one thing changed is never accepted."""

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.samples import quick_for

from pytorch_primer.exercises.checking import difference
from pytorch_primer.exercises.exercise import all_exercises
from pytorch_primer.exercises.outcome import Trial
from pytorch_primer.exercises.specs import HistorySpec, IgnoredSpec, InstanceSpec, TupleSpec
from pytorch_primer.exercises.trials import solution_of

# What works in place, or is any object of a type, is judged by its effects.
BANK = [
    made for made in all_exercises() if not isinstance(made.returns, (IgnoredSpec, InstanceSpec))
]


def leaves(value):
    """Paths to the tensors, arrays and numbers of a returned value."""
    if isinstance(value, (tuple, list)):
        return [(i, *path) for i, v in enumerate(value) for path in leaves(v)]
    if isinstance(value, dict):
        return [(k, *path) for k, v in value.items() for path in leaves(v)]
    return [()] if isinstance(value, (torch.Tensor, np.ndarray, float, int)) else []


def replaced(value, path, change):
    """Return the value with one leaf replaced; tuples and lists stay tuples and lists."""
    if not path:
        return change(value)
    if isinstance(value, dict):
        return value | {path[0]: replaced(value[path[0]], path[1:], change)}
    items = list(value)
    items[path[0]] = replaced(items[path[0]], path[1:], change)
    return type(value)(items) if isinstance(value, (tuple, list)) else items


def entry_changed(index):
    def change(value):
        if isinstance(value, (float, int)):
            return type(value)(value + max(1, abs(value)))
        changed = value.detach().clone() if isinstance(value, torch.Tensor) else value.copy()
        flat = changed.reshape(-1)
        if len(flat):
            at = index % len(flat)
            flat[at] = flat[at] + max(1, abs(flat[at]))
            return flat.reshape(value.shape)
        return changed

    return change


def sign_flipped(value):
    return -value


def wrong_dtype(value):
    if isinstance(value, torch.Tensor):
        return value.detach().to(torch.int32 if value.is_floating_point() else torch.float32)
    if isinstance(value, np.ndarray):
        return value.astype(np.complex128)
    return str(value)


def shape_changed(value):
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return value[None, None]
    return [value, value]


def magnitude(value):
    if isinstance(value, torch.Tensor):
        return value.numel() and value.detach().abs().double().max().item()
    return value.size and np.abs(value).max() if isinstance(value, np.ndarray) else abs(value)


def spec_at(made, path):
    return (
        list(made.returns.parts.values())[path[0]]
        if isinstance(made.returns, TupleSpec)
        else made.returns
    )


# What is told as text reads alike with NumPy's numbers.
TOLD_AS_TEXT = ("broadcast_shape",)
RETURNING = {made.id: made for made in BANK if made.id != "backward_pass"}  # works by its effect
QUICK = ("x_grad", "to_column", "mean_loss", "run_gd")


@pytest.mark.parametrize("made", quick_for(QUICK, RETURNING))
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_perturbed_result_is_not_accepted(made, data):
    index = data.draw(st.integers(0, 1000))
    name = data.draw(st.sampled_from(["entry", "sign", "dtype", "shape"]))

    def perturbed(*args):
        value = made.solution(*args)
        if made.id in TOLD_AS_TEXT or isinstance(value, str) or not (paths := leaves(value)):
            return [value, value]
        path = paths[index % len(paths)]
        leaf = value
        for key in path:
            leaf = leaf[key]
        change = {
            "entry": entry_changed(index),
            "sign": sign_flipped,
            "dtype": wrong_dtype,
            "shape": shape_changed,
        }[name]
        # What the contract accepts is no perturbation: another dtype of a history, −0 for 0.
        if name == "sign" and magnitude(leaf) < 1e-3:
            change = shape_changed
        if isinstance(spec_at(made, path), HistorySpec) and name == "dtype":
            change = entry_changed(index)
        return replaced(value, path, change)

    pairs = zip(solution_of(made), Trial(made, perturbed), strict=True)
    assert any(difference(made, want, got, perturbed) is not None for want, got in pairs)
