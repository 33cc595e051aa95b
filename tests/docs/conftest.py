"""Two tiny complete sites, each built once a session."""

from __future__ import annotations

import pytest
from tests.docs.tiny_sites import Build, build


@pytest.fixture(scope="session")
def good(tmp_path_factory) -> Build:
    """Give a site with every kind of thing that a lesson may have."""
    return build("good_site", tmp_path_factory.mktemp("a folder für good"))


@pytest.fixture(scope="session")
def bad(tmp_path_factory) -> Build:
    """Give a site with every kind of mistake that must fail a build."""
    return build("bad_site", tmp_path_factory.mktemp("bad"))


def pytest_collection_modifyitems(items):
    for item in items:
        if {"good", "bad"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
