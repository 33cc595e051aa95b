"""One style sheet and one script a page: what a browser must have before it can draw.

The extensions of this site bring 13 style sheets and 9 scripts, most of which a page has no use
for, and each of which a browser waits for. Here the ones that are used become one file of each
kind, with the typesetting of formulas and the explorables only where a page has them. When all
pages are written, what no page can have is taken out of the style sheets.
"""

from __future__ import annotations

import base64
import itertools
import re
import zlib
from hashlib import sha256
from pathlib import Path
from typing import Any

import tinycss2
from docutils import nodes
from sphinx.application import Sphinx

from course_site.cache import kept
from course_site.javascript import ask
from course_site.later import when_written

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
    "make.js",
    "custom.js",
)
# Their few rules that a page of this site needs are in custom.css; the scripts do nothing here.
DROPPED = re.compile(
    r"sphinx-design|sg_gallery|sg-tags|design-tabs|doctools|sphinx_highlight|nbsphinx"
)
# A statement that is drawn into the one before it would lose the licence that stands above it.
SHORTEN = """
const script = require("fs").readFileSync(0, "utf8");
const options = { compress: { sequences: false }, format: { comments: /^!/ } };
require(process.argv[1]).minify(script, options).then(({ code }) => process.stdout.write(code));
"""
ADDRESS = re.compile(r"""url\((["']?)(?!data:|[a-z]+:|/|#)([^"')]+)\1\)""")
# These stand in a page itself, named by their digests in the page's policy.
FETCH, EARLY, DISK = "fonts.js", "theme.js", "disk.js"
# What the first view of a page is written in.
FONTS = ("fonts/source-serif-4-normal.woff2", "fonts/inter-normal.woff2")
CODE_FONT = "fonts/jetbrains-mono-normal.woff2"
MATHS_FONTS = ("katex/fonts/KaTeX_Main-Regular.woff2", "katex/fonts/KaTeX_Math-Italic.woff2")


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
            css = ADDRESS.sub(rf'url("{up}/\2")', css)
        made.append(re.sub(r'@charset "[^"]*";', "", css))
    return "\n".join(made)


def joined_scripts(folder: Path) -> str:
    """Join the scripts of a folder, in the order in which they would have run."""
    texts = [(folder / name).read_text("utf-8") for name in SCRIPTS if (folder / name).exists()]
    return "\n;\n".join(
        re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.M) for text in texts
    )


def short(app: Sphinx, name: str, script: str) -> str:
    """Write a script without comments, but those of licences, and with short names inside."""
    terser = ["-e", SHORTEN, str(Path(app.srcdir, "node_modules/terser"))]

    def make() -> str:
        return ask(f"terser on {name}", terser, script)

    return kept(app.doctreedir, f"short/{name}", [script.encode()], make)


def written(folder: Path, name: str, text: str) -> str:
    """Write a file unless it is there, and give its address with what changes when it changes."""
    path, content = folder / name, text.encode()
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)
    return f"_static/{name}?v={zlib.crc32(content):08x}"


def needs(body: str) -> list[str]:
    """Name the style sheets for what stands in a page."""
    asked = {MATHS: 'class="katex', MOVED: 'class="explorable '}
    return [name for name in STYLES if asked.get(name, "") in body]


def sheet(names: list[str]) -> str:
    """Name the style sheet into which others are joined."""
    return f"site{'-maths' * (MATHS in names)}{'-explore' * (MOVED in names)}.css"


def add_assets(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Give a page its style sheet and its script in place of those of the extensions."""
    folder = Path(app.outdir, "_static")
    body = str(context.get("body", ""))
    names = needs(body)
    style = written(folder, sheet(names), joined_styles(folder, names))
    has_code = "<code" in body or "<pre" in body
    fonts = (*FONTS, *(CODE_FONT,) * has_code, *MATHS_FONTS * (MATHS in names))
    context["fonts"] = [f"_static/{name}" for name in fonts]
    context["css_files"] = [style, *left(context["css_files"], STYLES)]
    script = short(app, "site", joined_scripts(folder))
    context["site_script"] = written(folder, SCRIPT, script)
    context["script_files"] = left(context["script_files"], SCRIPTS)


def left(files: list[Any], joined: tuple[str, ...]) -> list[Any]:
    """Give the files that are neither joined nor dropped."""
    names = {file: str(getattr(file, "filename", file)) for file in files}
    return [
        file
        for file, name in names.items()
        if not DROPPED.search(name) and not name.removeprefix("_static/").startswith(joined)
    ]


def inline(app: Sphinx, name: str) -> str:
    """Give a script that stands in the page itself."""
    return Path(app.srcdir, "_static", name).read_text(encoding="utf-8").strip()


def digest(script: str) -> str:
    """Give what names a script in a policy."""
    return f"'sha256-{base64.b64encode(sha256(script.encode()).digest()).decode()}'"


# -- what no page has ------------------------------------------------------------------------------


def vocabulary(site: Path) -> set[str]:
    """Give every class that a page of a built site has or that a script may give it."""
    words: set[str] = set()
    for page in site.rglob("*.html"):
        for found in re.findall(r'class="([^"]*)"', page.read_text(encoding="utf-8")):
            words.update(found.split())
    for script in (site / "_static").rglob("*.js"):
        if not script.stem.endswith("_data"):  # words to be shown
            words.update(re.findall(r"[\w-]+", script.read_text(encoding="utf-8")))
    return words


def pruned(css: str, known: set[str]) -> str:
    """Leave out of a style sheet the selectors that ask for a class that is not known."""
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return "".join(pruned_rule(rule, known) for rule in rules)


def pruned_rule(rule: Any, known: set[str]) -> str:
    """Give what is left of a rule, or nothing."""
    if rule.type == "at-rule" and rule.at_keyword in ("media", "supports"):
        inside = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
        rest = "".join(pruned_rule(each, known) for each in inside)
        return f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{rest}}}\n" if rest else ""
    if rule.type != "qualified-rule":
        return f"{rule.serialize()}\n"
    selectors: list[list[Any]] = [[]]
    for token in rule.prelude:
        if token == ",":
            selectors.append([])
        else:
            selectors[-1].append(token)
    kept = [tinycss2.serialize(each).strip() for each in selectors if classes(each) <= known]
    return f"{','.join(kept)}{{{tinycss2.serialize(rule.content).strip()}}}\n" if kept else ""


def classes(selector: list[Any]) -> set[str]:
    """Name the classes that an element and those around it must have."""
    pairs = itertools.pairwise(selector)
    return {name.value for dot, name in pairs if dot == "." and name.type == "ident"}


def prune(app: Sphinx) -> None:
    """Take out of the style sheets of the finished site what none of its pages can have."""
    known, folder = vocabulary(Path(app.outdir)), Path(app.outdir, "_static")
    # Joined once more: the theme writes the colours of code for dark pages at the end.
    styles = {name: joined_styles(folder, [name]) for name in STYLES}
    sources = (repr(sorted(known)).encode(), repr(styles).encode())
    rest = kept(
        app.doctreedir, "styles", sources, lambda: {x: pruned(styles[x], known) for x in STYLES}
    )
    for left_out in ({MATHS, MOVED}, {MATHS}, {MOVED}, set[str]()):
        names = [name for name in STYLES if name not in left_out]
        if (path := folder / sheet(names)).exists():
            path.write_text("".join(rest[name] for name in names), encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Choose when all others have added theirs, and prune when all pages are written."""
    when_written(app, prune, priority=650)
    app.connect("html-page-context", add_assets, priority=990)
