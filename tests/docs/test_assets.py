"""A page waits for one style sheet, which has all that it uses and little else."""

from __future__ import annotations

import re

import pytest

from course_site import assets

PAGES = ("index.html", "course.html", "404.html", "search.html")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_style_sheet_and_its_scripts_wait(good, name):
    page = good.page(name)
    (sheet,) = page.select("link[rel=stylesheet]")
    assert re.search(r"_static/site[\w-]*\.css\?v=[0-9a-f]{8}$", sheet["href"])
    scripts = page.select("script[src]")
    assert [x for x in scripts if "site.js" in x["src"]]
    assert all(x.has_attr("defer") for x in scripts)


def test_formulas_and_explorables_bring_their_styles(good):
    bodies = {"": [], 'class="katex"': [assets.MATHS], 'class="explorable x"': [assets.MOVED]}
    for body, wanted in bodies.items():
        assert [x for x in assets.needs(body) if x in (assets.MATHS, assets.MOVED)] == wanted


def test_code_has_its_colours_on_dark_pages(good):
    sheet = (good.html / "_static/site.css").read_text(encoding="utf-8")
    rule = re.search(r'body\[data-theme="dark"\] \.highlight \.k\{color: (#\w+)', sheet)
    assert rule
    assert f".highlight .k{{color: {rule[1]}" in sheet


def test_joined_styles_find_their_files(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/one.css").write_text("/* x */ p { src: url(fonts/x.woff2), url('data:,') }")
    joined = assets.joined_styles(tmp_path, ["a/one.css", "not_there.css"])
    assert joined == "p { src: url(\"a/fonts/x.woff2\"), url('data:,') }"


RULES = """
p, .here a, .gone { color: red }
.gone:hover { color: red }
.here:not(.gone) > p { color: red }
@media print { .gone { color: red } .here { top: 0 } }
@media screen { .gone { color: red } }
@font-face { font-family: x }
"""


def test_what_no_page_has_is_left_out():
    kept = assets.pruned(RULES, {"here"})
    assert kept.splitlines() == [
        "p,.here a{color: red}",
        ".here:not(.gone) > p{color: red}",
        "@media print {.here{top: 0}",
        "}",
        "@font-face { font-family: x }",
    ]


def test_classes_of_pages_and_of_scripts_are_known(tmp_path):
    (tmp_path / "_static").mkdir()
    (tmp_path / "index.html").write_text('<p class="one two">')
    (tmp_path / "_static/x.js").write_text("it.classList.add('three-four')")
    (tmp_path / "_static/shown_data.js").write_text("var SHOWN = 'a hint'")  # words, not classes
    assert assets.vocabulary(tmp_path) >= {"one", "two", "three-four"}
    assert "hint" not in assets.vocabulary(tmp_path)


def test_a_script_that_changes_has_another_digest():
    assert assets.digest("a") != assets.digest("b")
    assert assets.digest("").startswith("'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
