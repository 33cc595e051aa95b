"""A computation graph as plain data that can draw itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pytorch_primer.graph import describe
from pytorch_primer.graph.dot import to_dot
from pytorch_primer.graph.plain import GraphData
from pytorch_primer.graph.render import to_html, to_pdf, to_png, to_svg

SUFFIXES = (".svg", ".png", ".pdf", ".dot")


@dataclass(frozen=True, repr=False)
class Graph(GraphData):
    """Boxes and arrows of a computation; nothing in it refers to a tensor or to autograd.

    A notebook and a page of the gallery show it as a drawing: as the last expression of a cell,
    `graph` is enough. Point at a box, or press Tab until it has the focus, and its facts appear.

    Attributes
    ----------
    nodes : tuple of Node
        The boxes, every operand before its operation.
    edges : tuple of Edge
        The arrows, in the direction of the computation, operands of a box in their order.
    title : str or None
        Heading of the drawing.
    left_out : collections.abc.Mapping
        Number of operations (``"op"``), leaves and named tensors that stand in folded boxes;
        empty when everything is drawn.
    visited : tuple of str
        In a frame of :func:`pytorch_primer.backward_steps` the keys of the boxes that the backward
        pass has come to, the present one last.
    last : Graph or None
        The frame that this one is laid out as.
    """

    def __repr__(self) -> str:
        """Return the number of boxes of each kind."""
        kinds = Counter(node.kind for node in self.nodes)
        return f"<Graph: {', '.join(describe.count(n, kind) for kind, n in kinds.items())}>"

    @cached_property
    def dot(self) -> str:
        """Return the drawing in Graphviz's language, always the same text for the same graph."""
        return to_dot(self)

    @cached_property
    def description(self) -> str:
        """The drawing in words, as screen readers read it."""
        return describe.describe(self)

    @cached_property
    def _svg(self) -> str:
        return self._drawn(standalone=False)

    def _drawn(self, *, standalone: bool) -> str:
        words = describe.title(self), self.description, describe.facts(self)
        return to_svg(self.dot, *words, standalone=standalone)

    def _repr_svg_(self) -> str:
        """Return the drawing as an ``<svg>`` element that follows the page's light or dark."""
        return self._svg

    def _repr_html_(self) -> str:
        """Return the drawing with its title and its legend in a ``<div class="pp-graph">``."""
        return to_html(self._svg, describe.title(self), self.title, describe.legend(self))

    def save(self, path: str | Path) -> None:
        """Write the drawing to a file.

        Parameters
        ----------
        path : str or pathlib.Path
            The suffix chooses the format: ``.svg`` (light or dark as the viewer), ``.png`` (at
            192 dots an inch) or ``.pdf`` (both on white), ``.dot`` (Graphviz source).

        Raises
        ------
        ValueError
            If the suffix is another one.
        """
        path = Path(path)
        suffix = path.suffix.lower()
        if suffix == ".dot":
            path.write_text(self.dot, encoding="utf-8")
        elif suffix == ".svg":
            path.write_text(self._drawn(standalone=True), encoding="utf-8")
        elif suffix == ".pdf":
            path.write_bytes(to_pdf(self.dot))
        elif suffix == ".png":
            path.write_bytes(to_png(self.dot))
        else:
            expected = f"a name that ends in one of {', '.join(SUFFIXES)}"
            raise ValueError(f"path: expected {expected}, got {path.name!r}")
