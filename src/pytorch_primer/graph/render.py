"""Graphviz in this process, and its SVG made fit for a page, for eyes, keys and screen readers."""

from __future__ import annotations

import html
import json
import locale
import re
import textwrap
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from threading import Lock
from typing import Any, NamedTuple

import pygraphviz

from pytorch_primer.graph.plain import printable

SMALLEST = 0.85
"""How far a narrow page may shrink the drawing: text of 14 pixels to 12, then it scrolls."""
NARROW = 340
"""Width in pixels that a telephone of 390 pixels leaves for a drawing."""
PNG_DPI, POINTS = 192, 72
MAX_PIXELS = 32_767
"""What cairo can draw; Graphviz would shrink a larger picture and tell nobody but a terminal."""
STYLE = (
    "<style>svg{color:#000;background:#fff}"
    "@media(prefers-color-scheme:dark){svg{color:#fff;background:#131416}}</style>"
)
# The facts of a box, seen while the pointer or the keyboard's focus is on it.
FACTS_STYLE = (
    "<style>.pp-facts{outline:none}.pp-facts:hover>g,.pp-facts:focus>g{visibility:visible}"
    ".pp-facts:focus>rect{stroke:#2f7fd0;stroke-width:2}</style>"
)
FACTS_WIDTH = 170.0
"""A drawing is at least so wide, that facts have room beside its only box."""
CHARACTER, LINE = 6.1, 14.0
MAX_LINE = 38

GROUP = re.compile(r'<g id="[^"]*" class="(edge|cluster)[^"]*">\n<title>[^<]*</title>')
BOX = re.compile(r'<g id="node\d+" class="([^"]*)">\n<title>([^<]*)</title>\n((?:<[^/].*\n)*)</g>')
START = re.compile(r'text-anchor="start" x="[^"]*"')
HIDDEN = re.compile(r'<text [^>]*fill="transparent"[^>]*>[^<]*</text>\n')
COMMENT = re.compile(r"<!--.*?-->\n?", re.S)
ELLIPSE = re.compile(r'cx="([^"]*)" cy="([^"]*)" rx="([^"]*)" ry="([^"]*)"')
BETWEEN_NUMBERS = str.maketrans("MC,", "   ")
CATEGORIES = (locale.LC_NUMERIC, locale.LC_CTYPE)
_rendering = Lock()


@contextmanager
def _plain_locale() -> Iterator[None]:
    """Let Graphviz read and write as everywhere, and put the process's locale back.

    Under a German one it reads ``pad=0.06`` as 0; under a Turkish one it finds no font whose name
    has an i.
    """
    with _rendering:
        before = {category: locale.setlocale(category) for category in CATEGORIES}
        try:
            for category in CATEGORIES:
                locale.setlocale(category, "C")
            yield
        finally:
            for category, name in before.items():
                locale.setlocale(category, name)


def render(dot: str, file_format: str, **attributes: str) -> bytes:
    """Lay the DOT text out and return it in a format of Graphviz.

    Parameters
    ----------
    dot : str
        The drawing.
    file_format : str
        ``"svg"``, ``"png"``, ``"pdf"`` or ``"json0"``.
    **attributes : str
        Attributes of the whole graph, such as ``dpi="192"``.
    """
    with _plain_locale():
        drawing = pygraphviz.AGraph(string=dot)
        try:
            drawing.graph_attr.update(attributes)
            content = drawing.draw(format=file_format, prog="dot")
            assert isinstance(content, bytes)
            return content
        finally:
            drawing.close()


def layout(dot: str) -> dict[str, Any]:
    """Return the positions of boxes, arrows and labels, in points from the lower left corner."""
    positions: dict[str, Any] = json.loads(render(dot, "json0"))
    return positions


def to_pdf(dot: str) -> bytes:
    """Return the drawing as a page of its own size, on white."""
    return render(dot, "pdf", bgcolor="white", margin="0")


def to_png(dot: str) -> bytes:
    """Return the drawing as pixels, on white; with a warning, fewer of them if it is very large."""
    size = max(map(float, _size(render(dot, "svg").decode())))
    dpi = min(PNG_DPI, int(MAX_PIXELS * POINTS / size))
    if dpi < PNG_DPI:
        warnings.warn(
            f"a PNG of this drawing has {dpi} dots per inch and not {PNG_DPI}: it would be "
            f"larger than {MAX_PIXELS:,} pixels; save it as .svg or .pdf, or fold it by max_nodes",
            stacklevel=3,
        )
    return render(dot, "png", bgcolor="white", dpi=str(max(dpi, 1)))


def _size(svg: str) -> tuple[str, str]:
    found = re.search(r'viewBox="\S+ \S+ (\S+) ([^"]+)"', svg)
    assert found
    return found[1], found[2]


class Place(NamedTuple):
    """Where a box is: its corners, in the coordinates of the drawing."""

    left: float
    top: float
    right: float
    bottom: float


def to_svg(
    dot: str,
    title: str,
    description: str,
    facts: Mapping[str, list[str]],
    *,
    standalone: bool = False,
) -> str:
    """Return the drawing as one ``<svg>`` element.

    Lines and text have the colour of the text around them (``currentColor``). There are no ids, so
    that any number of drawings can stand on a page; each box has its key in ``data-key``. The
    tooltips that Graphviz writes are taken out, and a title and a description put in. The facts of
    a box appear while the pointer is on it, or the keyboard's focus.

    Parameters
    ----------
    dot : str
        The drawing.
    title, description : str
        Its name and its content in words, for screen readers.
    facts : collections.abc.Mapping
        What is known of each box, in lines, by its key.
    standalone : bool
        Follow the light or dark scheme of the viewer, for a file of its own.
    """
    svg = render(dot, "svg").decode()
    width, height = map(float, _size(svg))
    body = svg[svg.index("<g ") : svg.rindex("</g>")]
    body = COMMENT.sub("", body)
    body = re.sub(r'<g id="[^"]*" class="graph"', '<g class="graph"', body, count=1)
    body = GROUP.sub(r'<g class="\1">', body)
    if "transparent" in body:
        body = HIDDEN.sub("", body)
    places: dict[str, Place] = {}
    body = BOX.sub(lambda found: _box(found, places), body)
    body = body.replace('<text xml:space="preserve"', '<text fill="currentColor"')
    body = body.replace('="black"', '="currentColor"')
    wide = max(width, FACTS_WIDTH)
    characters = min(MAX_LINE, int((wide - 16) / CHARACTER))
    # Boxes have many facts in common: each is wrapped once, which takes longer than all the rest.
    wrapped = {fact: _lines(fact, characters) for fact in set(chain(*facts.values()))}
    tips = {key: [line for fact in own for line in wrapped[fact]] for key, own in facts.items()}
    high = max([height, *(LINE * len(lines) + 12 for lines in tips.values())])
    shift = re.search(r"translate\(([-\d.]+) ([-\d.]+)\)", body)
    assert shift
    left, top = (width - wide) / 2 - float(shift[1]), -float(shift[2])
    view = Place(left, top, left + wide, top + high)
    body += "".join(_facts(key, facts[key], tips[key], places[key], view) for key in facts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{(width - wide) / 2:.2f} 0 {wide:.2f} '
        f'{high:.2f}" width="{wide:.2f}" height="{high:.2f}" role="group" '
        f'style="max-width:100%;min-width:{round(SMALLEST * wide)}px;height:auto">'
        f"<title>{html.escape(printable(title))}</title>"
        f"<desc>{html.escape(printable(description))}</desc>"
        f"{STYLE if standalone else ''}{FACTS_STYLE}\n{body}</g>\n</svg>\n"
    )


def _box(found: re.Match[str], places: dict[str, Place]) -> str:
    """Return a box's group with its key instead of an id and a tooltip, and note its place.

    Its text is centred: Graphviz begins each line where it would be centred in its own font; the
    reader's may be wider.
    """
    classes, key, content = found.groups()
    shape = content[: content.index("/>")]
    if round_one := ELLIPSE.search(shape):
        x, y, rx, ry = map(float, round_one.groups())
        place = Place(x - rx, y - ry, x + rx, y + ry)
        middle = round_one[1]
    else:
        # Corners come last, as d or as points.
        corners = shape[shape.rindex('="') + 2 : -1].translate(BETWEEN_NUMBERS).split()
        xs, ys = ([float(number) for number in set(corners[axis::2])] for axis in (0, 1))
        place = Place(min(xs), min(ys), max(xs), max(ys))
        middle = f"{(place.left + place.right) / 2:g}"
    places[key] = place
    content = START.sub(f'text-anchor="middle" x="{middle}"', content)
    return f'<g class="{classes}" data-key="{key}">\n{content}</g>'


def _lines(fact: str, characters: int) -> list[str]:
    return [fact] if len(fact) <= characters else textwrap.wrap(fact, characters)


def _facts(key: str, facts: list[str], lines: list[str], box: Place, view: Place) -> str:
    """Return a sheet over a box that shows its facts: on top of all boxes, for it is drawn last."""
    width = min(max(map(len, lines)) * CHARACTER + 14, view.right - view.left - 2)
    height = LINE * len(lines) + 8
    x = min(max((box.left + box.right - width) / 2, view.left + 1), view.right - width - 1)
    below, above = box.bottom + 4, box.top - 4 - height
    y = below if below + height <= view.bottom else max(above, view.top + 1)
    start, escaped = f"{x + 7:.1f}", html.escape("\n".join(lines)).split("\n")
    texts = "".join(
        f'<text x="{start}" y="{y + LINE * i:.1f}">{line}</text>'
        for i, line in enumerate(escaped, start=1)
    )
    return (
        f'<g class="pp-facts" data-of="{key}" tabindex="0" role="img" '
        f'aria-label="{html.escape("; ".join(facts))}">'
        f'<rect x="{box.left:.1f}" y="{box.top:.1f}" width="{box.right - box.left:.1f}" '
        f'height="{box.bottom - box.top:.1f}" fill="none" pointer-events="all"/>'
        f'<g visibility="hidden" pointer-events="none" fill="#ffffff" font-size="11" '
        f'font-family="Helvetica,Arial,sans-serif"><rect x="{x:.1f}" y="{y:.1f}" '
        f'width="{width:.1f}" height="{height:.1f}" rx="4" fill="#20252b" stroke="#808080"/>'
        f"{texts}</g></g>\n"
    )


def to_html(svg: str, title: str, heading: str | None, legend: str) -> str:
    """Return the drawing in a box of a page, which scrolls sideways where it must.

    Parameters
    ----------
    svg : str
        What :func:`to_svg` returns.
    title : str
        Name of the scrolling region.
    heading : str or None
        Visible line above the drawing.
    legend : str
        What signs in the drawing mean, below it.
    """
    found = re.search(r"min-width:(\d+)px", svg)
    assert found
    # What scrolls must be reachable with the keyboard.
    scrolls = int(found[1]) > NARROW
    region = (
        f' tabindex="0" role="group" aria-label="{html.escape(printable(title))}"'
        if scrolls
        else ""
    )
    above = f"<p><strong>{html.escape(printable(heading))}</strong></p>" if heading else ""
    below = f'<p class="pp-legend"><small>{html.escape(legend)}</small></p>' if legend else ""
    return f'<div class="pp-graph" style="overflow-x:auto"{region}>{above}{svg}{below}</div>'
