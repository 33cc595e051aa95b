"""Lessons start alike, warnings raise while they run, and the process is left as it was."""

from __future__ import annotations

import random
import warnings

import numpy as np
import pytest
import torch

from course_site import scripts

FOLDERS = ["/home/me/project"]


@pytest.fixture
def lesson():
    scripts.reset({}, "plot_1_x.py", "before")
    yield
    scripts.reset({}, "plot_1_x.py", "after")


@pytest.mark.parametrize(
    "category",
    [
        DeprecationWarning,
        FutureWarning,
        PendingDeprecationWarning,
        RuntimeWarning,
        SyntaxWarning,
        UserWarning,
    ],
)
@pytest.mark.parametrize("module", ["__main__", "torch.nn.functional", "matplotlib.axes"])
@pytest.mark.usefixtures("lesson")
def test_warning_raises(category, module):
    with pytest.raises(category):
        warnings.warn_explicit("old", category, f"{module}.py", 1, module=module)


@pytest.mark.usefixtures("lesson")
def test_bad_escape_raises():
    with pytest.raises(SyntaxError):
        compile(r"'\d'", "lesson.py", "exec")


@pytest.mark.parametrize("module", ["sphinx_gallery.gen_rst", "docutils.nodes", "sphinx"])
@pytest.mark.usefixtures("lesson")
def test_warning_of_the_build_itself_does_not_raise(module):
    with warnings.catch_warnings(record=True) as caught:
        warnings.warn_explicit("old", DeprecationWarning, "x.py", 1, module=module)
    assert [str(w.message) for w in caught] == ["old"]


@pytest.mark.usefixtures("lesson")
def test_lesson_may_show_a_warning_on_purpose():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn("shown", UserWarning, stacklevel=1)
    assert [str(w.message) for w in caught] == ["shown"]


def test_filters_are_restored():
    before = warnings.filters[:]
    scripts.reset({}, "plot_1_x.py", "before")
    warnings.simplefilter("ignore")
    scripts.reset({}, "plot_1_x.py", "after")
    assert warnings.filters == before


def draws():
    return [torch.rand(1).item(), np.random.rand(), random.random()]


def test_lessons_start_from_one_state():
    values = []
    for _ in range(2):
        scripts.reset({}, "plot_1_x.py", "before")
        values.append(draws())
        assert torch.is_grad_enabled()
        assert torch.get_default_dtype() is torch.float32
        assert torch.get_num_threads() == 1
        torch.set_grad_enabled(False)
        torch.set_default_dtype(torch.float64)
        torch.set_default_device("meta")
        scripts.reset({}, "plot_1_x.py", "after")
    scripts.reset({}, "plot_1_x.py", "before")
    assert torch.zeros(1).device.type == "cpu"
    scripts.reset({}, "plot_1_x.py", "after")
    assert values[0] == values[1]


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        ("<object object at 0x7f3a5c0b1230>", "memory address"),
        ("[<matplotlib.lines.Line2D object>]", "bare Matplotlib object"),
        ("(<Figure size 640x480 with 1 Axes>, <Axes: >)", "bare Matplotlib object"),
        ("Traceback (most recent call last):\n  …", "traceback"),
        ("/home/me/project/src/x.py", "a path of this machine"),
    ],
)
def test_output_that_no_lesson_should_show(output, problem):
    assert any(problem in found for found in scripts.problems_of(output, FOLDERS))


@pytest.mark.parametrize(
    "output",
    ["tensor([0.1000])", "0x10 is 16", "RuntimeError: element 0 of tensors does not require grad"],
)
def test_output_that_is_fine(output):
    assert scripts.problems_of(output, FOLDERS) == []
