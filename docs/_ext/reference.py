"""The reference of the library: ``{reference}`` with names documents each and says who uses it."""

from __future__ import annotations

import inspect
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import pytorch_primer

ENTRY = """\
.. {directive}:: pytorch_primer.{name}
{options}
.. minigallery:: pytorch_primer.{name}
   :add-heading: Lessons that use ``{name}``
   :heading-level: .

"""


class Reference(SphinxDirective):
    """Document the public names that are listed, each with the lessons that use it."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Write the entries in reST, and have them read."""
        names = " ".join(self.content).split()
        unknown = set(names) - set(pytorch_primer.__all__)
        if unknown:
            raise self.error(f"not public in pytorch_primer: {', '.join(sorted(unknown))}")
        return self.parse_text_to_nodes("\n".join(map(entry, names)))


def entry(name: str) -> str:
    """Write the entry of one public name."""
    is_class = inspect.isclass(getattr(pytorch_primer, name))
    directive = "autoclass" if is_class else "autofunction"
    return ENTRY.format(
        directive=directive, name=name, options="   :members:\n" if is_class else ""
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directive."""
    app.add_directive("reference", Reference)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
