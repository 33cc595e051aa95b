"""The frame of a page: landmarks, headings, where it stands, what it loads, what it says."""

import json
import re
from xml.etree import ElementTree

import pytest
from docutils import nodes
from tests.docs.tiny_sites import SITE_URL

from course_site.assets import digest
from course_site.head import LENGTH, shortened
from course_site.look import FACES
from course_site.pages import POLICY, as_html, column_group, feedback

LESSON = "lessons/optimisation/plot_1_exercise.html"
PAGES = ["index.html", "search.html", "404.html", "course.html", LESSON]
each_page = pytest.mark.parametrize("name", PAGES)


@each_page
def test_landmarks_have_names_of_their_own(good, name):
    page = good.page(name)
    for kind in ("nav", "aside"):
        names = [mark["aria-label"] for mark in page.select(kind)]
        assert len(set(names)) == len(names)
    assert page.select("nav")


@each_page
def test_a_page_has_one_title_and_its_headings_are_headings(good, name):
    page = good.page(name)
    assert len(page.select("h1")) == 1
    assert not page.select("p.rubric")
    assert all(heading["aria-level"] == "2" for heading in page.select("[role=heading]"))


@each_page
def test_drawers_have_real_buttons_that_name_what_they_open(good, name):
    page = good.page(name)
    assert not page.select("label[for^=__], input[type=checkbox]")
    buttons = page.select("button[aria-controls]")
    assert buttons
    for button in buttons:
        assert button["aria-expanded"] == "false"
        assert page.find(id=button["aria-controls"])


@each_page
def test_a_page_loads_from_its_own_host_alone_and_names_the_scripts_in_it(good, name):
    page = good.page(name)
    (policy,) = page.select("meta[http-equiv=Content-Security-Policy]")
    inline = [x.get_text() for x in page.select("script:not([src])") if x.get("type") is None]
    assert len(inline) == (3 if name == "404.html" else 2)
    around = POLICY.split("{scripts}")
    named = policy["content"].removeprefix(around[0]).removesuffix(around[1])
    assert sorted(named.split()) == sorted(map(digest, inline))
    assert "script-src 'self' {scripts};" in POLICY
    assert not [tag for tag in page.find_all(True) if any(a.startswith("on") for a in tag.attrs)]
    before = [tag.name for tag in policy.find_previous_siblings() if tag.name != "meta"]
    assert before == []


def test_a_lesson_says_where_it_stands(good):
    trail = good.page(LESSON).select_one(".trail")
    assert next(a.get_text() for a in trail.select("a")) == "Lessons"
    assert trail.select_one("[aria-current]").get_text() == "Lesson 1.2 of 3"
    assert "part-1" in good.page(LESSON).select_one(".frame")["class"]
    marked = [a.get_text() for a in good.page(LESSON).select(".main-links a[aria-current]")]
    assert marked == [a.get_text() for a in good.page(LESSON).select(".main-links a")][:1]


def test_next_says_what_comes(good):
    onward = good.page(LESSON).select_one(".onward-next")
    assert "A lesson with everything" in onward.get_text()
    assert "min" in onward.get_text()
    assert "part-2" in onward["class"]


@each_page
def test_descriptions_are_there_once_and_end_behind_a_word(good, name):
    page = good.page(name)
    for selector in ("meta[name=description]", "meta[property='og:description']"):
        (tag,) = page.select(selector)
        assert 20 < len(tag["content"]) <= LENGTH
    assert len(page.select("meta[name=viewport]")) == 1


def test_a_long_description_is_cut_behind_a_word():
    assert shortened("word " * 80).endswith("word …")
    assert len(shortened("word " * 80)) <= LENGTH


def test_lesson_is_described_as_one(good):
    (script,) = good.page(LESSON).select("script[type='application/ld+json']")
    data = json.loads(script.get_text())
    assert data["@type"] == "LearningResource"
    assert len(data["teaches"]) == 3
    assert re.fullmatch(r"PT\d+M", data["timeRequired"])


def test_map_lists_the_pages_and_home_without_its_file(good):
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
    places = [x.text for x in ElementTree.parse(good.html / "sitemap.xml").iter(space)]
    assert SITE_URL in places
    assert SITE_URL + LESSON in places
    assert not [x for x in places if "index.html" in x or "404" in x]
    canonical = good.page("index.html").select_one("link[rel=canonical]")["href"]
    assert canonical == SITE_URL


def test_fonts_are_served_small_and_with_their_licences(good):
    folder = good.html / "_static/fonts"
    assert {path.name for path in folder.glob("*.woff2")} == {face.file for face in FACES}
    assert sum(path.stat().st_size for path in folder.glob("*.woff2")) < 100_000
    for face in FACES:
        licence = (folder / f"{face.package}-LICENSE.txt").read_text(encoding="utf-8")
        assert "SIL OPEN FONT LICENSE" in licence.upper()


def test_each_part_has_the_colours_of_the_outline(good):
    style = (good.html / "_static/course.css").read_text(encoding="utf-8")
    assert ".part-2 { --part: light-dark(#" in style


# -- what may be said back -------------------------------------------------------------------------

FILE = "gallery/part/plot_1 x.py"


@pytest.mark.parametrize(
    ("repository", "between", "key"),
    [("https://github.com/a/b.git", "", "title"), ("https://gitlab.com/a/b/", "/-", "issue")],
)
def test_a_page_can_be_edited_and_reported_where_its_source_is(repository, between, key):
    (one, words), (two, others) = feedback(repository, FILE, "A & B")
    assert (words, others) == ("Edit this page", "Report a mistake")
    assert one.endswith(f"com/a/b{between}/edit/main/gallery/part/plot_1%20x.py")
    assert f"com/a/b{between}/issues/new?{key}" in two
    assert two.endswith("A+mistake+in+%E2%80%9CA+%26+B%E2%80%9D")


@pytest.mark.parametrize("repository", ["", "https://git.course.example/a/b"])
def test_nothing_is_offered_without_a_repository_that_is_known(repository):
    assert feedback(repository, FILE, "A") == []


def test_what_was_computed_cannot_be_edited():
    assert [words for _, words in feedback("https://github.com/a/b", None, "A")] == [
        "Report a mistake"
    ]


def test_cells_of_a_table_with_many_columns_name_their_column(good):
    tables = good.page("page.html").select("table.stacked")
    (table,) = (table for table in tables if "verdict" in table.get_text())
    cells = table.select("tbody td")
    assert [cell.get("data-label") for cell in cells] == [None, "steps", "end", "verdict"]
    assert not table.select("th[data-label]")
    assert not good.page("lessons/autograd/plot_9_everything.html").select("table.stacked")


def test_a_title_has_its_code_as_code():
    title = nodes.title("", "", nodes.literal("", "a < b"), nodes.Text(" & more"))
    assert as_html(title) == "<code>a &lt; b</code> &amp; more"


def shares(*rows):
    return [float(share) for share in re.findall(r"width:([\d.]+)%", column_group(rows))]


def test_columns_fill_the_table_and_a_longer_text_has_more_of_it():
    found = shares(("a", "bb bb bb bb", "c"), ("a", "b", "cccccc"))
    assert sum(found) == pytest.approx(100, abs=0.2)
    assert found[1] > found[2] > found[0]


def test_however_long_other_texts_are_a_word_fits_into_its_column():
    long = "several words " * 40
    result, *_, last = shares(
        ("reached", long, long, long, "aim"), ("missed", long, long, long, "")
    )
    assert result / 100 * 48 > 7 * 0.55 + 1.6  # em: its letters, and the space beside them
    assert last / 100 * 48 > 3 * 0.55 + 1.6
    assert shares(("a", "a"), ("", "")) == [50, 50]
