"""Animations: what a frame shows, how many there are, and how large the video is."""

import gc
import math
import warnings

import imageio_ffmpeg
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.animation import FFMpegWriter, FuncAnimation
from matplotlib.quiver import Quiver

from pytorch_primer import animate_descent, descend


def square(x):
    return (x - 2) ** 2


def skewed(v):
    x, y = v
    return 10 * (x**2 - 3 * x * y + 4 * y**2)


def show(animation, step):
    """Draw one step's frame and return its axes."""
    animation._draw_frame(step)
    return plt.gcf().axes[0]


def marked(ax):
    return [line.get_xydata() for line in ax.lines if line.get_marker() != "None"]


def test_a_frame_shows_the_old_point_the_update_and_the_new_point():
    path = descend(square, -4.0, lr=0.1, num_steps=20)
    animation = animate_descent(square, path)
    assert isinstance(animation, FuncAnimation)
    ax = show(animation, 3)
    x = 2 - 6 * 0.8 ** np.arange(4)
    old, new = marked(ax)
    assert old[0] == pytest.approx([x[2], (x[2] - 2) ** 2], rel=1e-5)
    assert new[0] == pytest.approx([x[3], (x[3] - 2) ** 2], rel=1e-5)
    (arrow,) = (a for a in ax.collections if isinstance(a, Quiver))
    assert pytest.approx([x[3] - x[2]], rel=1e-5) == arrow.U
    assert pytest.approx([0]) == arrow.V
    assert arrow.get_visible()
    assert "3" in ax.get_title()


def test_the_first_frame_is_the_start_and_the_last_one_the_end():
    path = descend(skewed, [8.0, 8.0], lr=0.01, num_steps=500)
    animation = animate_descent(skewed, path)
    frames = list(animation.new_frame_seq())
    assert len(frames) == 40
    assert (frames[0], frames[-1]) == (0, 500)
    assert frames == sorted(set(frames))
    old, new = marked(show(animation, 0))
    assert old[0] == pytest.approx([8, 8])
    assert new[0] == pytest.approx([8, 8])
    ax = show(animation, 500)
    assert marked(ax)[1][0] == pytest.approx(path.positions[-1].numpy())
    (way,) = (line for line in ax.lines if line.get_marker() == "None")
    assert way.get_xydata() == pytest.approx(path.positions.numpy())


def test_a_short_run_has_a_frame_a_step_and_rests_while_others_go_on():
    runs = [descend(square, 5.0, lr=0.1, num_steps=n) for n in (3, 7)]
    animation = animate_descent(square, runs)
    assert list(animation.new_frame_seq()) == list(range(8))
    points = marked(show(animation, 7))
    assert points[1][0][0] == pytest.approx(runs[0].positions[-1].item())
    assert points[3][0][0] == pytest.approx(runs[1].positions[-1].item())


@pytest.mark.slow
def test_the_view_holds_every_run_that_does_not_diverge():
    runs = [descend(skewed, [8.0, 8.0], lr=lr, num_steps=200) for lr in (0.01, 0.03)]
    assert [run.diverged for run in runs] == [False, True]
    animation = animate_descent(skewed, runs, log=True)
    ax = show(animation, 0)
    low, high = runs[0].positions.aminmax(dim=0)
    assert ax.get_xlim()[0] < low[0] < high[0] < ax.get_xlim()[1] < 20
    assert ax.get_ylim()[0] < low[1] < high[1] < ax.get_ylim()[1] < 20
    for step in animation.new_frame_seq():  # far points break no frame
        show(animation, step).figure.canvas.draw()


def test_an_animation_that_is_never_shown_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        animation = animate_descent(square, descend(square, 1.0, lr=0.1, num_steps=2))
        del animation
        gc.collect()


@pytest.mark.slow
def test_a_crowded_video_stays_under_150_kilobytes(tmp_path):
    optimizers = {
        torch.optim.SGD: 0.01,
        torch.optim.Adam: 1.0,
        torch.optim.AdamW: 1.0,
        torch.optim.RMSprop: 0.3,
        torch.optim.Adagrad: 2.0,
    }
    runs = [descend(skewed, [8.0, 8.0], o, lr=lr, num_steps=60) for o, lr in optimizers.items()]
    with plt.style.context("pytorch_primer.course"), mpl.rc_context():
        mpl.rcParams["animation.ffmpeg_path"] = imageio_ffmpeg.get_ffmpeg_exe()
        animation = animate_descent(skewed, runs, xlim=(-10, 10), ylim=(-10, 10), log=True)
        options = ["-pix_fmt", "yuv420p", "-crf", "28"]
        writer = FFMpegWriter(fps=5, codec="h264", extra_args=options)
        animation.save(tmp_path / "video.mp4", writer=writer, dpi=160)
    assert 0 < (tmp_path / "video.mp4").stat().st_size <= 150_000


@pytest.mark.parametrize(
    ("error", "match", "changes"),
    [
        (TypeError, "must be of type Trajectory", {"trajectories": [1]}),
        (ValueError, "num_frames must be at least 2", {"num_frames": 1}),
        (ValueError, "interval must be at least 1", {"interval": 0}),
        (TypeError, "interval must be an integer, got nan", {"interval": math.nan}),
        (ValueError, "ylim is for functions of two variables", {"ylim": (0, 1)}),
        (
            ValueError,
            "xlim must be given when every run diverges",
            {"trajectories": descend(square, 1.0, lr=2.0, num_steps=5)},
        ),
    ],
)
def test_bad_input(error, match, changes):
    arguments = {"trajectories": descend(square, 1.0, lr=0.1, num_steps=2)} | changes
    with pytest.raises(error, match=match):
        animate_descent(square, **arguments)


@pytest.mark.slow
def test_a_notebook_plays_it_and_shows_no_still_beside_it():
    """As IPython does it: it asks the object for its HTML, and draws the figures that are open."""
    animation = animate_descent(square, descend(square, 1.0, lr=0.1, num_steps=2))
    assert plt.get_fignums()
    html = animation._repr_html_()
    assert "<script" in html
    assert html.count("data:image/png;base64") >= 3
    assert not plt.get_fignums()
    with mpl.rc_context({"animation.html": "jshtml"}):
        again = animate_descent(square, descend(square, 1.0, lr=0.1, num_steps=2))
        assert "<script" in again._repr_html_()
