"""Buttons that open a lesson's notebook somewhere else: Colab, Binder, a JupyterHub.

They need a place from which these services can fetch notebooks: the branch ``notebooks`` of the
project's repository, to which the publishing workflow pushes what it has built. So a button appears
only when the address of the repository is configured (``REPOSITORY_URL``), and the one for a hub
only when the hub's is, too (``JUPYTERHUB_URL``).
"""

from __future__ import annotations

import os
import re
from typing import Any
from urllib.parse import quote, urlencode

from sphinx.application import Sphinx

BRANCH = "notebooks"


def launch_links(repository: str, hub: str, path: str) -> list[tuple[str, str]]:
    """Give name and address of each service that can open a notebook.

    Parameters
    ----------
    repository : str
        Address of the repository, or nothing. Colab and Binder know those on GitHub.
    hub : str
        Address of a JupyterHub with nbgitpuller, or nothing.
    path : str
        The notebook's path in the branch.
    """
    links = []
    repository = repository.rstrip("/").removesuffix(".git")
    if match := re.fullmatch(r"https://github\.com/([\w.-]+/[\w.-]+)", repository):
        name, file = match[1], quote(path)
        colab = f"https://colab.research.google.com/github/{name}/blob/{BRANCH}/{file}"
        links.append(("Open in Colab", colab))
        query = urlencode({"labpath": path})
        links.append(("Open in Binder", f"https://mybinder.org/v2/gh/{name}/{BRANCH}?{query}"))
    if repository and hub:
        folder = repository.rpartition("/")[2]
        asked = {"repo": repository, "branch": BRANCH, "urlpath": f"lab/tree/{folder}/{path}"}
        pull = f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(asked)}"
        links.append(("Open on JupyterHub", pull))
    return links


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the two addresses, which the environment may give."""
    app.add_config_value("repository_url", os.environ.get("REPOSITORY_URL", ""), "env", str)
    app.add_config_value("jupyterhub_url", os.environ.get("JUPYTERHUB_URL", ""), "env", str)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
