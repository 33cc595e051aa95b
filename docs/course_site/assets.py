"""One style sheet and one script a page: what a browser must have before it can draw.

The extensions of this site bring 13 style sheets and 9 scripts, most of which a page has no use
for, and each of which a browser waits for. Here the ones that are used become one file of each
kind, with the typesetting of formulas and the explorables only where a page has them.
"""

from __future__ import annotations

import base64
import re
import zlib
from hashlib import sha256
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

SCRIPT = "site.js"
MATHS = "katex/katex.css"
MOVED = "explore/explore.css"
# In the order in which one rule overrides another.
STYLES = (
    "pygments.css",
    "styles/furo.css",
    "copybutton.css",
    "styles/furo-extensions.css",
    MATHS,
    MOVED,
    "course.css",
    "custom.css",
)
SCRIPTS = (
    "documentation_options.js",
    "scripts/furo.js",
    "clipboard.min.js",
    "copybutton.js",
    "custom.js",
)
# Their few rules that a page of this site needs are in custom.css; the scripts do nothing here.
DROPPED = re.compile(
    r"mystnb|sphinx-design|sg_gallery|sg-tags|design-tabs|doctools|sphinx_highlight|nbsphinx"
)
ADDRESS = re.compile(r"""url\((["']?)(?!data:|[a-z]+:|/|#)([^"')]+)\1\)""")
EARLY = "theme.js"  # stands in the page itself, named by its digest in the page's policy


def joined_styles(folder: Path, names: list[str]) -> str:
    """Join style sheets of a folder, without comments; addresses in them stay right."""
    made = []
    for name in names:
        if not (folder / name).exists():
            continue
        css = (folder / name).read_text(encoding="utf-8")
        css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
        css = re.sub(r"\s*\n\s*", "\n", css).strip()
        if up := name.rpartition("/")[0]:
            css = ADDRESS.sub(lambda found, up=up: f'url("{up}/{found[2]}")', css)
        made.append(re.sub(r'@charset "[^"]*";', "", css))
    return "\n".join(made)


def joined_scripts(folder: Path) -> str:
    """Join the scripts of a folder, in the order in which they would have run."""
    texts = [(folder / name).read_text("utf-8") for name in SCRIPTS if (folder / name).exists()]
    return "\n;\n".join(
        re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.M) for text in texts
    )


def written(folder: Path, name: str, text: str) -> str:
    """Write a file unless it is there, and give its address with what changes when it changes."""
    path, content = folder / name, text.encode()
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)
    return f"_static/{name}?v={zlib.crc32(content):08x}"


def needs(body: str) -> list[str]:
    """Name the style sheets for what stands in a page."""
    unused = {MATHS: 'class="katex', MOVED: 'class="explorable '}
    return [name for name in STYLES if unused.get(name, "") in body]


def add_assets(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Give a page its style sheet and its script in place of those of the extensions."""
    folder = Path(app.outdir, "_static")
    names = needs(str(context.get("body", "")))
    kind = "".join(("-maths" * (MATHS in names), "-explore" * (MOVED in names)))
    style = written(folder, f"site{kind}.css", joined_styles(folder, names))
    context["css_files"] = [style, *left(context["css_files"], STYLES)]
    context["site_script"] = written(folder, SCRIPT, joined_scripts(folder))
    context["script_files"] = left(context["script_files"], SCRIPTS)


def left(files: list[Any], joined: tuple[str, ...]) -> list[Any]:
    """Give the files that are neither joined nor dropped."""
    names = {file: str(getattr(file, "filename", file)) for file in files}
    return [
        file
        for file, name in names.items()
        if not DROPPED.search(name) and not name.removeprefix("_static/").startswith(joined)
    ]


def early_script(app: Sphinx) -> str:
    """Give the script that runs before anything is drawn."""
    return Path(app.srcdir, "_static", EARLY).read_text(encoding="utf-8").strip()


def digest(script: str) -> str:
    """Give what names a script in a policy."""
    return f"'sha256-{base64.b64encode(sha256(script.encode()).digest()).decode()}'"


def setup(app: Sphinx) -> None:
    """Choose when all others have added theirs."""
    app.connect("html-page-context", add_assets, priority=990)
