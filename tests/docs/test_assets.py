"""A page waits for one style sheet, which has all that it uses and little else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from course_site import assets, look

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


def signs_of(path):
    known = TTFont(path).getBestCmap()
    return {sign for sign in "–—‘’“”…−×" if ord(sign) in known}


@pytest.mark.parametrize("face", look.FACES, ids=lambda face: face.file)
def test_every_face_keeps_the_signs_that_it_has(good, face):
    whole = Path(look.__file__).parents[1] / look.PACKAGES / face.package / face.source
    assert signs_of(good.html / "_static/fonts" / face.file) == signs_of(whole)


def test_scripts_are_short_and_keep_licences(good):
    static = good.html / "_static"
    text = (static / "site.js").read_text(encoding="utf-8")
    joined = [static / name for name in assets.SCRIPTS if (static / name).exists()]
    licences = re.findall(r"/\*!.*?\*/", "".join(p.read_text("utf-8") for p in joined), re.S)
    assert len(licences) >= 1
    assert not [licence for licence in licences if licence not in text]
    assert "function setUpDrawers()" in text, "names that other scripts may use stay"
    source = (DOCS / "_static/custom.js").read_text(encoding="utf-8")
    comments = re.findall(r"^// (.+)$", source, re.M)
    assert len(comments) > 10
    assert not [comment for comment in comments if comment in text]


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


DOCS = Path(assets.__file__).parents[1]
FILLED_BY_THE_BUILD = {"run-of", "size-of"}  # run times and sizes, known when all is written


def unread(scripts):
    """Give the ``data-`` names that pages are given and that no script asks for."""
    sources = [*DOCS.glob("_templates/*.html"), *DOCS.glob("course_site/*.py")]
    found = {n for p in sources for n in re.findall(r"\bdata-([a-z-]+)=", p.read_text("utf-8"))}
    taken = re.findall(r"\{([\w, ]+)\} = [\w.]+\.dataset", scripts)  # several at once
    known = {name.strip() for names in taken for name in names.split(",")}
    known |= set(re.findall(r"\.dataset\.(\w+)", scripts))
    as_read = {n: re.sub(r"-(.)", lambda m: m[1].upper(), n) for n in found}
    asked = {n for n in found if re.search(rf"\bdata-{n}\b", scripts) or as_read[n] in known}
    return found - asked


def test_what_pages_say_to_scripts_is_read_by_one():
    """An edit once took the drawers and the filters out of a script, and no test pressed a key."""
    paths = [*DOCS.glob("_static/*.js"), *DOCS.glob("explore/js/*.js")]
    texts = {path.name: path.read_text("utf-8") for path in paths}
    style = (DOCS / "_static/custom.css").read_text("utf-8")
    texts["custom.css"] = " ".join(re.findall(r"attr\(data-[a-z-]+\)", style))  # shown by it
    assert unread("\n".join(texts.values())) == FILLED_BY_THE_BUILD
    head, _, _ = texts["custom.js"].partition("function setUpDrawers")
    without = "\n".join([head, *(text for name, text in texts.items() if name != "custom.js")])
    assert unread(without) > FILLED_BY_THE_BUILD
