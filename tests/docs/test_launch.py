"""Buttons lead to the services, and only where there is something to lead to."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from course_site.lessons import launch_links

REPOSITORY = "https://github.com/someone/primer"
HUB = "https://hub.course.example"
PATH = "lessons/autograd/plot_1_derivatives.ipynb"


def test_colab_and_binder_open_the_notebook_of_a_repository_on_github():
    assert dict(launch_links(REPOSITORY, "", PATH)) == {
        "Open in Colab": "https://colab.research.google.com/github/someone/primer/blob/notebooks/"
        + PATH,
        "Open in Binder": "https://mybinder.org/v2/gh/someone/primer/notebooks"
        "?labpath=lessons%2Fautograd%2Fplot_1_derivatives.ipynb",
    }


@pytest.mark.parametrize("address", [f"{REPOSITORY}/", f"{REPOSITORY}.git", f"{REPOSITORY}.git/"])
def test_an_address_may_be_written_in_several_ways(address):
    assert launch_links(address, HUB, PATH) == launch_links(REPOSITORY, HUB, PATH)


@pytest.mark.parametrize("hub", ["", HUB])
def test_nothing_without_a_repository(hub):
    assert launch_links("", hub, PATH) == []


@pytest.mark.parametrize("hub", [HUB, f"{HUB}/"])
def test_a_hub_pulls_the_branch_and_opens_the_notebook(hub):
    address = dict(launch_links(REPOSITORY, hub, PATH))["Open on JupyterHub"]
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{HUB}/hub/user-redirect/git-pull"
    assert parse_qs(parts.query) == {
        "repo": [REPOSITORY],
        "branch": ["notebooks"],
        "urlpath": [f"lab/tree/primer/{PATH}"],
    }


def test_a_repository_elsewhere_has_only_the_hub():
    elsewhere = "https://git.course.example/someone/primer"
    assert launch_links(elsewhere, "", PATH) == []
    assert [name for name, _ in launch_links(elsewhere, HUB, PATH)] == ["Open on JupyterHub"]
