"""Repairs are made once, and only where they are needed."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from course_site.pages import REPAIRS, repaired

PAGE = "<body>" + "".join(REPAIRS) + "</div></body>"


def test_landmarks_have_names():
    page = BeautifulSoup(repaired(PAGE), "html.parser")
    assert all(aside["aria-label"] for aside in page.select("aside"))


def test_a_second_repair_changes_nothing():
    assert repaired(repaired(PAGE)) == repaired(PAGE)


@pytest.mark.parametrize("page", ["", "<body><aside class='other'></aside></body>"])
def test_other_pages_stay(page):
    assert repaired(page) == page


@pytest.mark.parametrize("name", ["index.html", "search.html", "404.html"])
def test_theme_still_needs_every_repair(good, name):
    """A repair that no longer finds its place would be dead, and the page unrepaired."""
    page = good.page(name)
    assert page.select("aside")
    assert all(aside.get("aria-label") for aside in page.select("aside"))
    assert page.select("h1")
