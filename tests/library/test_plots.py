"""What is drawn of descents, read back from the artists."""

import math

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.colors import same_color
from tests.samples import quick_for

from pytorch_primer import (
    animate_descent,
    descend,
    plot_function,
    plot_trajectory,
    plot_values,
)


def square(x):
    return (x - 2) ** 2


def bowl(v):
    return 10 * v.square().sum()


@pytest.fixture
def one():
    return descend(square, -4.0, lr=0.1, num_steps=20)


@pytest.fixture
def two():
    return descend(bowl, [8.0, -6.0], lr=0.01, num_steps=20)


@pytest.fixture
def wild():
    return descend(lambda x: x**4, 10.0, lr=1.0, num_steps=30)


def test_one_variable_lies_on_the_curve(one):
    curve = plot_function(square, (-5, 5))
    assert plot_trajectory(one, ax=curve.ax) is curve.ax
    x, y = curve.ax.lines[-1].get_data()
    k = np.arange(21)
    assert x == pytest.approx(2 - 6 * 0.8**k, rel=1e-5)
    assert y == pytest.approx(36 * 0.64**k, rel=1e-4)
    assert curve.ax.get_legend() is None


def test_two_variables_lie_in_the_plane(two):
    ax = plot_trajectory(two)
    x, y = ax.lines[-1].get_data()
    k = np.arange(21)
    assert x == pytest.approx(8 * 0.8**k, rel=1e-4)
    assert y == pytest.approx(-6 * 0.8**k, rel=1e-4)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$x$", "$y$")


def test_several_differ_in_name_colour_and_marker(one, wild):
    ax = plot_trajectory({"slow": one, "fast": wild})
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["slow", "fast (diverges)"]
    first, second = ax.lines
    assert not same_color(first.get_color(), second.get_color())
    assert first.get_marker() != second.get_marker()
    ax = plot_values([one, one, wild])
    names = [t.get_text() for t in ax.get_legend().get_texts()]
    assert names == ["by hand, lr 0.1", "by hand, lr 0.1′", "by hand, lr 1 (diverges)"]


def test_entries_that_are_not_finite_are_left_out(wild):
    x, y = plot_trajectory(wild).lines[0].get_data()
    drawn = np.isfinite(x)
    assert (drawn == np.isfinite(y)).all()
    assert 1 < drawn.sum() < 31
    assert np.isfinite(plot_values(wild).lines[0].get_ydata()).sum() == drawn.sum()


def test_values_over_steps(two):
    ax = plot_values(two)
    assert ax.get_yscale() == "linear"
    assert ax.lines[0].get_ydata() == pytest.approx(1000 * 0.64 ** np.arange(21), rel=1e-4)
    assert ax.lines[0].get_xdata() == pytest.approx(np.arange(21))
    own = plt.subplots()[1]
    assert plot_values(two, log=True, ax=own) is own
    assert own.get_yscale() == "log"


def test_a_logarithmic_axis_leaves_out_what_it_cannot_show():
    path = descend(lambda x: x, 1.0, lr=0.5, num_steps=4)  # 1, 0.5, 0, -0.5, -1
    y = plot_values(path, log=True).lines[0].get_ydata()
    np.testing.assert_array_equal(y, [1, 0.5, math.nan, math.nan, math.nan])
    with pytest.raises(ValueError, match="positive value somewhere"):
        plot_values(descend(lambda x: x, -1.0, lr=0.5, num_steps=4), log=True)


def test_long_runs_are_marked_at_their_ends_only():
    path = descend(bowl, torch.ones(2), lr=1e-3, num_steps=500)
    assert plot_trajectory(path).lines[0].get_markevery() == 500


@pytest.mark.parametrize("draw", [plot_trajectory, plot_values])
@pytest.mark.parametrize(
    ("error", "match", "given"),
    [
        (TypeError, "trajectories must be of type Trajectory, got 3", 3),
        (TypeError, "must be of type Trajectory, got 'x'", ["x"]),
        (TypeError, "must be of type Trajectory, got None", {"a": None}),
        (ValueError, "must hold at least one", []),
    ],
)
def test_bad_input(draw, error, match, given):
    with pytest.raises(error, match=match):
        draw(given)
    assert not plt.get_fignums()


def test_paths_must_be_of_one_or_of_two_variables(one, two):
    three = descend(bowl, [1.0, 2.0, 3.0], lr=0.01, num_steps=2)
    with pytest.raises(ValueError, match=r"one or two coordinates, got \[3\]"):
        plot_trajectory(three)
    with pytest.raises(ValueError, match=r"one or two coordinates, got \[1, 2\]"):
        plot_trajectory([one, two])
    assert plot_values([one, three]).lines


@pytest.mark.parametrize("draw", [plot_trajectory, plot_values])
def test_nothing_is_drawn_before_all_is_checked(draw):
    run = descend(lambda x: -(x**2) - 1, 1.0, lr=0.1, num_steps=3)
    with pytest.raises(TypeError, match="ax must be of type"):
        draw(run, ax=3)
    if draw is plot_values:
        with pytest.raises(ValueError, match="positive value"):
            draw(run, log=True)
    assert not plt.get_fignums()


NAMES = ["_a", "__init__", "$\\frac{$", "a$b", "$", "$$", "50 % & <b>", r"\alpha", "", "ä_b", "{"]


@pytest.mark.parametrize("name", quick_for(("_a", "$\\frac{$"), NAMES))
def test_any_name_stands_in_the_legend(name):
    run = descend(lambda x: x**2, 1.0, lr=0.1, num_steps=3)
    for draw in (plot_trajectory, plot_values):
        ax = draw({name: run, "other": run})
        ax.figure.canvas.draw()
        (text, _) = ax.get_legend().get_texts()
        assert text.get_text().replace(r"\$", "$").lstrip("\N{ZERO WIDTH SPACE}") == name
    animation = animate_descent(lambda x: x**2, {name: run, "other": run})
    plt.gcf().canvas.draw()
    assert len(plt.gcf().axes[0].get_legend().get_texts()) == 2
    del animation


def test_a_formula_in_a_name_is_typeset():
    run = descend(lambda x: x**2, 1.0, lr=0.1, num_steps=3)
    (text,) = plot_values({r"$\gamma = 0.1$": run}).get_legend().get_texts()
    assert text.get_text() == r"$\gamma = 0.1$"


def test_a_trajectory_is_shown_in_one_line():
    run = descend(lambda x: x**2, 1.0, lr=0.25, num_steps=500)
    assert repr(run) == "<Trajectory: by hand, lr 0.25, 500 steps, f = 0>"
    away = descend(lambda x: x**2, 1.0, lr=4, num_steps=5)
    assert repr(away) == "<Trajectory: by hand, lr 4, 5 steps, diverged>"
