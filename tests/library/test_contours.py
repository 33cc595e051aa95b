"""Contour grids against plain evaluation; the lines against the function."""

import math

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from pytorch_primer import plot_contours, plot_function
from pytorch_primer.contours import _ticks


def skewed(v):
    x, y = v
    return 10 * (x**2 - 3 * x * y + 4 * y**2)


limits = st.tuples(st.floats(-50, 50), st.floats(0.1, 50)).map(lambda t: (t[0], t[0] + t[1]))


@pytest.mark.slow
@given(
    xlim=limits,
    ylim=limits,
    num=st.integers(2, 9),
    a=st.floats(-3, 3),
    branch=st.booleans(),
)
def test_the_grid_holds_the_plain_values(xlim, ylim, num, a, branch):
    def f(v):
        x, y = v
        if branch and x > y:  # data-dependent: only the loop can
            return a * x * y - 2 * x - y
        return (x - a) ** 2 + torch.sin(y) + 0.1 * x

    ax = Figure().add_subplot()
    plot = plot_contours(f, xlim, ylim, num=num, levels=3, ax=ax)
    assert plot.method == ("loop" if branch else "vmap")
    assert plot.x[[0, -1]].tolist() == pytest.approx(xlim, abs=1e-5)
    assert plot.y[[0, -1]].tolist() == pytest.approx(ylim, abs=1e-5)
    assert plot.values.shape == (num, num)
    plain = [[f(torch.stack([x, y])).item() for x in plot.x] for y in plot.y]
    torch.testing.assert_close(plot.values, torch.tensor(plain), rtol=1e-4, atol=1e-4)


def test_lines_lie_where_the_function_has_their_level():
    plot = plot_contours(skewed, (-4, 4), (-3, 3), num=200, levels=[5.0, 50.0, 200.0])
    (lines,) = plot.ax.collections
    assert list(plot.levels) == [5.0, 50.0, 200.0]
    for level, path in zip(plot.levels, lines.get_paths(), strict=True):
        points = torch.tensor(path.vertices)
        assert len(points) > 20
        assert skewed(points.T).numpy() == pytest.approx(level, rel=0.02)


def test_levels_are_spaced_by_differences_or_by_factors():
    linear = plot_contours(skewed, (-4, 4), (-4, 4), levels=12)
    assert np.ptp(np.diff(linear.levels)) == pytest.approx(0, abs=1e-9)
    log = plot_contours(skewed, (-4, 4), (-4, 4), levels=12, log=True)
    ratios = log.levels[1:] / log.levels[:-1]
    assert ratios == pytest.approx(ratios[0])
    assert len(linear.levels) == len(log.levels) == 12
    deep = plot_contours(lambda v: torch.exp(8 * v.sum()), (-4, 4), (-4, 4), log=True)
    assert deep.levels[0] >= deep.values.max().item() * 1e-6


def test_the_callers_axes_are_used_and_the_view_stays():
    figure, (left, right) = plt.subplots(1, 2)
    plot = plot_contours(skewed, (-1, 2), (-3, 1), ax=right)
    assert plot.ax is right
    assert plt.get_fignums() == [figure.number]
    assert not left.collections
    right.plot([0, 100], [0, 100])
    assert (right.get_xlim(), right.get_ylim()) == ((-1, 2), (-3, 1))
    assert plot_contours(skewed, (-1, 1), (-1, 1)).ax.get_aspect() == 1


def test_where_the_function_is_not_finite_nothing_is_drawn():
    plot = plot_contours(lambda v: v[0].log() + v[1], (-1, 1), (-1, 1))
    assert plot.values[:, plot.x < 0].isnan().all()
    drawn = np.concatenate([path.vertices for path in plot.ax.collections[0].get_paths()])
    assert drawn[:, 0].min() > 0


def test_a_function_of_one_variable():
    plot = plot_function(torch.sin, (0, 3), num=31)
    assert plot.method == "vmap"
    x, y = plot.ax.lines[0].get_data()
    assert y == pytest.approx(np.sin(np.linspace(0, 3, 31)), abs=1e-6)
    assert x == pytest.approx(np.linspace(0, 3, 31), abs=1e-6)
    view = plot.ax.get_ylim()
    plot.ax.plot([1, 2], [1e9, -1e9])
    assert plot.ax.get_ylim() == view
    ax = plt.subplots()[1]
    loop = plot_function(lambda x: x if x > 1 else 2 - x, (0, 3), ax=ax)
    assert (loop.ax, loop.method) == (ax, "loop")


@given(low=st.floats(-1e6, 1e6), width=st.floats(1, 1e3), num=st.integers(2, 300))
def test_both_limits_are_on_the_grid(low, width, num):
    ticks = _ticks("xlim", (low, low + width), num)
    assert len(ticks) == num
    ends = torch.tensor([low, low + width])
    torch.testing.assert_close(ticks[[0, -1]], ends)


@pytest.mark.parametrize(
    ("error", "match", "changes"),
    [
        (TypeError, "xlim must be two numbers, got 3", {"xlim": 3}),
        (TypeError, "ylim must be two numbers", {"ylim": (1, 2, 3)}),
        (ValueError, "xlim must be two finite numbers in rising order", {"xlim": (1, -1)}),
        (ValueError, "ylim must be two finite numbers", {"ylim": (0, math.inf)}),
        (ValueError, "num must be at least 2, got 1", {"num": 1}),
        (TypeError, "num must be an integer, got 10.0", {"num": 10.0}),
        (ValueError, "levels must be at least 1, got 0", {"levels": 0}),
        (ValueError, "levels must be a number of lines or rising", {"levels": [2.0, 1.0]}),
        (ValueError, "rising positive", {"levels": [-2.0, 1.0], "log": True}),
        (ValueError, "levels must meet f, which is between", {"levels": [-5.0, -1.0]}),
        (ValueError, "same everywhere on the grid, got 3", {"f": lambda v: 0 * v.sum() + 3}),
        (ValueError, "f must be finite somewhere", {"f": lambda v: v.sum() * math.nan}),
        (ValueError, "f must be positive somewhere", {"f": lambda v: -skewed(v), "log": True}),
        (ValueError, "value of f must be a 0-d tensor", {"f": lambda v: 2 * v}),
        (TypeError, "f must be a function", {"f": [1, 2]}),
    ],
)
def test_bad_input_draws_nothing(error, match, changes):
    arguments = {"f": skewed, "xlim": (-1, 1), "ylim": (-1, 1)} | changes
    with pytest.raises(error, match=match):
        plot_contours(**arguments)
    assert not plt.get_fignums()


def saddle(v):
    return v[0] ** 2 - v[1] ** 2


def bowl(v):
    return (v**2).sum()


@pytest.mark.parametrize(
    ("draw", "error", "words"),
    [
        (lambda: plot_function(torch.sin, (0, 1), ax=3), TypeError, "ax must be of type.*got 3"),
        (lambda: plot_contours(bowl, (0, 1), (0, 1), ax="a"), TypeError, "ax must be.*got 'a'"),
        (lambda: plot_contours(bowl, (0, 1), (0, 1), levels=[1, math.inf]), ValueError, "finite"),
        (lambda: plot_contours(bowl, (0, 1), (0, 1), levels=[0.5, math.nan]), ValueError, "finite"),
        (lambda: plot_contours(bowl, (0, 1), (0, 1), levels="many"), TypeError, "levels must be"),
        (lambda: plot_contours(bowl, (0, 1), (0, 1), levels=[[1], [2, 3]]), TypeError, "levels"),
        (lambda: plot_contours(bowl, (0, 1e39), (0, 1)), ValueError, "xlim .*float32 tells apart"),
        (lambda: plot_function(torch.sin, (1, 1 + 1e-12)), ValueError, "xlim .*tells apart"),
        (lambda: plot_function(lambda x: x.long(), (0, 1)), TypeError, "value of f must be"),
    ],
)
def test_nothing_is_drawn_before_all_is_checked(draw, error, words):
    with pytest.raises(error, match=words):
        draw()
    assert not plt.get_fignums()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64])
def test_functions_of_any_floating_point_type_are_drawn(dtype):
    plot = plot_function(lambda x: (x**2).to(dtype), (0, 1), num=5)
    assert plot.values.dtype == dtype
    (line,) = plot.ax.lines
    np.testing.assert_allclose(line.get_ydata(), np.linspace(0, 1, 5) ** 2, atol=0.01)
    assert plot_contours(lambda v: bowl(v).to(dtype), (-1, 1), (-1, 1), num=9).values.dtype == dtype


@pytest.mark.parametrize("f", [bowl, saddle, lambda v: v[0], lambda v: v.sum() - 1e-30])
def test_logarithmic_lines_of_a_function_that_is_zero_or_less_somewhere(f):
    plot = plot_contours(f, (-1, 1), (-1, 1), num=21, levels=4, log=True)  # and no warning
    plot.ax.figure.canvas.draw()
    (lines,) = plot.ax.collections
    for level, path in zip(plot.levels, lines.get_paths(), strict=True):
        assert len(path.vertices), level
        for x, y in path.vertices:
            value = f(torch.tensor([x, y])).item()
            # Within what a straight line between neighbours on the grid can miss.
            assert value == pytest.approx(level, rel=0.5, abs=0.12)


def test_numpys_numbers_are_numbers():
    plot = plot_contours(bowl, np.array([-1, 1]), (-1, 1), num=np.int64(5), levels=np.int64(3))
    assert len(plot.levels) == 3
    assert repr(plot) == "<ContourPlot: 3 levels on 5×5 points>"
