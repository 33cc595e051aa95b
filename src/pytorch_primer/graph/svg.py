"""Graphviz's SVG made fit for a page: light or dark, for eyes and for screen readers."""

from __future__ import annotations

import html
import re

from pytorch_primer.graph.render import render
from pytorch_primer.graph.values import printable

SMALLEST = 0.85
"""How far a narrow page may shrink the drawing: text of 14 pixels to 12, then it scrolls."""
NARROW = 340
"""Width in pixels that a telephone of 390 pixels leaves for a drawing."""
STYLE = (
    "<style>svg{color:#000;background:#fff}"
    "@media(prefers-color-scheme:dark){svg{color:#fff;background:#131416}}</style>"
)

GROUP = re.compile(r'<g id="[^"]*" class="(edge|cluster)[^"]*">\n<title>[^<]*</title>')
START = re.compile(r'text-anchor="start" x="[^"]*"')
HIDDEN = re.compile(r'<text [^>]*fill="transparent"[^>]*>[^<]*</text>\n')
COMMENT = re.compile(r"<!--.*?-->\n?", re.S)
CENTRE = re.compile(r'cx="([^"]*)"')
ABSCISSA = re.compile(r'[ MC"](-?[\d.]+),')


def to_svg(dot: str, title: str, description: str, *, standalone: bool = False) -> str:
    """Return the drawing as one ``<svg>`` element.

    Lines and text have the colour of the text around them (``currentColor``). There are no ids, so
    that any number of drawings can stand on a page; each box has its key in ``data-key``. The
    tooltips that Graphviz writes are taken out, and a title and a description put in.

    Parameters
    ----------
    dot : str
        The drawing.
    title, description : str
        Its name and its content in words, for screen readers.
    standalone : bool
        Follow the light or dark scheme of the viewer, for a file of its own.
    """
    svg = render(dot, "svg").decode()
    wide, high = re.findall(r'viewBox="\S+ \S+ (\S+) ([^"]+)"', svg)[0]
    body = svg[svg.index("<g ") :]
    body = COMMENT.sub("", body)
    body = re.sub(r'<g id="[^"]*" class="graph"', '<g class="graph"', body, count=1)
    body = GROUP.sub(r'<g class="\1">', body)
    if "transparent" in body:
        body = HIDDEN.sub("", body)
    rest, *boxes = body.split('<g id="node')
    body = rest + "".join(map(_box, boxes))
    body = body.replace('<text xml:space="preserve"', '<text fill="currentColor"')
    body = body.replace('="black"', '="currentColor"')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" '
        f'height="{high}" role="img" style="max-width:100%;min-width:{_smallest(wide)}px;'
        f'height:auto"><title>{html.escape(printable(title))}</title>'
        f"<desc>{html.escape(printable(description))}</desc>{STYLE if standalone else ''}\n{body}"
    )


def _smallest(width: str) -> int:
    return round(SMALLEST * float(width))


def _box(group: str) -> str:
    """Return a box's group, from after its id on, with its key instead of a tooltip."""
    head, content = group.split("</title>\n", 1)
    attributes, key = head.split(">\n<title>")
    box, after = content.split("</g>", 1)
    if 'text-anchor="start"' in box:
        box = _centred(box)
    return f'<g{attributes[attributes.index(" ") :]} data-key="{key}">\n{box}</g>{after}'


def _centred(content: str) -> str:
    """Return a box's shape and text with the text centred.

    Graphviz begins each line where it would be centred in its own font; the reader's may be wider.
    """
    shape = content[: content.index("/>")]
    centre = CENTRE.search(shape)
    if centre:
        middle = centre[1]
    else:
        corners = shape[shape.rindex('="') :]  # d or points comes last
        xs = [float(x) for x in ABSCISSA.findall(corners)]
        middle = f"{(min(xs) + max(xs)) / 2:g}"
    return START.sub(f'text-anchor="middle" x="{middle}"', content)


def to_html(svg: str, title: str, heading: str | None) -> str:
    """Return the drawing in a box of a page, which scrolls sideways where it must.

    Parameters
    ----------
    svg : str
        What :func:`to_svg` returns.
    title : str
        Name of the scrolling region.
    heading : str or None
        Visible line above the drawing.
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
    return f'<div class="pp-graph" style="overflow-x:auto"{region}>{above}{svg}</div>'
