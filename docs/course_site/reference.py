"""The reference of the library: ``{reference}`` with names documents each and says who uses it."""

from __future__ import annotations

import dataclasses
import html
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import pytorch_primer

TOPIC = re.compile(r"^## (.+?)\n\n```\{reference\}\n(.*?)```", re.M | re.S)
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
        """Write the entries in reST, which autodoc needs, and have them read by a MyST page."""
        names = " ".join(self.content).split()
        unknown = set(names) - set(pytorch_primer.__all__)
        if unknown:
            raise self.error(f"not public in pytorch_primer: {', '.join(sorted(unknown))}")
        rst = "\n".join(map(entry, names))
        return list(flat(self.parse_text_to_nodes(f"```{{eval-rst}}\n{rst}\n```")))


class ReferenceSummary(SphinxDirective):
    """Put a table of all that the page documents before it: name and one line, by topic."""

    def run(self) -> list[nodes.Node]:
        """Read the topics from the page itself."""
        text = Path(self.env.doc2path(self.env.docname)).read_text(encoding="utf-8")
        rows = []
        for topic, names in TOPIC.findall(text):
            rows.append(f'<tr><th colspan="2" scope="rowgroup">{html.escape(topic)}</th></tr>')
            for name in names.split():
                line = (inspect.getdoc(getattr(pytorch_primer, name, None)) or "").partition("\n")
                words = html.escape(line[0]).replace("``", "").replace("`", "")
                rows.append(
                    f'<tr><td><a href="#pytorch_primer.{name}"><code>{name}</code></a></td>'
                    f"<td>{words}</td></tr>"
                )
        table = f'<table class="docutils summary"><tbody>{"".join(rows)}</tbody></table>'
        wrapped = f'<div class="table-wrapper container">{table}</div>'
        return [nodes.raw("", wrapped, format="html")]


def entry(name: str) -> str:
    """Write the entry of one public name."""
    documented = getattr(pytorch_primer, name)
    if not inspect.isclass(documented):
        return ENTRY.format(directive="autofunction", name=name, options="")
    options = f"   :members:\n   :exclude-members: {', '.join(fields(documented))}\n"
    return ENTRY.format(directive="autoclass", name=name, options=options)


def flat(read: list[nodes.Node]) -> Iterator[nodes.Node]:
    """Make headings of sections, or what comes behind one would seem to be a part of it."""
    for node in read:
        if not isinstance(node, nodes.section):
            yield node
            continue
        title, *rest = node.children
        yield nodes.rubric("", "", *title.children, ids=node["ids"], **{"heading-level": 3})
        yield from flat(rest)


def fields(cls: type) -> list[str]:
    """Name the fields of a data class or named tuple, which its docstring describes already."""
    if dataclasses.is_dataclass(cls):
        return [field.name for field in dataclasses.fields(cls)]
    return list(getattr(cls, "_fields", ()))


def plain_word(app: Sphinx, env: Any, node: Any, text: nodes.Node) -> nodes.Node | None:
    """Leave "optional", which numpydoc puts behind a type, without a link."""
    return text if node.get("reftarget") == "optional" else None


def setup(app: Sphinx) -> None:
    """Add the directive."""
    app.add_directive("reference", Reference)
    app.add_directive("reference-summary", ReferenceSummary)
    app.connect("missing-reference", plain_word)
