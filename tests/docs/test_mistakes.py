"""Every kind of mistake fails the build, and the message names the script and the line."""

from __future__ import annotations

import re

import pytest

GALLERY = "gallery/autograd/plot_"


def test_build_fails(bad):
    assert bad.returncode != 0
    assert bad.refused_sockets == ""


@pytest.mark.parametrize(
    ("script", "marker", "message"),
    [
        ("1_raises.py", "# raises here", "ZeroDivisionError: division by zero"),
        ("2_warns.py", "# warns here", "UserWarning: Using a target size"),
    ],
)
def test_lesson_that_raises_or_warns(bad, script, marker, message):
    line = bad.line(f"{GALLERY}{script}", marker)
    assert f'{GALLERY}{script}", line {line}, in <module>' in bad.log
    assert message in bad.log


@pytest.mark.parametrize(
    ("script", "marker", "message"),
    [
        ("3_no_alt.py", "import matplotlib", "a figure has no alternative text"),
        ("5_heavy.py", "import matplotlib", r"the animation has \d+ bytes as a video, more than"),
    ],
)
def test_figure_without_text_and_video_too_large(bad, script, marker, message):
    line = bad.line(f"{GALLERY}{script}", marker)  # where the cell begins
    assert re.search(rf"autograd/plot_{re.escape(script)}, line {line}: {message}", bad.log)


@pytest.mark.parametrize(
    ("script", "marker", "message"),
    [
        (f"{GALLERY}4_text.py", r"\frac{1}{", r"LaTeX: Unexpected end of input"),
        (f"{GALLERY}4_text.py", r"\nosuchcommand", r"LaTeX: Undefined control sequence"),
        (f"{GALLERY}4_text.py", "torch.sinn", "py:func reference target not found: torch.sinn"),
        (f"{GALLERY}4_text.py", "4711", "4711 is in no assertion, code or output"),
        (f"{GALLERY}4_text.py", "plot_9_nothing", "unknown document: '/lessons/autograd/plot_9"),
        (f"{GALLERY}4_text.py", "# an address", "the output shows a memory address"),
        (f"{GALLERY}5_heavy.py", ".. lesson::", "the lesson directive needs a list of exactly 3"),
        ("docs/page.md", "$x^{$", "LaTeX: Expected '}'"),
        ("docs/page.md", "torch.Tenser", "py:class reference target not found: torch.Tenser"),
    ],
)
def test_mistake_in_the_text(bad, script, marker, message):
    line = bad.line(script, marker)
    found = re.findall(
        rf"{re.escape(script)}:(\d+): (?:WARNING|ERROR): {re.escape(message)}", bad.log
    )
    near = 1 if "output" in message else 0  # what a cell printed is placed where the cell ends
    assert any(abs(int(number) - line) <= near for number in found), (line, found)


def test_lesson_without_its_box(bad):
    assert re.search(r"plot_4_text\.py: WARNING: a lesson needs one lesson directive", bad.log)
