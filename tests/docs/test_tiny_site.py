"""What readers get: the pages and downloads of a tiny site with every kind of thing in it."""

from __future__ import annotations

import json
import pickle
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import imageio_ffmpeg
import nbformat
import pytest
import torch
from tests.docs.tiny_sites import SITE_URL, watched, without_network

from course_site import store

LESSON = "lessons/autograd/plot_9_everything"
QUIET = "lessons/optimisation/plot_9_no_figure"
EXERCISE = "lessons/optimisation/plot_1_exercise"
SECRET = "secret_of_the_lesson"  # stands in a hidden block


@pytest.fixture(scope="module")
def lesson(good):
    return good.page(f"{LESSON}.html")


def cells(good, name=LESSON):
    return nbformat.read(good.html / f"{name}.ipynb", as_version=4).cells


def markdown(good, name=LESSON):
    return "\n\n".join(c.source for c in cells(good, name) if c.cell_type == "markdown")


# -- The build -----------------------------------------------------------------------------------


def test_strict_build_succeeds(good):
    assert good.returncode == 0, good.log
    assert ": WARNING:" not in good.log


def test_nothing_asked_for_a_network(good):
    assert good.refused_sockets == ""


def test_time_of_each_step_is_printed(good):
    table = good.log[good.log.index("configuration and imports") - 20 :]
    rows = re.findall(r"^ *([\d.]+) s  (.+)$", table, re.M)
    steps = ["configuration and imports", "lessons", "reading pages", "writing pages", "all"]
    assert [name for _, name in rows if name in steps] == steps
    assert {"autograd/plot_9_everything", "optimisation/plot_9_no_figure"} <= {n for _, n in rows}


def test_build_facts_lie_beside_the_pages(good):
    facts = json.loads((good.html / "build.json").read_text())
    assert [lesson["lesson"] for lesson in facts["lessons"]] == [
        "optimisation/plot_9_no_figure",
        "optimisation/plot_1_exercise",
        "autograd/plot_9_everything",
    ]
    assert all(lesson["passed"] for lesson in facts["lessons"])
    # The build of torch ("+cu130") is no part of a package's public version.
    assert facts["versions"]["torch"] == torch.__version__.partition("+")[0]
    assert facts["lessons"][0]["seconds"] > 0


def test_a_page_shows_a_record(good):
    table = good.page("page.html").select_one(".output table")
    cells = [cell.get_text() for cell in table.select("tbody td")]
    assert cells == ["Home", "97", "100", "98", "100", "1.0 s", "12 ms", "0.01"]
    assert [cell.get_text() for cell in table.select("td strong")] == ["97"]


def test_a_page_shows_pairs_of_then_and_now(good):
    page = good.page("page.html")
    pair = page.select_one(".pair")
    assert [it.get_text() for it in pair.select("strong")] == ["Then", "Now"]
    assert "torch.norm(" in pair.select_one(".then pre").get_text()
    assert "vector_norm(" in pair.select_one(".now pre").get_text()
    assert page.select_one("p > .computed").get_text() == "Both give the same."
    heads = [it.get_text().rstrip("¶") for it in page.select("h2")]
    assert heads == ["Then", "At the end"]


def test_a_page_shows_the_facts(good):
    facts = json.loads((good.html / "build.json").read_text(encoding="utf-8"))
    table = good.page("page.html").select("div.table-wrapper table")[0]
    rows = table.select("tbody tr")
    assert len(rows) == len(facts["lessons"]) + 1
    for row, lesson in zip(rows, facts["lessons"], strict=False):
        name, seconds, assertions, result = (cell.get_text() for cell in row.select("td"))
        script = (good.root / f"gallery/{lesson['lesson']}.py").read_text(encoding="utf-8")
        written = re.findall(r"^ *assert |assert_close\(", script, re.M)
        assert (name, int(assertions), result) == (lesson["title"], len(written), "all held")
        assert float(seconds) == max(0.1, round(lesson["seconds"], 1))
        assert (good.html / row.select_one("a")["href"]).exists()


def test_unwanted_pages_are_not_written(good):
    names = {path.name for path in good.html.rglob("*") if path.is_file()}
    assert not names & {"sg_execution_times.html", "environment.pickle", "page.md.txt"}
    assert not [name for name in names if name.endswith((".rst", ".rst.txt"))]
    assert not list((good.html / "lessons").rglob("*.zip"))


# -- Every page ----------------------------------------------------------------------------------


def pages(good):
    return {p.relative_to(good.html).as_posix(): p for p in good.html.rglob("*.html")}


def test_pages_load_only_files_of_the_site(good):
    for name in pages(good):
        for tag in good.page(name).select("[src], link[href], [poster]"):
            if "canonical" in (tag.get("rel") or []):
                continue
            target = urlsplit(tag.get("src") or tag.get("href") or tag["poster"])
            assert not target.netloc, f"{name} loads {target.geturl()}"
            path = unquote(target.path)
            if path.startswith("/"):  # the 404 page may be served for any address
                assert name == "404.html"
                local = good.html / path.removeprefix(urlsplit(SITE_URL).path)
            else:
                local = (good.html / name).parent / path
            assert local.exists(), f"{name} lacks {path}"


def test_style_sheets_load_only_files_of_the_site(good):
    for css in (good.html / "_static").rglob("*.css"):
        for url in re.findall(r"url\(([^)]+)\)", css.read_text(encoding="utf-8")):
            url = url.strip("\"'")
            assert url.startswith("data:") or (css.parent / url).exists(), f"{css.name}: {url}"


def test_pages_name_no_machine_and_show_no_debris(good):
    debris = re.compile(r"<matplotlib|&lt;matplotlib|\bat 0x[0-9a-f]+|Traceback \(most recent")
    for path in pages(good).values():
        text = path.read_text(encoding="utf-8")
        assert str(good.root) not in text
        assert not debris.search(text), path


def test_hidden_blocks_are_nowhere(good):
    for path in good.html.rglob("*"):
        if path.suffix in (".html", ".ipynb", ".py", ".js"):
            text = path.read_text(encoding="utf-8")
            assert SECRET not in text, path
            assert "sphinx_gallery_" not in text.replace("sphinx_gallery_conf", ""), path


# -- Mathematics ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [f"{LESSON}.html", "page.html"])
def test_mathematics_is_typeset_without_a_script(good, name):
    page = good.page(name)
    assert not [s for s in page.select("script[src]") if re.search("katex|mathjax", s["src"], re.I)]
    formulas = page.select(".formula, span.math")
    assert formulas
    for formula in formulas:
        assert formula.select_one(".katex-html")
        assert formula.select_one("math")  # what a screen reader says
    for annotation in page.select("annotation"):  # TeX for copying, seen by nobody
        annotation.decompose()
    assert not re.search(r"\\frac|\\begin|\\sum|\$\$", page.article.get_text())


def test_mathematics_of_docstrings_is_typeset(good):
    assert good.page("page.html").select_one("dd .katex .mfrac")


def test_equations_have_numbers_and_references(good, lesson):
    for page, label in ((lesson, "parabola"), (good.page("page.html"), "matrix")):
        (target,) = page.select(f"#equation-{label}")
        assert "(1)" in target.select_one(".eqno").get_text()
        references = page.select(f'a[href="#equation-{label}"]:not(.headerlink)')
        assert [a.get_text() for a in references] == ["(1)"]


def test_rows_of_a_formula_are_aligned(lesson):
    aligned = [f for f in lesson.select(".formula") if f.select_one("mtable")]
    assert len(aligned) == 1


def test_licence_of_the_fonts_is_shipped(good):
    assert "MIT" in (good.html / "_static/katex/LICENSE").read_text()
    assert list((good.html / "_static/katex/fonts").glob("*.woff2"))
    fonts = good.html / "_static/fonts"
    for font in fonts.glob("*.woff2"):
        package = re.sub(r"-(normal|italic)$", "", font.stem)
        assert "SIL OPEN FONT LICENSE" in (fonts / f"{package}-LICENSE.txt").read_text().upper()


# -- Figures -------------------------------------------------------------------------------------


def test_figures_have_the_text_that_the_lesson_wrote(lesson):
    figures = lesson.select(".figure-picture img")
    assert [figure["alt"] for figure in figures] == [
        'A curve that rises from 0 to 1, "ever" faster.',
        "A round cloud of points.",
    ]
    assert all((f["width"], f["height"]) == ("384", "288") for f in figures)  # 4 by 3 inches


def test_figures_are_numbered_and_have_captions(lesson):
    captions = [figure.get_text() for figure in lesson.select(".lesson-figure figcaption")]
    assert captions[0].startswith("Figure 2.1.1 A curve that rises")
    assert [text.split()[1] for text in captions] == ["2.1.1", "2.1.2", "2.1.3"]
    anchors = [figure["id"] for figure in lesson.select("figure.lesson-figure")]
    assert anchors == ["figure-2-1-1", "figure-2-1-2", "figure-2-1-3"]


def test_words_of_a_figure_are_text_of_the_page(lesson):
    for figure in lesson.select(".figure-picture"):
        assert figure.select("svg.figure-words text")


def test_figures_follow_the_colour_scheme(good, lesson):
    for figure in lesson.select(".figure-picture img"):
        svg = (good.html / LESSON).parent / figure["src"]
        text = svg.read_text(encoding="utf-8")
        assert "prefers-color-scheme:dark" in text
        assert "var(--fg)" in text
        assert not re.search(r"#000000\b|#ffffff\b", text)


def test_heavy_figure_is_pixels_within_a_drawing(good):
    light, heavy = (good.html / f"_images/sphx_glr_plot_9_everything_00{n}.svg" for n in (1, 3))
    assert "<image" not in light.read_text()
    assert "<image" in heavy.read_text()
    assert heavy.stat().st_size < 100_000  # as paths, 8000 points have more than a million bytes


def test_animation_is_a_small_video_that_waits(good, lesson):
    (video,) = lesson.select("video")
    assert video["aria-label"] == "A dot moves from left to right."
    assert video.has_attr("controls")
    assert not video.has_attr("autoplay")
    folder = (good.html / LESSON).parent
    assert (folder / video["poster"]).stat().st_size > 0
    webm, file = (folder / source["src"] for source in video.select("source"))
    assert webm.suffix == ".webm"
    assert 0 < webm.stat().st_size <= 150_000
    assert file.stat().st_size <= 150_000
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    told = subprocess.run([ffmpeg, "-i", file], capture_output=True, text=True, check=False).stderr
    assert re.search(r"Video: h264 .*yuv420p.*480x320.* 5 fps", told)  # 3 by 2 inches, 200 ms each


def test_animation_leaves_no_player_of_scripts(lesson):
    assert not lesson.select(".animation")
    assert "Animation" not in "".join(s.get_text() for s in lesson.select("script"))


def test_drawing_of_an_object_is_on_the_page(lesson):
    assert lesson.select_one(".output_result .pp-graph svg[aria-label=x]")


# -- Links ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("torch.Tensor", "https://docs.pytorch.org/docs/stable/tensors.html#torch.Tensor"),
        ("dict", "https://docs.python.org/3/library/stdtypes.html#dict"),
        (
            "numpy.linspace()",
            "https://numpy.org/doc/stable/reference/generated/numpy.linspace.html#numpy.linspace",
        ),
        (
            "matplotlib.axes.Axes.plot()",
            "https://matplotlib.org/stable/api/_as_gen/matplotlib.axes.Axes.plot.html"
            "#matplotlib.axes.Axes.plot",
        ),
    ],
)
def test_prose_links_to_other_documentation(lesson, text, url):
    (link,) = [a for a in lesson.select("a.external") if a.code and a.get_text() == text]
    assert link["href"] == url


def test_code_links_to_other_documentation(lesson):
    links = {a.get_text(): a["href"] for a in lesson.select("pre a")}
    assert links["torch.rand"].endswith("/generated/torch.rand.html#torch.rand")
    assert links["plt.subplots"].endswith("#matplotlib.pyplot.subplots")


# -- The top of a lesson -------------------------------------------------------------------------


def test_a_line_under_the_title_has_run_time_and_downloads(good, lesson):
    line = lesson.h1.find_next_sibling()
    assert line.get_text().endswith(" · Has been run")
    times = (good.html / "_static/run_times.js").read_text(encoding="utf-8")
    said = line.select_one("[data-run-of]")["data-run-of"]
    assert re.search(rf'"{said}": "Run in \d+\.\d s"', times)
    assert lesson.select_one('script[src="../../_static/run_times.js"]')
    names = [a["href"] for a in line.select("a[download]")]
    assert names == ["plot_9_everything.ipynb", "plot_9_everything.py"]
    assert all(((good.html / LESSON).parent / name).exists() for name in names)


def test_box_has_aims_assumptions_and_reading_time(lesson):
    box = lesson.select_one(".lesson-box")
    assert [li.get_text() for li in box.select("li")] == [
        "read a formula",
        "see a figure",
        "play an animation",
    ]
    link = box.select_one("a.internal")
    assert link["href"] == "../optimisation/plot_9_no_figure.html"
    assert link.get_text() == "A lesson without a figure"
    assert box.select_one(".katex")
    assert re.search(r"Reading time\s+2 minutes", box.get_text())


def test_boxes_of_sphinx_gallery_are_gone(lesson):
    assert not lesson.select(".sphx-glr-footer, .sphx-glr-download-link-note")
    assert "Go to the end" not in lesson.get_text()


def test_lessons_are_kept_for_other_pages(good):
    env = pickle.loads((good.root / "docs/_build/doctrees/environment.pickle").read_bytes())
    lesson = store.lessons_of(env)[LESSON]
    assert lesson.title == "A lesson with everything"
    assert lesson.assumes[0] == "optimisation/plot_9_no_figure"
    assert lesson.reading_minutes > 0


def test_every_lesson_starts_from_the_same_seed(good):
    """The lesson before this one drew a number, too."""
    torch.manual_seed(0)
    output = good.page(f"{QUIET}.html").select_one(".sphx-glr-script-out pre").get_text()
    assert output.strip() == f"{torch.rand(1).item():.4f}"


def test_index_has_one_row_a_lesson_in_place_of_cards(good):
    page = good.page("lessons/index.html")
    assert not page.select(".sphx-glr-thumbcontainer")
    assert [row.a.get_text() for row in page.select(".lesson-row")] == [
        "A lesson without a figure",
        "A lesson with an exercise",
        "A lesson with everything",
    ]
    assert all(
        "min" in row.select_one(".row-facts").get_text() for row in page.select(".lesson-row")
    )


# -- Downloads -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [LESSON, QUIET])
def test_notebook_is_valid_and_compiles(good, name):
    notebook = nbformat.read(good.html / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells[2:]:
        if cell.cell_type == "code":
            compile(cell.source, name, "exec")


def test_notebook_begins_by_saying_what_it_is(good):
    about, install, title = cells(good)[:3]
    assert f"{SITE_URL}{LESSON}.html" in about.source
    assert torch.__version__.partition("+")[0] in about.source
    assert re.search(
        rf"%pip install .*{SITE_URL}pytorch_primer-[\d.]+-py3-none-any.whl", install.source
    )
    assert title.source.startswith("# A lesson with everything\n")


def test_notebook_has_no_trace_of_rest(good):
    text = markdown(good)
    assert not re.search(r"^\s*\.\. |:\w+:`|:label:|::$", text, re.M)
    assert not re.search(r"\]\((?!https://)", text)  # every link and image is absolute
    assert str(good.root) not in text


@pytest.mark.parametrize(
    "piece",
    [
        r"$\frac{a}{b}$",
        "$$\nf(x) = (x - 2)^2 \\tag{1}\n$$",
        f"[(1)]({SITE_URL}{LESSON}.html#equation-parabola)",
        "\\begin{aligned}\nf'(x)",
        "> **Note**\n>\n> A note with `code` and *stress*.",
        "> - one\n> - two",
        f"> **See also**\n>\n> [A lesson without a figure]({SITE_URL}{QUIET}.html)",
        "> <details><summary>Solution</summary>\n>\n> It is `abs(x)`.\n>\n> </details>",
        "| Rate | What happens |\n| --- | --- |\n| 0.1 | $\\vert 1",
        f"![The logo]({SITE_URL}_images/logo.svg)\n\n*A caption.*",
    ],
)
def test_notebook_says_what_the_page_says(good, piece):
    assert piece in markdown(good)


def test_exercises_of_a_notebook_have_what_their_text_names(good):
    (code,) = [
        c.source
        for c in cells(good, EXERCISE)
        if c.cell_type == "code" and "descend" in c.source and "def" in c.source
    ]
    assert "from pytorch_primer import check, hint, solution\n" in code
    assert code.endswith('check("descend", descend)')
    assert '`hint("descend")`' in markdown(good, EXERCISE)


def test_script_runs_in_an_empty_folder_without_a_network(good, tmp_path):
    (tmp_path / "empty").mkdir()
    done = subprocess.run(
        [*without_network(), sys.executable, "-W", "error", str(good.html / f"{LESSON}.py")],
        cwd=tmp_path / "empty",
        env=watched(tmp_path) | {"MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    # An animation that is made but never shown is the one thing that a script alone may regret.
    assert done.returncode == 0, done.stderr
    assert not list((tmp_path / "empty").iterdir())


# -- The watch itself ----------------------------------------------------------------------------

CONNECT = "import socket; socket.create_connection(({host!r}, {port}), timeout=5)"
CHILD = (
    "import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', {code!r}]).returncode)"
)


def run_watched(folder: Path, code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], env=watched(folder), stderr=subprocess.DEVNULL, check=False
    )
    assert done.returncode
    return (folder / "refused-sockets.txt").read_text(encoding="utf-8")


def test_watch_notes_a_socket_that_leaves_the_machine(tmp_path):
    # 192.0.2.0/24 is kept for documentation: nobody answers there.
    assert "192.0.2.1" in run_watched(tmp_path, CONNECT.format(host="192.0.2.1", port=80))


def test_watch_reaches_children(tmp_path):
    code = CHILD.format(code=CONNECT.format(host="course.invalid", port=80))
    assert "course.invalid" in run_watched(tmp_path, code)


def test_watch_lets_loopback_pass(tmp_path):
    assert (
        run_watched(tmp_path, CONNECT.format(host="127.0.0.1", port=9)) == ""
    )  # refused by nobody


def test_code_has_no_spans_in_the_colour_of_the_text(good):
    """They were a third of a lesson's bytes; a name that is a link keeps its own."""
    pages = (good.html / "lessons").rglob("plot_*.html")
    texts = [page.read_text(encoding="utf-8") for page in pages]
    assert any('<span class="k' in text for text in texts)
    assert not any(re.search(r'<span class="[pw]">', text) for text in texts)
