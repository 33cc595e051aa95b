"""The audit finds what it is there to find, and nothing on a good page."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.browser.audit import audit

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A page</title>
<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width">
<style>{css}</style></head>
<body><main><h1>A page</h1><p>Some text.</p>{body}</main></body></html>"""

PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
BAD = {
    "external": ("", '<img alt="a dot" src="http://example.org/dot.png">', "another host"),
    "no_alt": ("", f'<img src="{PIXEL}">', "image-alt"),
    "pale": ("p { color: #bbb; background: #fff }", "", "color-contrast"),
    "wide": ("", '<div style="width: 2000px">wide</div>', "horizontal scroll"),
    "missing": ("", '<img alt="a dot" src="nowhere.png">', "HTTP error"),
    "broken": ("", "<script>nowhere()</script>", "console error"),
}


@pytest.fixture(scope="session")
def problems(tmp_path_factory):
    site = tmp_path_factory.mktemp("site")
    (site / "index.html").write_text(PAGE.format(css="", body=""))
    for name, (css, body, _) in BAD.items():
        (site / f"{name}.html").write_text(PAGE.format(css=css, body=body))
    moved = '<meta http-equiv="refresh" content="0; url=index.html">'
    (site / "moved.html").write_text(PAGE.format(css="", body=moved))  # leaves while it is read
    shots = site.parent / "shots"
    with ThreadPoolExecutor(1) as thread:  # in this one runs the browser of the other tests
        return thread.submit(audit, site, shots).result(), shots


def test_good_page_passes(problems):
    found, _ = problems
    assert [p for p in found if p.page == "index.html"] == []


@pytest.mark.parametrize("name", BAD)
def test_bad_page_fails_in_every_view(problems, name):
    found, _ = problems
    told = [p for p in found if p.page == f"{name}.html" and BAD[name][2] in str(p)]
    assert {p.view for p in told} == {"light-1440", "light-390", "dark-1440", "dark-390"}


def test_screenshots_are_written(problems):
    _, shots = problems
    assert len(list(shots.rglob("*.png"))) == 4 * (1 + len(BAD))


def test_site_is_served_under_the_path_it_is_built_for(tmp_path: Path):
    from urllib.request import urlopen

    from tests.browser.audit import served

    link = '<link rel="canonical" href="https://example.org/primer/index.html">'
    (tmp_path / "index.html").write_text(link)
    with served(tmp_path) as base:
        assert base.endswith("/primer/")
        assert urlopen(base + "index.html").read().decode() == link
