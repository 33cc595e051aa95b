"""Graphviz, in this process: pygraphviz's wheels bring it along."""

from __future__ import annotations

import json
from typing import Any

import pygraphviz


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
