"""Files have the size that they should have, whatever the locale of the process is."""

import locale
import os
import re
import shutil
import struct
import subprocess
import sys

import pygraphviz
import pytest
import torch

from pytorch_primer import draw_graph
from pytorch_primer.graph import render


def parabola():
    x = torch.tensor(5.0, requires_grad=True)
    return draw_graph((x - 2) ** 2)


def chain(n):
    y = torch.ones(2, requires_grad=True)
    for _ in range(n):
        y = y.sin()
    return draw_graph(y, max_nodes=None)


def laid_out(graph):
    """Return the size that Graphviz gives the drawing, in points."""
    left, bottom, right, top = map(float, render.layout(graph.dot)["bb"].split(","))
    pad = 2 * 0.06 * 72
    return right - left + pad, top - bottom + pad


def size_of_pdf(content):
    box = re.search(rb"/MediaBox \[ ([\d. ]+) \]", content)[1].split()
    return float(box[2]) - float(box[0]), float(box[3]) - float(box[1])


def size_of_png(content):
    return struct.unpack(">II", content[16:24])


@pytest.mark.parametrize("n", [1, 5, 40])
def test_a_page_has_the_size_of_the_drawing(tmp_path, n):
    graph = chain(n)
    graph.save(tmp_path / "g.pdf")
    size = size_of_pdf((tmp_path / "g.pdf").read_bytes())
    assert size == pytest.approx(laid_out(graph), abs=2)


def test_a_picture_has_192_dots_an_inch(tmp_path):
    graph = parabola()
    graph.save(tmp_path / "g.png")
    size = size_of_png((tmp_path / "g.png").read_bytes())
    assert size == pytest.approx([s * 192 / 72 for s in laid_out(graph)], abs=3)


@pytest.mark.parametrize("factor", [1.5, 4])
def test_a_picture_that_would_be_too_large_is_smaller_and_says_so(
    tmp_path, monkeypatch, factor, capfd
):
    graph = chain(20)
    high = max(laid_out(graph)) * 192 / 72
    monkeypatch.setattr(render, "MAX_PIXELS", int(high / factor))
    with pytest.warns(UserWarning, match=r"dots per inch and not 192.*\.svg or \.pdf"):
        graph.save(tmp_path / "g.png")
    size = size_of_png((tmp_path / "g.png").read_bytes())
    assert high / factor * 0.9 < max(size) <= high / factor + 3
    assert capfd.readouterr().err == ""


@pytest.mark.slow
def test_a_very_long_chain_is_a_picture(tmp_path, capfd):
    graph = chain(290)
    with pytest.warns(UserWarning, match="dots per inch"):
        graph.save(tmp_path / "g.png")
    assert max(size_of_png((tmp_path / "g.png").read_bytes())) <= 32_767
    assert "scal" not in capfd.readouterr().err.lower()


def test_numbers_are_read_with_a_point_whatever_the_process_wants(monkeypatch):
    """As under a German locale, which need not be installed: what Graphviz would see is noted."""
    now = {locale.LC_NUMERIC: "de_DE.UTF-8", locale.LC_CTYPE: "tr_TR.UTF-8"}
    before, seen = dict(now), []

    def setlocale(category, name=None):
        now[category] = name or now[category]
        return now[category]

    class Drawing(pygraphviz.AGraph):
        def draw(self, **options):
            seen.append(dict(now))
            if "wrong" in self.string():
                raise RuntimeError("wrong")
            return super().draw(**options)

    monkeypatch.setattr(locale, "setlocale", setlocale)
    monkeypatch.setattr(pygraphviz, "AGraph", Drawing)
    parabola()._repr_svg_()
    with pytest.raises(RuntimeError, match="wrong"):
        render.render("digraph {wrong}", "svg")
    assert now == before
    assert seen == [dict.fromkeys(before, "C")] * 2


PROGRAM = """
import locale, sys, torch
from pytorch_primer import backward_steps, draw_graph
if sys.argv[1] != "C":
    locale.setlocale(locale.LC_ALL, sys.argv[1])
    assert locale.localeconv()["decimal_point"] == ","
x = torch.tensor(5.0, requires_grad=True)
graph = draw_graph((x - 2) ** 2, show_values=True)
print(graph._repr_html_())
steps = backward_steps((x - 2) ** 2, params={"x": x})
print(steps.animate()._fig.get_size_inches())
print(locale.setlocale(locale.LC_NUMERIC) == sys.argv[1], file=sys.stderr)
"""


@pytest.mark.slow
@pytest.mark.skipif(
    not shutil.which("localedef"),
    reason="makes a locale of its own by localedef, which comes with the GNU C library's tools",
)
@pytest.mark.parametrize("name", ["de_DE", "tr_TR", "fr_FR"])
def test_a_decimal_comma_changes_no_byte(tmp_path, name):
    made = subprocess.run(
        ["localedef", "-i", name, "-f", "UTF-8", tmp_path / f"{name}.UTF-8"], capture_output=True
    )
    if made.returncode:
        pytest.skip("no sources of locales here")
    env = os.environ | {"LOCPATH": str(tmp_path)}
    outputs = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM, chosen], env=env, capture_output=True, text=True
        )
        for chosen in ("C", f"{name}.UTF-8")
    ]
    assert outputs[0].returncode == outputs[1].returncode == 0, outputs[1].stderr
    assert outputs[1].stderr.strip().endswith("True")
    assert outputs[0].stdout == outputs[1].stdout
