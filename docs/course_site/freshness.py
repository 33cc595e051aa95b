"""Whether what Sphinx has kept of the last build may be used for this one.

Sphinx reads a page again when its source has changed, and knows nothing of most other things that a
page depends on: the library's docstrings, these extensions, templates, exercises, versions. They
have a key of their own; when it differs, or when the last build did not come to its end, nothing
that Sphinx has kept is used. Lessons do not run for that.

A page also shows what other pages tell: titles, the minutes of a lesson, who teaches a term. When
that changes, all pages are written; what shows lessons' scripts is when one of them has changed.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

import pytorch_primer
from course_site import report, store
from course_site.keys import digest

STATE = "finished.json"
OURS = ".course-site"  # in a folder that may be emptied
NOT_KEPT = {"_build", "lessons", "node_modules", "__pycache__"}
SHOWS_SCRIPTS = re.compile(r"\{course-(hero|proof)\}")
SHOWS_BUILD = re.compile(r"\{build-facts\}")


def depends(app: Sphinx, config: Config) -> str:
    """Give the digest of all that pages depend on beside their own sources and each other."""
    srcdir = Path(app.srcdir)
    library = Path(str(pytorch_primer.__file__)).parent
    gallery = srcdir / config.sphinx_gallery_conf["examples_dirs"]
    pages, files = set(), {Path(config.outline_file), srcdir.parent / "constraints.txt"}
    for folder, inside, names in os.walk(srcdir):
        inside[:] = [name for name in inside if name not in NOT_KEPT]
        found = {Path(folder, name) for name in names}
        pages |= {path for path in found if path.suffix == ".md"}
        files |= {path for path in found if path.suffix != ".md"}
    files |= {path for path in library.rglob("*") if "__pycache__" not in path.parts}
    files |= {*Path(srcdir, "_build/wheel").glob("*.whl")}
    pages |= {*gallery.glob("*/*.py")}  # which there are; what they say is Sphinx's business
    said = [sys.version, str(srcdir), str(app.outdir), os.environ.get("SOURCE_DATE_EPOCH", "")]
    said += [config.html_baseurl, config.repository_url, config.jupyterhub_url]
    said += sorted(f"{found.name} {found.version}" for found in distributions())
    said += sorted(map(str, pages))
    contents = (path.read_bytes() for path in sorted(files) if path.is_file())
    return digest("\n".join(said).encode(), *contents)


def told(env: BuildEnvironment) -> str:
    """Give the digest of what pages tell each other."""
    records = {}
    for name, record in store.records(env).items():
        kept = dataclasses.asdict(record)
        kept.pop("formulas", None)
        records[name] = {key: sorted(x) if isinstance(x, set) else x for key, x in kept.items()}
    said: list[Any] = [sorted(records.items()), sorted(env.toctree_includes.items())]
    said += [sorted((name, title.astext()) for name, title in env.titles.items())]
    said += [sorted((name, toc.pformat()) for name, toc in env.tocs.items())]
    data = env.domaindata
    said += [sorted(data["std"][key].items()) for key in ("labels", "anonlabels", "objects")]
    said += [sorted(data["py"]["objects"])]
    references = data.get("cite", {}).get("citation_refs", ())
    cited = [(ref.docname, *(target.key for target in ref.targets)) for ref in references]
    text = repr([*said, sorted(map(str, cited))])
    return digest(re.sub(r" at 0x[0-9a-f]+", "", text).encode())


class Freshness:
    """The state of one build: what the last one has left, and what this one leaves."""

    def __init__(self) -> None:
        self.last: dict[str, Any] = {}
        self.now: dict[str, Any] = {}
        self.read = True
        self.same_facts = False

    def begin(self, app: Sphinx, config: Config) -> None:
        """Use what is kept if it is of these sources and whole; otherwise forget it."""
        self.now["key"] = depends(app, config)
        state = Path(app.doctreedir, STATE)
        try:
            self.last = json.loads(state.read_text(encoding="utf-8"))
            warned = self.last["warned"]
        except (OSError, ValueError, LookupError, TypeError):
            self.last, warned = {}, False
        # What was warned of once has to fail every strict build.
        if self.last.get("key") != self.now["key"] or (warned and app._fail_on_warnings):
            self.last = {}
            empty(Path(app.doctreedir))
            if any(Path(app.outdir, name).exists() for name in (OURS, ".buildinfo")):
                empty(Path(app.outdir))
            Path(app.outdir, OURS).touch()
        state.unlink(missing_ok=True)  # until this build has come to its end

    def note_facts(
        self,
        app: Sphinx,
        env: BuildEnvironment,
        added: set[str],
        changed: set[str],
        removed: set[str],
    ) -> Iterable[str]:
        """Note whether the facts of the build are those of the last one."""
        try:
            before = json.loads(Path(app.srcdir, "_build", report.NAME).read_text("utf-8"))
        except (OSError, ValueError):
            before = {}
        now = json.loads(json.dumps(report.facts(app)))
        same = (before.get(key) == now[key] for key in now if key not in ("steps", "date"))
        self.same_facts = all(same)
        return []

    def note_reading(self, app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
        """Note whether any page is read: else they tell what they told before."""
        self.read = bool(docnames)

    def updated(self, app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
        """Have all pages written if one tells something new, else those that show what changed."""
        conf = app.config.sphinx_gallery_conf
        scripts = sorted(Path(app.srcdir, conf["examples_dirs"]).glob("*/*.py"))
        self.now["told"] = told(env) if self.read or not self.last else self.last["told"]
        self.now["scripts"] = digest(*(path.read_bytes() for path in scripts))
        if self.last.get("told") != self.now["told"]:
            return env.found_docs
        shown: list[str] = []
        if self.last.get("scripts") != self.now["scripts"]:
            shown += pages_with(env, SHOWS_SCRIPTS)
        if not self.same_facts:
            shown += pages_with(env, SHOWS_BUILD)
        return shown

    def finish(self, app: Sphinx, error: Exception | None) -> None:
        """Note that a build has come to its end."""
        if error is not None or "told" not in self.now:
            return
        state = self.now | {"warned": bool(app._warncount)}
        path = Path(app.doctreedir, STATE)
        path.with_suffix(".new").write_text(json.dumps(state), encoding="utf-8")
        path.with_suffix(".new").replace(path)


def empty(folder: Path) -> None:
    """Empty a folder at one blow: who is killed meanwhile leaves no half of it."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    shutil.rmtree(old, ignore_errors=True)
    folder.mkdir(parents=True)


def pages_with(env: BuildEnvironment, pattern: re.Pattern[str]) -> Iterator[str]:
    """Give the pages in whose source a pattern is found."""
    for docname in sorted(env.found_docs):
        if pattern.search(Path(env.doc2path(docname)).read_text(encoding="utf-8")):
            yield docname


def setup(app: Sphinx) -> None:
    """Look before Sphinx loads what it has kept, and note the end behind all others."""
    state = Freshness()
    app.connect("config-inited", state.begin, priority=950)
    app.connect("env-get-outdated", state.note_facts)
    app.connect("env-before-read-docs", state.note_reading)
    app.connect("env-updated", state.updated, priority=800)
    app.connect("build-finished", state.finish, priority=1000)
