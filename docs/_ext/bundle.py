"""The course to take along: notebooks with the package as one zip, and the whole site as another.

``downloads/course.zip`` has all that it takes to work offline after one installation;
``downloads/site.zip`` is read by opening its ``index.html`` from disk. Both have the same bytes
each time the same site is built.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FOLDER = "downloads"
COURSE, SITE = "course.zip", "site.zip"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold
README = """\
The PyTorch Primer, to take along
=================================

1. Unpack this archive and open a terminal in its folder.
2. Make an environment and install the course (this needs a network, once):

       python3 -m venv .venv
       .venv/bin/python -m pip install -c constraints.txt {wheel} jupyterlab

   On Windows write .venv\\Scripts\\python for .venv/bin/python.
3. Start Jupyter, now and later without a network:

       .venv/bin/python -m jupyterlab

lessons/     the lessons, one notebook each, part by part
worksheets/  the exercises of each part to fill in; *_solutions.ipynb has the answers
"""


class BundleLinks(SphinxDirective):
    """Link both archives from a page in the site's root."""

    def run(self) -> list[nodes.Node]:
        """Make a list of two links."""
        texts = {
            COURSE: "The course: all notebooks and worksheets, the package, and a README",
            SITE: "The site: unpack it and open index.html",
        }
        items = nodes.bullet_list()
        for name, text in texts.items():
            link = nodes.reference("", text, refuri=f"{FOLDER}/{name}", internal=True)
            items += nodes.list_item("", nodes.paragraph("", "", link))
        return [items]


def write_zip(path: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Pack named contents so that the same contents give the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files):
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)


def course_files(site: Path, constraints: Path) -> dict[str, bytes]:
    """Collect what stands in the course's archive."""
    notebooks = [*site.glob("lessons/*/plot_*.ipynb"), *site.glob("worksheets/*.ipynb")]
    wheels = list(site.glob("*.whl"))
    files = {path.relative_to(site).as_posix(): path.read_bytes() for path in notebooks + wheels}
    wheel = wheels[0].name if wheels else "pytorch-primer"
    files["README.txt"] = README.format(wheel=wheel).encode()
    if constraints.exists():
        files["constraints.txt"] = constraints.read_bytes()
    return {f"pytorch_primer/{name}": content for name, content in files.items()}


def site_files(site: Path) -> dict[str, bytes]:
    """Collect all that is served but this archive itself."""
    paths = (path for path in site.rglob("*") if path.is_file())
    return {
        f"pytorch_primer_site/{name}": path.read_bytes()
        for path in paths
        if not (name := path.relative_to(site).as_posix()).startswith((f"{FOLDER}/{SITE}", "."))
    }


def write_archives(app: Sphinx, error: Exception | None) -> None:
    """Write both archives into the finished site."""
    if error is not None or app.builder.format != "html":
        return
    site = Path(app.outdir)
    (site / FOLDER).mkdir(exist_ok=True)
    constraints = Path(app.srcdir).parent / "constraints.txt"
    write_zip(site / FOLDER / COURSE, course_files(site, constraints).items())
    write_zip(site / FOLDER / SITE, site_files(site).items())


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the archives when everything else has been written and repaired."""
    app.add_directive("bundle-links", BundleLinks)
    app.connect("build-finished", write_archives, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
