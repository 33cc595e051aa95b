"""What stands at the top of a lesson: a line with run time and downloads, and the box of aims.

A lesson's first cell has, under its title::

    .. lesson::
       :assumes: autograd/plot_2_computation_graph; the chain rule of school calculus

       - three things
       - that the reader
       - will be able to do

``:assumes:`` lists lessons (as ``part/plot_N_topic``) and texts, separated by semicolons. The
reading time is counted, not claimed. What a lesson says of itself is kept for other pages, in
`store`.

Below it stands the line that installs what the lesson imports, from the wheel that the site serves;
``.. install-line::`` puts it on other pages.

The line offers to open the notebook somewhere else, too: in Colab, Binder or a JupyterHub. They
need a place from which they can fetch it: the branch ``notebooks`` of the project's repository, to
which the publishing workflow pushes what it has built. So a link appears only when the address of
the repository is configured (``REPOSITORY_URL``), and the one for a hub only when the hub's is, too
(``JUPYTERHUB_URL``).
"""

from __future__ import annotations

import html
import json
import math
import os
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import ClassVar, NamedTuple
from urllib.parse import quote, urlencode, urljoin

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from course_site import store
from course_site.doctrees import around, box
from course_site.scripts import outline_of, page_of
from pytorch_primer.outline import Lesson, Part

logger = logging.getLogger(__name__)

PACKAGE = "pytorch_primer"
RUN_TIMES = "run_times.js"
SAY_RUN_TIMES = """\
var RUN_TIMES = {said};
for (const place of document.querySelectorAll("[data-run-of]")) {{
  place.textContent = RUN_TIMES[place.dataset.runOf] ?? place.textContent;
}}
"""
WORDS_PER_MINUTE = 200
AIMS = 3
BRANCH = "notebooks"
LESSON = re.compile(r"\w+/plot_\w+")
NOT_READ = (nodes.comment, nodes.raw, nodes.math, nodes.math_block)
# sphinx-gallery's own note, footer and list of tags, which the line at the top replaces.
GALLERY_BOXES = {"sphx-glr-download-link-note", "sphx-glr-footer", "sphx-glr-example-tags"}


class lesson_box(nodes.container):  # docutils names nodes so
    """The box of aims; its options wait in it until the page has been read."""


class reading_time(nodes.inline):
    """Where the reading time will stand."""


class LessonBox(SphinxDirective):
    """Read ``.. lesson::``."""

    has_content = True
    option_spec: ClassVar = {
        "assumes": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Make the box from the aims and what is assumed."""
        aims = self.parse_content_to_nodes()
        if len(aims) != 1 or not isinstance(aims[0], nodes.bullet_list) or len(aims[0]) != AIMS:
            raise self.error(f"the lesson directive needs a list of exactly {AIMS} aims")
        box = lesson_box()
        box["assumes"] = [
            s.strip() for s in self.options.get("assumes", "").split(";") if s.strip()
        ]
        box += nodes.paragraph("", "After this lesson you can", classes=["lesson-box-title"])
        box += aims
        facts = nodes.container(classes=["lesson-facts"])
        if box["assumes"]:
            facts += self.fact("Assumes", self.assumptions(box["assumes"]))
        facts += self.fact("Reading time", [reading_time()])
        box += facts
        self.set_source_info(box)
        return [box]

    def fact(self, name: str, value: list[nodes.Node]) -> nodes.paragraph:
        """Make one of the facts under the aims."""
        return nodes.paragraph("", "", nodes.strong("", name), nodes.Text(" "), *value)

    def assumptions(self, items: list[str]) -> list[nodes.Node]:
        """Link the lessons among the assumptions; read the others as text."""
        found: list[nodes.Node] = []
        for item in items:
            if found:
                found.append(nodes.Text(", "))
            text = f":doc:`/{page_of(self.config, item)}`" if LESSON.fullmatch(item) else item
            parsed, messages = self.parse_inline(text)
            found += [*parsed, *messages]
        return found


def is_lesson(app: Sphinx, docname: str) -> bool:
    """Whether sphinx-gallery made this page from a script."""
    folder = app.config.sphinx_gallery_conf["gallery_dirs"]
    return docname.startswith(f"{folder}/") and Path(app.srcdir, f"{docname}.py").exists()


def run_seconds(page: Path) -> float | None:
    """Give how long the lesson ran, or None if it never has."""
    cost = page.with_name(page.name + ".cost.json")
    return float(json.loads(cost.read_text("utf-8"))["time"]) if cost.exists() else None


def is_practice(node: nodes.Node) -> bool:
    """Whether a node belongs to a practice item, which is done and not read."""
    return any(type(each).__name__ == "practice_item" for each in around(node))


def count_words(doctree: nodes.Node) -> int:
    """Count what a reader reads: prose and code, but no outputs, formulas and practice."""
    texts = [
        text
        for text in doctree.findall(nodes.Text)
        if not isinstance(text.parent, NOT_READ)
        and not is_practice(text)
        and "sphx-glr-script-out" not in getattr(text.parent, "attributes", {}).get("classes", ())
    ]
    return sum(len(text.astext().split()) for text in texts)


def finish_header(app: Sphinx, doctree: nodes.document) -> None:
    """Put the line and the reading time into a lesson, and take sphinx-gallery's boxes out."""
    docname = app.env.docname
    if not is_lesson(app, docname):
        return
    for node in list(doctree.findall(nodes.Element)):
        if GALLERY_BOXES & set(node.get("classes", ())) and node.parent is not None:
            node.parent.remove(node)
    boxes = list(doctree.findall(lesson_box))
    section = next(doctree.findall(nodes.section))
    if len(boxes) != 1:
        logger.warning("a lesson needs one lesson directive", location=(docname, 1), type="lesson")
        return
    box = boxes[0]
    minutes = math.ceil(count_words(doctree) / WORDS_PER_MINUTE)
    for place in list(box.findall(reading_time)):
        place.replace_self(nodes.Text(f"{minutes} minutes" if minutes > 1 else "1 minute"))
    ran = run_seconds(Path(app.srcdir, docname)) is not None
    config = app.config
    links = launch_links(config.repository_url, config.jupyterhub_url, f"{docname}.ipynb")
    line = header_line(docname, ran, links) + install_line(config.html_baseurl)
    section.insert(1, nodes.raw("", line, format="html"))
    store.record(app.env, docname).lesson = store.LessonFacts(
        title=section[0].astext(),
        aims=tuple(item.astext() for item in box.findall(nodes.list_item)),
        assumes=tuple(box["assumes"]),
        reading_minutes=minutes,
    )


class Stop(NamedTuple):
    """A lesson that was read: its place in the outline, its page, and what it says of itself."""

    lesson: Lesson
    page: str
    facts: store.LessonFacts


def stops_of(app: Sphinx, part: Part) -> list[Stop]:
    """Give those lessons of a part that were read."""
    facts = store.lessons_of(app.env)
    pages = ((lesson, page_of(app.config, lesson.name)) for lesson in part.lessons)
    return [Stop(lesson, page, facts[page]) for lesson, page in pages if page in facts]


def course(app: Sphinx) -> list[tuple[Part, list[Stop]]]:
    """Give the parts that have lessons which were read, each with those."""
    parts = ((part, stops_of(app, part)) for part in outline_of(app.config).parts)
    return [(part, stops) for part, stops in parts if stops]


def stops(app: Sphinx) -> list[Stop]:
    """Give the lessons that were read, in the order of the course."""
    return [stop for _, of_part in course(app) for stop in of_part]


def header_line(page: str, ran: bool, links: Sequence[tuple[str, str]] = ()) -> str:
    """Write the line with run time and downloads; `downloads` puts the files beside the page.

    How long the lesson ran is another number in each build: it stands in a file of its own.
    """
    name, up = PurePosixPath(page).name, "../" * page.count("/")
    script = f'<script src="{up}_static/{RUN_TIMES}" defer></script>' if ran else ""
    facts = [f'<a download href="{name}.ipynb">Jupyter notebook</a>']
    facts.append(f'<a download href="{name}.py">Python script</a>')
    facts += [f'<a href="{html.escape(address)}">{text}</a>' for text, address in links]
    # The last, and about as long as what takes its place: nothing moves then.
    facts += [f'<span data-run-of="{page}">Has been run</span>'] if ran else []
    line = f'<p class="lesson-line">{" · ".join(facts)}</p>'
    return f'{line}<p class="lesson-progress"></p>{script}'


def run_times(seconds: Mapping[str, float]) -> str:
    """Write the script that says on each lesson's page how long it ran."""
    said = {page: f"Run in {max(each, 0.1):.1f} s" for page, each in sorted(seconds.items())}
    return SAY_RUN_TIMES.format(said=json.dumps(said, indent=1))


def wheel_name() -> str:
    """Name the wheel of the package, which lies at the root of the site."""
    return f"{PACKAGE}-{version(PACKAGE)}-py3-none-any.whl"


def install_line(site: str) -> str:
    """Write the line that installs the package, to be copied."""
    command = f"python -m pip install {urljoin(site, wheel_name())}"
    return (
        '<div class="install highlight-shell notranslate"><div class="highlight">'
        f"<pre>{html.escape(command)}</pre></div></div>\n"
    )


class InstallLine(SphinxDirective):
    """Read ``.. install-line::``."""

    def run(self) -> list[nodes.Node]:
        """Write the line."""
        return [nodes.raw("", install_line(self.config.html_baseurl), format="html")]


def launch_links(repository: str, hub: str, path: str) -> list[tuple[str, str]]:
    """Give name and address of each service that can open a notebook.

    Parameters
    ----------
    repository : str
        Address of the repository, or nothing. Colab and Binder know those on GitHub.
    hub : str
        Address of a JupyterHub with nbgitpuller, or nothing.
    path : str
        The notebook's path in the branch.
    """
    links = []
    repository = repository.rstrip("/").removesuffix(".git")
    if match := re.fullmatch(r"https://github\.com/([\w.-]+/[\w.-]+)", repository):
        name, file = match[1], quote(path)
        colab = f"https://colab.research.google.com/github/{name}/blob/{BRANCH}/{file}"
        links.append(("Open in Colab", colab))
        query = urlencode({"labpath": path})
        links.append(("Open in Binder", f"https://mybinder.org/v2/gh/{name}/{BRANCH}?{query}"))
    if repository and hub:
        folder = repository.rpartition("/")[2]
        asked = {"repo": repository, "branch": BRANCH, "urlpath": f"lab/tree/{folder}/{path}"}
        pull = f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(asked)}"
        links.append(("Open on JupyterHub", pull))
    return links


def setup(app: Sphinx) -> None:
    """Add the directive, and finish each lesson before Sphinx collects its downloads."""
    app.add_config_value("repository_url", os.environ.get("REPOSITORY_URL", ""), "env", str)
    app.add_config_value("jupyterhub_url", os.environ.get("JUPYTERHUB_URL", ""), "env", str)
    app.add_directive("lesson", LessonBox)
    app.add_directive("install-line", InstallLine)
    app.add_node(lesson_box, html=box("lesson-box"))
    app.connect("doctree-read", finish_header, priority=400)
