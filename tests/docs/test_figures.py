"""Figures become drawings that follow the page, the same bytes each time, and never too heavy."""

from __future__ import annotations

import re
from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from docutils import nodes
from matplotlib.animation import FuncAnimation
from PIL import Image

from course_site import explore_figures, figures

mpl.use("agg")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def run(tmp_path, *, lineno=7, content="\n\nplt.plot()", **variables):
    folder = tmp_path / "lessons/part"
    folder.mkdir(parents=True)
    block_vars = {
        "src_file": str(tmp_path / "gallery/part/plot_1_x.py"),
        "image_path_iterator": iter([str(folder / f"x_{n}.png") for n in (1, 2)]),
        "example_globals": variables,
    }
    block = SimpleNamespace(content=content, lineno=lineno)
    return figures.scraper(block, block_vars, {"src_dir": str(tmp_path)}), folder


def test_directive_has_the_label_and_the_size(tmp_path):
    plt.figure(figsize=(4, 2)).set_label("Nothing\n  at all.")
    rst, folder = run(tmp_path)
    lines = [line.strip() for line in rst.splitlines() if line.strip()]
    assert lines[:4] == [
        ".. lesson-figure:: /lessons/part/x_1",
        ":alt: Nothing at all.",
        ":width: 384",
        ":height: 192",
    ]
    names = {path.name for path in folder.iterdir()}
    assert names == {"x_1.svg", "x_1.words.svg", "x_1.phone.svg"}
    assert not plt.get_fignums()


def test_a_figure_that_a_phone_has_room_for_is_drawn_once(tmp_path):
    plt.figure(figsize=(3.5, 2)).set_label("Small.")
    rst, folder = run(tmp_path)
    assert ":phone:" not in rst
    assert {path.name for path in folder.iterdir()} == {"x_1.svg", "x_1.words.svg"}


@pytest.mark.parametrize(
    ("rows", "columns", "bare", "grid"),
    [
        (1, 1, False, (1, 1)),
        (1, 2, False, (2, 1)),
        (1, 5, False, (3, 2)),
        (2, 4, False, (4, 2)),
        (2, 8, True, (4, 4)),
        (1, 3, True, (1, 3)),
    ],
)
def test_panels_stand_below_one_another_on_a_phone(rows, columns, bare, grid):
    fig, axes = plt.subplots(rows, columns, figsize=(8, 3), squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off() if bare else ax.plot([1, 2])
    before = axes[0][0].title.get_fontsize()
    assert figures.fit_phone(fig)
    assert figures.pixels(fig)[0] <= 358
    found = axes[0][0].get_gridspec()
    assert (found.nrows, found.ncols) == grid
    places = [str(ax.get_subplotspec()) for ax in axes.flat]
    assert len(set(places)) == len(places)
    assert axes[0][0].title.get_fontsize() == before
    plt.close(fig)


def test_panels_that_shared_an_axis_have_their_numbers_where_they_now_stand():
    fig, axes = plt.subplots(1, 4, figsize=(10, 3), sharey=True)
    axes[0].set_ylabel("loss")
    assert figures.fit_phone(fig)
    fig.draw_without_rendering()
    shown = [any(label.get_visible() for label in ax.get_yticklabels()) for ax in axes]
    assert shown == [True, False, True, False]
    assert [ax.get_ylabel() for ax in axes] == ["loss", "", "loss", ""]
    plt.close(fig)


@pytest.mark.parametrize("panels", [1, 3])
def test_exponents_can_be_read_on_a_phone(panels):
    fig, axes = plt.subplots(1, panels, figsize=(8, 3), squeeze=False)
    for ax in axes.flat:
        ax.loglog([0.001, 1000], [1, 10])
    assert figures.fit_phone(fig)
    sizes = re.findall(r"font-size: ([\d.]+)px", figures.svg(fig, "none"))  # of points, as it is
    assert len(set(sizes)) > 1
    assert min(map(float, sizes)) * 96 / 72 >= 9
    plt.close(fig)


def test_a_long_title_has_a_row_of_its_own():
    fig, axes = plt.subplots(2, 2, figsize=(8, 5))
    axes[0][0].set_title("a title that half a phone is too narrow for")
    assert figures.fit_phone(fig)
    assert axes[0][0].get_gridspec().ncols == 1
    plt.close(fig)


def test_what_a_cell_printed_stands_before_its_figure():
    output = nodes.literal_block("", "36.0", classes=["sphx-glr-script-out"])
    code, text = nodes.literal_block("", "print(loss)"), nodes.paragraph("", "Then.")
    drawn = [figures.lesson_figure(number=str(n)) for n in (1, 2)]
    tree = nodes.section("", code, *drawn, output, text)
    figures.print_first(None, tree)
    assert list(tree) == [code, output, *drawn, text]


def test_figures_are_saved_in_order(tmp_path):
    for text in ("first", "second"):
        plt.figure().set_label(text)
    rst, _ = run(tmp_path)
    assert rst.index("first") < rst.index("second")


@pytest.mark.parametrize("label", ["", "  "])
def test_missing_label_names_lesson_and_line_and_closes(tmp_path, label):
    plt.figure().set_label(label)
    with pytest.raises(ValueError, match=r"part/plot_1_x.py, line 9: .*set_label"):
        run(tmp_path)
    assert not plt.get_fignums()


def test_a_title_is_no_label(tmp_path):
    plt.subplots()[1].set_title("A title")
    with pytest.raises(ValueError, match="alternative text"):
        run(tmp_path)


def draw():
    fig, ax = plt.subplots()
    ax.plot([0, 1], [0, 1], color="#d87b00")
    ax.fill_between([0, 1], [0, 1], clip_on=True)
    ax.set_title("Title")
    return figures.drawing(fig)


def test_drawing_has_the_same_bytes_each_time():
    assert draw() == draw()


def test_drawing_takes_black_and_white_from_the_page():
    svg = draw()
    assert "prefers-color-scheme:dark" in svg
    assert "#000000" not in svg
    assert "#ffffff" not in svg
    assert "#d87b00" in svg
    assert "Matplotlib" not in svg  # nor the date or the version, which change


def test_longer_colours_stay():
    assert "#0000001" in figures.themed("<svg a='1'>#0000001</svg>")


def cloud(points):
    fig, ax = plt.subplots()
    xy = np.random.default_rng(0).normal(size=(2, points))
    ax.scatter(*xy, s=3)
    return fig


@pytest.mark.slow
def test_heavy_artists_become_pixels_and_words_stay_drawn():
    svg = figures.drawing(cloud(8000))
    assert svg.count("<image") == 1
    assert svg.count("<use") < 100  # ticks, but no points
    assert svg.count("var(--fg)") > 5
    assert figures.compressed_size(svg) < figures.compressed_size(figures.svg(cloud(8000)))


def test_light_figure_has_no_pixels():
    assert "<image" not in figures.drawing(cloud(50))


def words(**settings):
    fig, ax = plt.subplots()
    ax.set(**settings)
    ax.text(0.5, 0.5, "white", color="white")
    return figures.layers(figures.drawing(fig, "none"))


def test_words_are_text_above_a_picture_without_any():
    picture, text = words(title="A <title> & more", xlabel="time")
    assert "<text" not in picture
    assert "A &lt;title&gt; &amp; more</text>" in text
    assert ">time</text>" in text
    assert text.count("<svg") == 1


def test_words_have_the_typeface_and_the_colours_of_the_page():
    _, text = words(title="A title")
    assert "font-family" not in text
    assert "#000000" not in text
    assert "fill: var(--page)" in text  # what was white


def test_a_formula_is_in_runs_of_letters():
    _, text = words(title=r"rate $\lambda_{max}$")
    assert re.search(r">rate </tspan><tspan[^>]*>λ</tspan><tspan[^>]*>max</tspan>", text)


def test_a_formula_reads_from_left_to_right():
    _, text = words(title="$L(x) = (x - 2)^2$")
    (formula,) = re.findall(r"<g [^>]*><text>(.*?)</text>", text)
    assert re.sub(r"<[^>]*>|\s", "", formula) == "L(x)=(x−2)2"


@pytest.mark.parametrize(
    ("alt", "wanted"),
    [
        ("One curve. It rises.", "One curve."),
        ("From -1 to 2.5, x-axis. More", "From −1 to 2.5, x-axis."),
        ("No end", "No end"),
    ],
)
def test_a_caption_is_the_first_sentence(alt, wanted):
    assert figures.caption(alt) == wanted


def test_a_legend_beside_a_panel_stands_below_it_on_a_phone():
    fig, ax = plt.subplots(figsize=(6.6, 4), layout="constrained")
    for name in ("one descent", "another", "a third"):
        ax.plot([0, 1], label=name)
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    assert figures.fit_phone(fig)
    fig.draw_without_rendering()
    (legend,) = fig.legends
    assert ax.get_legend() is None
    assert [text.get_text() for text in legend.get_texts()] == ["one descent", "another", "a third"]
    box = legend.get_window_extent()
    assert box.y1 <= ax.get_tightbbox().y0 + 1
    assert fig.bbox.x0 <= box.x0
    assert box.x1 <= fig.bbox.x1
    assert ax.bbox.width > 0.8 * fig.bbox.width


def test_a_legend_in_a_panel_stays_there_on_a_phone():
    fig, ax = plt.subplots(figsize=(6.6, 4), layout="constrained")
    ax.plot([0, 1], label="one descent")
    ax.legend()
    assert figures.fit_phone(fig)
    assert ax.get_legend()
    assert not fig.legends


def test_a_drawing_in_no_grid_keeps_its_measure():
    fig = plt.figure(figsize=(5, 8))
    fig.add_axes((0, 0, 1, 1))
    assert not figures.fit_phone(fig)
    assert tuple(fig.get_size_inches()) == (5, 8)


@pytest.fixture
def animation():
    fig, ax = plt.subplots(figsize=(2, 1))
    (dot,) = ax.plot([0], [0], "o")
    ax.set(xlim=(0, 4))
    fig.set_label("A dot moves.")
    return FuncAnimation(fig, lambda n: dot.set_xdata([n]), frames=4, interval=250, blit=False)


def test_animation_becomes_a_video_with_a_poster(tmp_path, animation):
    rst, folder = run(tmp_path, anim=animation)
    assert ".. lesson-video:: /lessons/part/x_1\n" in rst
    assert ":alt: A dot moves." in rst
    assert (folder / "x_1.mp4").read_bytes()[4:8] == b"ftyp"
    assert (folder / "x_1.webm").read_bytes()[:4] == b"\x1aE\xdf\xa3"  # Matroska's
    assert (folder / "x_1.webp").read_bytes()[8:12] == b"WEBP"
    assert (folder / "x_1.svg").exists()  # for the lesson's card
    assert ":phone:" not in rst


def test_a_phone_has_a_video_of_its_own_width(tmp_path, animation):
    animation._fig.set_size_inches(6, 3)
    rst, folder = run(tmp_path, anim=animation)
    ratio = re.search(r":phone: (\d+)/(\d+)", rst)
    assert 350 < int(ratio[1]) < 360
    for suffix in ("mp4", "webm", "webp"):
        assert (folder / f"x_1.phone.{suffix}").stat().st_size > 500
    with Image.open(folder / "x_1.phone.webp") as poster, Image.open(folder / "x_1.webp") as wide:
        assert poster.width / poster.height == pytest.approx(int(ratio[1]) / int(ratio[2]), 0.02)
        assert poster.width < wide.width


@pytest.mark.slow
def test_video_has_the_same_bytes_each_time(tmp_path, animation):
    for name in ("a.mp4", "b.mp4"):
        figures.save_video(animation, tmp_path / name)
    for suffix in ("mp4", "webm"):
        one, two = (tmp_path / f"{name}.{suffix}" for name in "ab")
        assert one.read_bytes() == two.read_bytes()


@pytest.mark.slow
def test_video_that_is_too_large_fails(tmp_path, animation, monkeypatch):
    monkeypatch.setattr(figures, "VIDEO_LIMIT", 1000)
    with pytest.raises(ValueError, match=r"line 9: the animation has \d+ bytes"):
        run(tmp_path, anim=animation)


def test_animation_of_an_earlier_cell_is_not_shown_again(tmp_path, animation):
    plt.close(animation._fig)
    plt.figure().set_label("Another figure.")
    rst, _ = run(tmp_path, anim=animation)
    assert "lesson-video" not in rst
    animation._draw_was_started = True  # it was saved by the earlier cell


@pytest.mark.parametrize("beta", [0.5, 0.88])
def test_a_still_of_a_descent_has_the_momentum_of_its_address(beta):
    address = {"f": "steep", "opt": "momentum", "lr": "0.0037", "x": "-2", "y": "-1.5"}
    state = address | {"momentum": str(beta), "steps": "20"}
    alt = explore_figures.descent_figure(state).alt
    v, m = torch.tensor([-2, -1.5], dtype=torch.float64), torch.zeros(2, dtype=torch.float64)
    for _ in range(20):
        m = beta * m + torch.func.grad(explore_figures.steep)(v)
        v = v - 0.0037 * m
    assert f"with the value {explore_figures.steep(v):.2g}." in alt
