"""The site's archive, unpacked and opened from disk: pages, figures, folding and search."""

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import go

SITE = Path(__file__).parents[2] / "docs/_build/html"
LESSON = "lessons/autograd/plot_2_computation_graph.html"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Give the address of the unpacked site."""
    folder = tmp_path_factory.mktemp("offline")
    with zipfile.ZipFile(SITE / "downloads/site.zip") as archive:
        archive.extractall(folder)
    return (folder / "pytorch_primer_site").as_uri() + "/"


@pytest.fixture
def page(browser):
    """Give a page; whatever it complains of, or asks another host for, fails the test."""
    page, problems = browser.new_page(), []
    page.on("console", lambda line: line.type == "error" and problems.append(line.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("requestfailed", lambda request: problems.append(f"failed: {request.url}"))
    page.on(
        "request",
        lambda request: re.match("file:|data:", request.url) or problems.append(request.url),
    )
    yield page
    page.close()
    assert problems == []


def test_home_leads_to_the_lessons(page, home):
    go(page, home + "index.html")
    page.locator('a[href^="lessons/"]:visible').first.click()
    expect(page).to_have_url(re.compile(re.escape(home) + r"lessons/.*\.html$"))
    expect(page.locator("h1")).to_be_visible()


def test_figures_of_a_lesson_are_drawn_and_its_formulas_typeset(page, home):
    go(page, home + LESSON)
    for figure in page.locator(".figure-picture img").all():
        figure.scroll_into_view_if_needed()
        expect(figure).to_have_js_property("complete", True)
        assert figure.evaluate("image => image.naturalWidth") > 0
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('1em KaTeX_Math'))")


def test_a_solution_unfolds(page, home):
    go(page, home + LESSON)
    solution = page.locator("div.exercise details").last
    code = solution.locator("pre")
    expect(code).to_be_hidden()
    solution.locator("summary").click()
    expect(code).to_be_visible()


@pytest.mark.parametrize("word", ["gradient", "broadcasting"])
def test_search_finds(page, home, word):
    go(page, home + LESSON)
    field = page.locator(".header-search input")
    field.fill(word)
    field.press("Enter")
    expect(page.locator("#search-said")).to_contain_text("found")
    assert page.locator("#search-results li a").count() >= 2
    page.locator("#search-results li a").first.click()
    expect(page.locator("article")).to_contain_text(re.compile(word, re.I))


def test_the_page_for_what_is_not_there_leads_home(browser, home):
    page = browser.new_page()
    go(page, home + "404.html")
    expect(page.locator(".site-header")).to_have_css("display", "grid")  # it has its style
    page.locator(".brand").click()
    expect(page).to_have_url(home + "index.html")
    page.close()
