"""One browser and one server for all tests of the built site."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from tests.browser.audit import QUIET, served

SITE = Path(__file__).parents[2] / "docs/_build/html"
# Scripts have done what sets a page up, or there are none.
READY = "html.ready, html.no-js"


def go(page, address, **how):
    """Open a page, and wait until its scripts have set it up."""
    page.goto(address, **how)
    page.locator(READY).wait_for(state="attached")


@pytest.fixture(scope="session")
def browser():
    """Give Chromium, started once."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=[*QUIET, "--js-flags=--expose-gc"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def bases():
    """Give the site's address as it is served, and from disk."""
    with served(SITE) as address:
        yield {"served": address, "disk": f"{SITE.as_uri()}/"}


@pytest.fixture
def open_page(browser):
    """Give a function that opens a page of the site from disk, in a view of its own."""
    contexts = []

    def open_(name, width=1280, height=900, **view):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **view))
        page = contexts[-1].new_page()
        go(page, f"{SITE.as_uri()}/{name}")
        return page

    yield open_
    for context in contexts:
        context.close()


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)
