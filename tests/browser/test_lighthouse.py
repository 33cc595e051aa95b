"""Lighthouse tells a page with a fault from the same page without it, and its run fails then."""

import sys

import pytest
from tests.browser import lighthouse
from tests.browser.audit import served

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>
<meta name="viewport" content="width=device-width"><meta name="description" content="A page.">
<link rel="icon" href="data:,"></head>
<body><main><h1>A page</h1><p>Some text.</p>{}</main></body></html>"""
NO_ALT = '<img width="1" height="1" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'

needs_it = pytest.mark.skipif(
    not lighthouse.PROGRAM.exists(), reason="Lighthouse is not installed: run `nox -s lighthouse`"
)


@needs_it
def test_a_fault_lowers_the_score_below_the_aim(tmp_path):
    found = {}
    for name, fault in (("good", ""), ("bad", NO_ALT)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(PAGE.format(fault), encoding="utf-8")
        with served(tmp_path / name, lighthouse.PackingHandler) as base:
            found[name] = lighthouse.scored(f"{base}index.html", ["accessibility"])
    assert lighthouse.missed(found["good"]) == []
    assert lighthouse.missed(found["bad"]) == ["accessibility"]


@pytest.mark.parametrize(
    ("kind", "status"), [("performance", 0), ("accessibility", 1), ("seo", 1), (None, 0)]
)
def test_the_run_fails_for_what_a_busy_machine_does_not_lower(tmp_path, monkeypatch, kind, status):
    def scored(address):
        times = dict.fromkeys(lighthouse.TIMES, 0.0)
        return dict.fromkeys(lighthouse.SCORES, 100.0) | times | ({kind: 97.0} if kind else {})

    (tmp_path / "index.html").write_text(PAGE.format(""), encoding="utf-8")
    monkeypatch.setattr(lighthouse, "scored", scored)
    monkeypatch.setattr(sys, "argv", ["lighthouse", str(tmp_path)])
    assert lighthouse.main() == status


def test_the_middle_of_three_runs_counts(tmp_path, monkeypatch, capsys):
    speeds = iter([99.0, 90.0, 97.0] * len(lighthouse.PAGES))

    def scored(address):
        return dict.fromkeys(lighthouse.SCORES, 100.0) | {"performance": next(speeds)}

    (tmp_path / "index.html").write_text(PAGE.format(""), encoding="utf-8")
    monkeypatch.setattr(lighthouse, "scored", scored)
    monkeypatch.setattr(sys, "argv", ["lighthouse", str(tmp_path)])
    assert lighthouse.main() == 0
    assert capsys.readouterr().out.count("'performance': 97.0") == len(lighthouse.PAGES)
