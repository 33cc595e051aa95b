"""What can be moved on a page: ``.. explorable:: descent`` and its two sisters.

Each is written as modules in ``docs/explore/js`` and comes to the page as one plain script, because
no browser loads modules from disk. Without JavaScript a figure stands in its place, computed at
this build; in a notebook stands a link.
"""

from __future__ import annotations

import html
import os
import posixpath
import re
import zlib
from pathlib import Path
from typing import Any, ClassVar, NamedTuple
from urllib.parse import parse_qsl

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from course_site import digit_reader
from course_site.assets import short
from course_site.cache import kept
from course_site.explore_figures import FIGURES
from course_site.scripts import lesson_of
from course_site.workers import each

MODULES = Path(__file__).parents[1] / "explore/js"
IMPORT = re.compile(r'^import\s+\{[^}]*\}\s+from\s+"\./(\w+)\.js";\n', re.M)
EXPORT = re.compile(r"^export\s+(?=const|function|class|async)", re.M)
DECLARED = re.compile(r"^(?:async )?(?:const|let|function|class)\s+(\w+)", re.M)
FOLDER = "explore"  # of the scripts in `_static`, and of the pages


class Explorable(NamedTuple):
    """An explorable: its title, the state in which it starts, and what a notebook says of it."""

    title: str
    state: str
    sentence: str


EXPLORABLES = {
    "descent": Explorable(
        "Descent explorer",
        "f=line&opt=sgd&lr=0.1&x=-4&steps=20",
        "Choose a surface, an optimizer and a rate, and see the path that they make",
    ),
    "backward": Explorable(
        "Backward, step by step",
        "e=((a%2Bb)*c)%2Bc&a=3&b=4&c=5",
        "Type an expression, and walk its backward pass node by node",
    ),
    "digits": Explorable(
        "Draw a digit",
        "",
        "Draw a digit, and see how the networks of these lessons read it",
    ),
}


# -- scripts -------------------------------------------------------------------------------------


def modules_of(entry: str) -> list[str]:
    """Name the modules of a script, each behind those that it imports."""
    order: list[str] = []

    def visit(name: str) -> None:
        for other in IMPORT.findall(source(name)):
            if other not in order:
                visit(other)
        order.append(name)

    visit(entry)
    return order


def source(name: str) -> str:
    """Read a module."""
    return (MODULES / f"{name}.js").read_text(encoding="utf-8")


def script(entry: str) -> str:
    """Join a module and all that it imports into one script that runs from disk, too.

    Raises
    ------
    ValueError
        If two modules declare the same name, or one has an import or export of another form.
    """
    parts, owners = [], dict[str, str]()
    for name in modules_of(entry):
        text = EXPORT.sub("", IMPORT.sub("", source(name)))
        if left := re.search(r"^(import|export)\b.*", text, re.M):
            raise ValueError(f"{name}.js: cannot be joined with the others: {left[0]}")
        for declared in DECLARED.findall(text):
            if declared in owners:
                raise ValueError(f"{name}.js declares {declared}, as {owners[declared]}.js does")
            owners[declared] = name
        parts.append(text)
    return '"use strict";\n(() => {\n' + "\n".join(parts) + "})();\n"


def folder_of_scripts(builder: Any) -> Path:
    """Give where the scripts of a built site lie."""
    return Path(builder.outdir, "_static", FOLDER)


def write_scripts(app: Sphinx, env: BuildEnvironment) -> None:
    """Put the scripts where pages find them, before pages are written."""
    if not isinstance(app.builder, StandaloneHTMLBuilder):
        return
    folder = folder_of_scripts(app.builder)
    folder.mkdir(parents=True, exist_ok=True)

    def made(name: str) -> str:
        return short(app, f"explore-{name}", script(f"{name}_view"))

    for name, text in zip(EXPLORABLES, each(app.parallel, made, EXPLORABLES), strict=True):
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    if saved := digit_reader.saved():
        text = kept(app.doctreedir, "digits", [saved.read_bytes()], digits_script)
        (folder / "digits_data.js").write_text(text, encoding="utf-8")


def digits_script() -> str:
    """Give the networks of the digits as a script."""
    data = digit_reader.exported()
    return data.script() if data else ""


# -- on the page ---------------------------------------------------------------------------------


class explorable(nodes.General, nodes.Element):  # docutils names nodes so
    """The place of an explorable: its name, size and state, and the figure without JavaScript."""


class ExplorableDirective(SphinxDirective):
    """Read ``.. explorable:: descent``, of a size, in a state that is written as in an address."""

    required_arguments = 1
    option_spec: ClassVar = {
        "size": lambda argument: directives.choice(argument, ("small", "large")),
        "state": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Make the place, and the figure that stands in it until a script fills it."""
        name = self.arguments[0]
        if name not in EXPLORABLES:
            raise self.error(
                f"there is no explorable {name!r}: take one of {', '.join(EXPLORABLES)}"
            )
        state = self.options.get("state", EXPLORABLES[name].state)
        if name == "digits":  # drawn from what a lesson has saved
            self.env.note_dependency(os.environ.get(digit_reader.VARIABLE, ""))
        up = "../" * self.env.docname.count("/")
        node = explorable(
            name=name,
            title=EXPLORABLES[name].title,
            sentence=EXPLORABLES[name].sentence,
            size=self.options.get("size", "large"),
            state=state,
            page=f"{up}{FOLDER}/{name}.html",
            later=lesson_of(self.config, self.env.docname) is not None,
        )
        self.set_source_info(node)
        return [node]


def visit(writer: Any, node: explorable) -> None:
    """Write the place, with its figure for readers without JavaScript."""
    name, state = node["name"], node["state"]
    saved = digit_reader.saved() if name == "digits" else None
    figure = kept(
        writer.builder.doctreedir,
        f"explore/{name}-{zlib.crc32(state.encode()):08x}",
        (state.encode(), saved.read_bytes() if saved else b""),
        lambda: FIGURES[name](dict(parse_qsl(state))),
    )
    path = f"explore_{name}_{zlib.crc32(figure.svg.encode()):08x}.svg"
    folder = Path(writer.builder.outdir, writer.builder.imagedir)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(figure.svg, encoding="utf-8")
    attributes = {
        "class": f"explorable explorable-{name} explorable-{node['size']}",
        "data-explorable": name,
        "data-size": node["size"],
        "data-state": state,
        "data-page": node["page"],
    }
    up = f"{node['page'].removesuffix(f'{FOLDER}/{name}.html')}_static/{FOLDER}"
    # What changes with the script, so that no browser keeps an old one.
    version = zlib.crc32((folder_of_scripts(writer.builder) / f"{name}.js").read_bytes())
    sources = [f"{up}/{name}.js?v={version:08x}"]
    if name == "digits" and digit_reader.exported():
        attributes["data-networks"] = f"{up}/digits_data.js"
        if node["size"] == "large":
            sources.insert(0, f"{up}/digits_data.js")
    picture = (
        f'<img class="lesson-figure" src="{posixpath.join(writer.builder.imgpath, path)}"'
        f' alt="{html.escape(figure.alt)}" width="{figure.width}" height="{figure.height}"'
        ' loading="lazy">'
    )
    words = "<p>With JavaScript this can be moved.</p>"
    if node["later"]:
        # In a lesson the figure stands there until a reader comes near, for whom the script is
        # fetched, which fills the place.
        attributes["data-script"] = sources[-1]
        inside = f'<div class="explorable-still">{picture}</div><noscript>{words}</noscript>'
        run = ""
    else:
        # It is what a page opens with: its script stands right behind its place, so that nothing
        # below it is there yet to move. Not where it brings half a megabyte: that may come later.
        inside = f"<noscript>{picture}{words}</noscript>"
        defer = " defer" * (len(sources) > 1)
        run = "".join(f'<script{defer} src="{source}"></script>' for source in sources)
    said = " ".join(f'{key}="{html.escape(value)}"' for key, value in attributes.items())
    writer.body.append(f"<div {said}>{inside}</div>{run}\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Add the directive, and write the scripts before the pages."""
    app.add_node(explorable, html=(visit, None))
    app.add_directive("explorable", ExplorableDirective)
    app.connect("env-updated", write_scripts)
