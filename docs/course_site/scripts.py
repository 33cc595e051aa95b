"""Which lessons run, in which order, from which state, and where their warnings point.

sphinx-gallery fails a build for a lesson that raises, naming the lesson and the line. `reset` makes
warnings raise while a lesson runs, so that they are reported in the same way. All other warnings
about a lesson's page name the line of its script, which is what its author edits.
"""

from __future__ import annotations

import logging as py_logging
import random
import re
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from docutils import nodes
from matplotlib.font_manager import fontManager
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx.util.logging import NAMESPACE
from sphinx_gallery.gen_rst import generate_file_rst
from sphinx_gallery.utils import get_md5sum

from pytorch_primer.exercises.exercise import written_ids
from pytorch_primer.outline import FILE, Lesson, Outline, read_outline

logger = logging.getLogger(__name__)

TYPEFACE = Path(__file__).parents[1] / "_build/matplotlib"  # for figures; `look` writes it

# Tools that run beside a lesson; what they warn of is not for its author to repair.
BUILD_TOOLS = r"(sphinx|sphinx_gallery|docutils)(\.|$)"

OUTPUT_PROBLEMS = {
    r"\bat 0x[0-9a-f]{6,}": "a memory address",
    r"<matplotlib\.|<Axes|<Figure size": "a bare Matplotlib object",
    r"Traceback \(most recent call last\)": "a traceback",
}

_lesson_warnings = warnings.catch_warnings()


def reset(gallery_conf: dict[str, Any], fname: str, when: str) -> None:
    """Prepare the process for a lesson (`when` is "before"), or tidy up "after" it."""
    global _lesson_warnings
    if when == "after":
        _lesson_warnings.__exit__(None, None, None)
        return
    _lesson_warnings = warnings.catch_warnings()
    _lesson_warnings.__enter__()
    warnings.simplefilter("error")
    warnings.filterwarnings("default", module=BUILD_TOOLS)
    known = {font.fname for font in fontManager.ttflist}
    for path in sorted(map(str, TYPEFACE.glob("*.ttf"))):
        if path not in known:
            fontManager.addfont(path)
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)
    torch.set_num_threads(1)  # two threads on small tensors were up to 18 times slower
    torch.set_grad_enabled(True)
    torch.set_default_dtype(torch.float32)
    torch.set_default_device(None)
    torch.set_printoptions(profile="default")  # type: ignore[no-untyped-call]
    if torch.are_deterministic_algorithms_enabled():  # to say so anew loads a compiler
        torch.use_deterministic_algorithms(False)


def run_script(script: Path, srcdir: Path, conf: dict[str, Any]) -> tuple[str | None, float]:
    """Run one lesson as sphinx-gallery does, with `srcdir` in place of the source folder.

    Returns
    -------
    failure : str or None
        The traceback of a lesson that fails.
    seconds : float
        How long it ran.
    """
    target = Path(srcdir, conf["gallery_dirs"], script.parent.name)
    (target / "images/thumb").mkdir(parents=True)
    settings = {**conf, "src_dir": str(srcdir)}
    _, _, (seconds, _), found = generate_file_rst(script.name, target, script.parent, settings)
    return found.get("formatted_exception"), seconds


def mark_done(script: Path) -> None:
    """Have sphinx-gallery take the page beside the copy of a script as it is."""
    script.with_name(f"{script.name}.md5").write_text(get_md5sum(script, mode="t"), "utf-8")


def note_run(conf: dict[str, Any], page: Path, script: Path, failure: str | None) -> None:
    """Correct what sphinx-gallery says of a lesson that it has taken as it was.

    Parameters
    ----------
    conf
        The settings of sphinx-gallery, in which it notes how each lesson ended.
    page
        The copy of the script beside its page.
    script
        The script itself.
    failure
        The traceback of a lesson that failed.
    """
    conf["stale_examples"][:] = [name for name in conf["stale_examples"] if name != str(page)]
    if failure is None:
        conf["passing_examples"].append(str(script))
    else:
        conf["failing_examples"][str(script)] = failure
        page.with_name(f"{page.name}.md5").unlink(missing_ok=True)


def problems_of(output: str, folders: list[str]) -> list[str]:
    """Say what of `output` would differ on another machine, or puzzle a reader."""
    found = [what for pattern, what in OUTPUT_PROBLEMS.items() if re.search(pattern, output)]
    return found + [f"a path of this machine, {folder}" for folder in folders if folder in output]


def check_outputs(app: Sphinx, doctree: nodes.document) -> None:
    """Warn of what no lesson should print."""
    folders = [str(Path(app.srcdir).parent), sys.prefix]
    for block in doctree.findall(nodes.literal_block):
        if "sphx-glr-script-out" in block["classes"] and block.get("language") == "none":
            for problem in problems_of(block.astext(), folders):
                logger.warning("the output shows %s", problem, location=block, type="lesson")


# -- order ---------------------------------------------------------------------------------------


def outline_of(config: Config) -> Outline:
    """Give the outline of the course that is built."""
    return read_outline(Path(config.outline_file))


def lesson_of(config: Config, docname: str) -> Lesson | None:
    """Give a lesson by the name of its page; None for other pages."""
    folder = config.sphinx_gallery_conf["gallery_dirs"]
    return outline_of(config).lesson(docname.removeprefix(f"{folder}/"))


def page_of(config: Config, lesson: str) -> str:
    """Give the name of the page of a lesson, which is named by folder and file."""
    return f"{config.sphinx_gallery_conf['gallery_dirs']}/{lesson}"


class CourseOrder:
    """Sort the scripts of one folder as the outline has them; sphinx-gallery makes one for each."""

    outline: Outline

    def __init__(self, src_dir: str) -> None:
        self.folder = Path(src_dir).name

    def __call__(self, filename: str) -> int:
        """Give the place of a script; one that is in no part comes last."""
        names = [lesson.name for lesson in self.outline.lessons]
        name = f"{self.folder}/{Path(filename).stem}"
        return names.index(name) if name in names else len(names)


def set_order(app: Sphinx, config: Config) -> None:
    """Hand the order of the outline to sphinx-gallery, before it reads its settings."""
    CourseOrder.outline = outline_of(config)
    conf = config.sphinx_gallery_conf
    folders = [part.folder for part in CourseOrder.outline.parts]
    conf["subsection_order"] = [f"{conf['examples_dirs']}/{folder}" for folder in folders]


def check_outline(app: Sphinx) -> None:
    """Warn of every lesson and exercise that is not in the outline, or is only there."""
    gallery = Path(app.srcdir, app.config.sphinx_gallery_conf["examples_dirs"])
    scripts = [f"{path.parent.name}/{path.stem}" for path in sorted(gallery.glob("*/plot_*.py"))]
    outline = outline_of(app.config)
    exercises = written_ids() if outline.file == FILE else outline.exercises
    for problem in outline.problems(scripts, exercises):
        logger.warning("%s", problem, location=f"{outline.file}:1", type="outline")


# -- where warnings point ------------------------------------------------------------------------

# What sphinx-gallery writes before a cell (with the lines of the script) and before the title.
CELL = re.compile(r"\.\. GENERATED FROM PYTHON SOURCE LINES (\d+)-(\d+)")
TITLE = re.compile(r"\.\. _sphx_glr_(?!download_).*:$")
WARNING_PLACE = re.compile(r"(?P<page>.+\.rst):(?P<line>\d+)")


def script_line(page: list[str], line: int) -> int | None:
    """Give the line of the script that line `line` of its page (both from 1) came from."""
    for mark in range(min(line, len(page)), 0, -1):
        text = page[mark - 1]
        if cell := CELL.match(text):
            first, after = int(cell[1]), int(cell[2])
            return max(first, min(first + line - mark - 2, after - 1))
        if TITLE.match(text):
            return max(1, line - mark - 1)
    return None


class ScriptPlaces(py_logging.Filter):
    """Replace the place in a page by the place in the script, in every record that names one."""

    def __init__(self, pages: Path, scripts: Path) -> None:
        super().__init__()
        self.pages = pages
        self.scripts = scripts

    def filter(self, record: py_logging.LogRecord) -> bool:
        """Let every record pass, with its place translated."""
        place = WARNING_PLACE.match(str(getattr(record, "location", None) or ""))
        if place and Path(place["page"]).is_relative_to(self.pages):
            page = Path(place["page"])
            script = self.scripts / page.relative_to(self.pages).with_suffix(".py")
            if script.exists():
                lines = page.read_text(encoding="utf-8").splitlines()
                number = script_line(lines, int(place["line"]))
                record.location = f"{script}:{number}" if number else str(script)
        return True


def translate_places(app: Sphinx) -> None:
    """Translate what Sphinx's handlers are about to print."""
    conf = app.config.sphinx_gallery_conf
    source = Path(app.srcdir)
    places = ScriptPlaces(
        pages=(source / conf["gallery_dirs"]).resolve(),
        scripts=(source / conf["examples_dirs"]).resolve(),
    )
    for handler in py_logging.getLogger(NAMESPACE).handlers:
        handler.addFilter(places)


def setup(app: Sphinx) -> None:
    """Set the order before sphinx-gallery starts; check outputs of every page that is read."""
    app.add_config_value("outline_file", str(FILE), "env", str)
    app.connect("config-inited", set_order, priority=1)
    app.connect("builder-inited", translate_places, priority=1)
    app.connect("builder-inited", check_outline, priority=2)
    app.connect("doctree-read", check_outputs)
