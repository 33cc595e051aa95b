"""Run the lessons of one shard and leave them in a folder: ``python -m course_site.shard 2/4``."""

from __future__ import annotations

import sys
from pathlib import Path

DOCS = Path(__file__).parents[1]


def main(shard: str, *settings: str) -> int:
    """Run, with settings as in ``lesson_jobs=1``; a lesson that fails or warns is no success."""
    from sphinx.application import Sphinx

    build = DOCS / "_build"
    given = dict(setting.split("=", 1) for setting in settings) | {"lesson_shard": shard}
    folders = (build / "shard", build / "shard-trees")
    app = Sphinx(DOCS, DOCS, *folders, "dummy", confoverrides=given, warningiserror=True)
    return int(bool(app._warncount))


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
