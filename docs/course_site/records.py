"""What was measured and recorded, as tables: the directive ``record``, with the name of a table.

The records are written by the sessions that measure, ``nox -s bench``, ``proof`` and
``lighthouse``; a page shows them as they are, and an aim that was missed in bold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from course_site.numbers import OUTPUT

Recorded = Mapping[str, Any]
PROOF_AIMS = {"asserted": 0.98, "prose": 0.95}
LIGHTHOUSE_AIM = 98
LIGHTHOUSE = ("performance", "accessibility", "best-practices", "seo")


def table(heads: str, rows: Iterable[Iterable[object]], numbers: int) -> str:
    """Write a table in Markdown; its last columns, `numbers` of them, stand to the right."""
    columns = heads.split(", ")
    marks = [":--"] * (len(columns) - numbers) + ["--:"] * numbers
    lines = [columns, marks, *([str(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def marked(text: str, *, reached: bool) -> str:
    """Make bold what misses its aim."""
    return text if reached else f"**{text}**"


def taken_on(record: Recorded) -> str:
    """Name the machine of a record."""
    return ", ".join(f"{name} {value}" for name, value in record["machine"].items())


def benchmarks(record: Recorded) -> str:
    """Show the helpers of the library beside what people use for the same job."""
    assert not record["quick"]
    rows = []
    for x in record["rows"]:
        result = marked("reached" if x["reached"] else "missed", reached=x["reached"])
        rows.append([*(x[name] for name in ("what", "against", "measured", "aim")), result])
    heads = "what, against, measured, aim, result"
    return f"Machine: {taken_on(record)}.\n\n{table(heads, rows, 0)}"


def noticed(figures: Mapping[str, int], aim: float = 0.0) -> str:
    """Say how many of the changed numbers were noticed."""
    share = figures["noticed"] / max(1, figures["changed"])
    said = f"{figures['noticed']} of {figures['changed']} ({100 * share:.1f} %)"
    return marked(said, reached=share >= aim)


def proof(record: Recorded) -> str:
    """Show how many wrong numbers were noticed, lesson by lesson."""
    rows = [
        [f"[](/lessons/{x['lesson']})", *map(noticed, (x["asserted"], x["prose"]))]
        for x in record["lessons"]
    ]
    rows.append(["all", *(noticed(record["all"][kind], aim) for kind, aim in PROOF_AIMS.items())])
    return table("lesson, changed assertions noticed, changed prose noticed", rows, 2)


def lighthouse(record: Recorded) -> str:
    """Show the scores of some pages."""
    rows = []
    for title, x in record.items():
        scores = [marked(f"{x[kind]}", reached=x[kind] >= LIGHTHOUSE_AIM) for kind in LIGHTHOUSE]
        paint, blocked = x["first-contentful-paint"], x["total-blocking-time"]
        shift = x["cumulative-layout-shift"]
        rows.append([title, *scores, f"{paint / 1000:.1f} s", f"{blocked:.0f} ms", shift])
    heads = "page, speed, accessibility, practices, SEO, first paint, blocked, shift"
    return table(heads, rows, 7)


def builds(record: Recorded) -> str:
    """Show how long builds of the site take, beside what they cannot do without."""
    rows = []
    for x in record["rows"]:
        ratio = x["seconds"] / x["against"]
        measured = marked(f"{ratio:.2f}", reached=ratio <= x["aim"])
        rows.append((x["what"], f"{x['seconds']:.1f}", measured, x["aim"], f"{x['memory']:.0f}"))
    return table("build, seconds, ratio, aim, peak (MB)", rows, 4)


def growth(record: Recorded) -> str:
    """Show how builds grow with the number of lessons."""
    rows = [
        (x["lessons"], f"{x['cold']:.1f}", f"{x['again']:.1f}", f"{x['memory']:.0f}")
        for x in record["growth"]
    ]
    heads = "lessons, from nothing (seconds), nothing changed (seconds), peak (MB)"
    times = f"Medians of {record['times']}" if record["times"] > 1 else "One run of each"
    return f"{table(heads, rows, 4)}\n\n{times}, on: {taken_on(record)}."


# The table of each name, and the record that it shows.
TABLES: dict[str, tuple[str, Callable[[Recorded], str]]] = {
    "benchmarks": ("benchmarks.json", benchmarks),
    "proof": ("proof.json", proof),
    "lighthouse": ("lighthouse.json", lighthouse),
    "builds": ("builds.json", builds),
    "growth": ("builds.json", growth),
}


class Record(SphinxDirective):
    """Show one of the tables in `TABLES`."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Write the table as a page does."""
        name, write = TABLES[directives.choice(self.arguments[0], tuple(TABLES))]
        record = json.loads(Path(self.env.srcdir, name).read_text(encoding="utf-8"))
        return [nodes.container("", *self.parse_text_to_nodes(write(record)), classes=[OUTPUT])]


def setup(app: Sphinx) -> None:
    """Offer the directive."""
    app.add_directive("record", Record)
