"""The style sheet's colours, measured by published formulas and not by eye."""

import itertools

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from pytorch_primer.contours import CONTOUR_COLOURS, NEUTRAL

LIGHT, DARK = to_rgb("#ffffff"), to_rgb("#131416")

# Machado, Oliveira and Fernandes (2009), severity 1, for linear RGB.
VISIONS = {
    "all cones": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


@pytest.fixture
def style():
    with plt.style.context("pytorch_primer.course"):
        yield mpl.rcParams


def linear(rgb):
    """Undo the sRGB transfer function (WCAG 2 and IEC 61966-2-1)."""
    rgb = np.asarray(rgb)
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    weights = [0.2126, 0.7152, 0.0722]
    low, high = sorted(float(linear(rgb) @ weights) for rgb in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(linear_rgb):
    """CIE L*a*b* under D65."""
    xyz = (
        np.array(
            [
                [0.4124564, 0.3575761, 0.1804375],
                [0.2126729, 0.7151522, 0.0721750],
                [0.0193339, 0.1191920, 0.9503041],
            ]
        )
        @ linear_rgb
    )
    t = xyz / [0.95047, 1.0, 1.08883]
    x, y, z = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def ciede2000(one, other):
    """Colour difference as in Sharma, Wu and Dalal (2005)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    chroma7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    g = 1.5 - 0.5 * np.sqrt(chroma7 / (chroma7 + 25.0**7))
    c1, c2 = np.hypot(a1 * g, b1), np.hypot(a2 * g, b2)
    h1, h2 = np.degrees(np.arctan2([b1, b2], [a1 * g, a2 * g])) % 360
    dh = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    h, c, lightness = (h1 + dh / 2) % 360, (c1 + c2) / 2, (l1 + l2) / 2
    t = 1 - 0.17 * np.cos(np.radians(h - 30)) + 0.24 * np.cos(np.radians(2 * h))
    t += 0.32 * np.cos(np.radians(3 * h + 6)) - 0.20 * np.cos(np.radians(4 * h - 63))
    off = (lightness - 50) ** 2
    dl = (l2 - l1) / (1 + 0.015 * off / np.sqrt(20 + off))
    dc = (c2 - c1) / (1 + 0.045 * c)
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(dh / 2)) / (1 + 0.015 * c * t)
    turn = -np.sin(np.radians(60 * np.exp(-(((h - 275) / 25) ** 2))))
    return np.sqrt(dl**2 + dc**2 + dh**2 + 2 * turn * np.sqrt(c**7 / (c**7 + 25.0**7)) * dc * dh)


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [  # from the table of test data of Sharma, Wu and Dalal (2005)
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_our_ciede2000_is_the_published_one(one, other, difference):
    assert ciede2000(one, other) == pytest.approx(difference, abs=5e-5)


def test_every_line_colour_is_legible_on_the_light_and_the_dark_page(style):
    lines = [to_rgb(f"#{c.lstrip('#')}") for c in style["axes.prop_cycle"].by_key()["color"]]
    contours = [CONTOUR_COLOURS(level)[:3] for level in np.linspace(0, 1, 33)]
    for colour in [*lines, *contours, to_rgb(NEUTRAL)]:
        for page in (LIGHT, DARK):
            assert contrast(colour, page) >= 3, colour


@pytest.mark.parametrize("vision", VISIONS)
def test_line_colours_stay_apart(style, vision):
    colours = [to_rgb(f"#{c.lstrip('#')}") for c in style["axes.prop_cycle"].by_key()["color"]]
    seen = [lab(np.clip(np.array(VISIONS[vision]) @ linear(rgb), 0, 1)) for rgb in colours]
    assert len(seen) == 7
    assert min(itertools.starmap(ciede2000, itertools.combinations(seen, 2))) >= 12


def test_text_axes_and_page_are_pure_black_and_white(style):
    black = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
    white = ("figure.facecolor", "axes.facecolor", "savefig.facecolor")
    assert {to_rgb(style[key]) for key in black} == {(0, 0, 0)}
    assert {
        to_rgb(style["figure.facecolor"] if style[key] == "auto" else style[key]) for key in white
    } == {(1, 1, 1)}
