"""What several steps do with doctrees: look at what lies around a node, and write an element."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from docutils import nodes

Visit = Callable[[Any, nodes.Element], None]


def around(node: nodes.Node) -> Iterator[nodes.Element]:
    """Give what a node lies in, from the innermost outwards."""
    while (node := node.parent) is not None:
        yield node


def closing(tag: str) -> Visit:
    """Give the function that closes an element."""

    def depart(writer: Any, node: nodes.Element) -> None:
        writer.body.append(f"</{tag}>\n")

    return depart


def box(css: str) -> tuple[Visit, Visit]:
    """Give the functions that open and close a box of a class."""

    def visit(writer: Any, node: nodes.Element) -> None:
        writer.body.append(writer.starttag(node, "div", CLASS=css))

    return visit, closing("div")
