"""Mathematics typeset while the site is built: readers get HTML, MathML, a style sheet and fonts.

The formulas of all pages go to KaTeX in one batch, in a ``node`` process that ends with the batch.
LaTeX that does not parse is a warning with file and line, which fails a strict build.
"""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from course_site import store
from course_site.javascript import ask

logger = logging.getLogger(__name__)

SCRIPT = Path(__file__).with_name("katex_render.js")
STYLE = "katex/katex.css"
# KaTeX writes that a limit as `\max` applies, as a third child of an index, which may have two.
APPLIES = re.compile("<mo>\u2061</mo>(?=</m(?:sub|sup)>)")
SHORT = 12  # characters of LaTeX that stand on one line with the sign behind them


class Formula(NamedTuple):
    """What KaTeX is asked to typeset."""

    latex: str
    display: bool


class Result(NamedTuple):
    """What KaTeX answered: HTML, or why there is none."""

    html: str
    error: str


class Typesetter:
    """Typeset formulas with the KaTeX in `folder`, each text once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.done: dict[Formula, Result] = {}

    def typeset(self, formulas: set[Formula]) -> None:
        """Send the formulas that are new to node, all at once."""
        new = sorted(formulas - self.done.keys())
        if not new:
            return
        question = json.dumps({"katex": str(self.folder), "formulas": new})
        answer = ask("KaTeX", [str(SCRIPT)], question)
        for formula, result in zip(new, json.loads(answer), strict=True):
            text = APPLIES.sub("", result.get("html", ""))
            self.done[formula] = Result(text, result.get("error", ""))


def formula_of(node: nodes.Element) -> Formula:
    """Read the formula of a node; the rows of a displayed one are aligned as Sphinx does it."""
    latex = node.astext().strip()
    if isinstance(node, nodes.math):
        return Formula(latex, display=False)
    if node.get("no-wrap", node.get("nowrap")):
        return Formula(latex, display=True)
    parts = [part.strip() for part in latex.split("\n\n") if part.strip()]
    rows = [rf"\begin{{aligned}}{p}\end{{aligned}}" if has_rows(p) else p for p in parts]
    if len(rows) > 1:
        return Formula(r"\begin{gathered}" + r"\\".join(rows) + r"\end{gathered}", display=True)
    return Formula("".join(rows), display=True)


def has_rows(latex: str) -> bool:
    r"""Whether ``\\`` separates rows outside of any environment or pair of braces."""
    depth = 0
    for token in re.findall(r"\\begin\b|\\end\b|\\[\\{}]|[{}]", latex):
        if token == r"\\" and depth == 0:
            return True
        depth += {r"\begin": 1, "{": 1, r"\end": -1, "}": -1}.get(token, 0)
    return False


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Note the formulas of a page that was read."""
    found = [*doctree.findall(nodes.math), *doctree.findall(nodes.math_block)]
    store.record(app.env, app.env.docname).formulas = {formula_of(node) for node in found}


def render(writer: Any, node: nodes.Element) -> str:
    """Give the HTML of a formula; typeset those of the whole site the first time."""
    app: Sphinx = writer.builder.app
    typesetter: Typesetter = app.katex  # type: ignore[attr-defined]
    formula = formula_of(node)
    if formula not in typesetter.done:
        kept = store.records(app.env).values()
        typesetter.typeset({formula}.union(*(record.formulas for record in kept)))
    result = typesetter.done[formula]
    if result.error:
        logger.warning("LaTeX: %s", result.error, location=node, type="katex")
        return f"<code>{html.escape(formula.latex)}</code>"
    return result.html


def keep_signs(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Let no line begin with the comma behind a short formula: a browser would break there."""
    if app.builder.format != "html":
        return
    for formula in list(doctree.findall(nodes.math)):
        behind = formula.next_node(descend=False, siblings=True)
        if not isinstance(behind, nodes.Text) or len(formula.astext()) > SHORT:
            continue
        if found := re.match(r"[,.;:!?)]+", behind):
            parent = formula.parent
            at = parent.index(formula)
            together = nodes.inline("", "", formula.deepcopy(), nodes.Text(found[0]))
            together["classes"] = ["unbroken"]
            parent[at : at + 2] = [together, nodes.Text(behind[found.end() :])]


def visit_inline(writer: Any, node: nodes.math) -> None:
    """Write a formula that stands in a line."""
    writer.body.append(f'<span class="math notranslate nohighlight">{render(writer, node)}</span>')
    raise nodes.SkipNode


def visit_block(writer: Any, node: nodes.math_block) -> None:
    """Write a displayed formula; one that is too wide scrolls beside its number."""
    tag = writer.starttag(node, "div", CLASS="formula notranslate nohighlight")
    if "math-wrapper" in node.parent.get("classes", ()):  # furo's box, which has the ids already
        tag = '<div class="formula notranslate nohighlight">'
    writer.body.append(tag)
    writer.body.append(f'<div class="formula-body">{render(writer, node)}</div>')
    if node["number"]:
        writer.body.append(f'<span class="eqno">({get_node_equation_number(writer, node)})')
        writer.add_permalink_ref(node, "Link to this equation")
        writer.body.append("</span>")
    writer.body.append("</div>\n")
    raise nodes.SkipNode


def start(app: Sphinx) -> None:
    """Find KaTeX, and put its style sheet, its fonts and their licence beside the pages."""
    package = Path(app.confdir) / "node_modules" / "katex"
    if not package.is_dir():
        raise ExtensionError(f"no KaTeX in {package.parent}: run `npm ci --prefix docs`")
    app.katex = Typesetter(package)  # type: ignore[attr-defined]
    if app.builder.format != "html":
        return
    target = (Path(app.outdir) / "_static" / STYLE).parent
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    css = (package / "dist" / "katex-swap.min.css").read_text(encoding="utf-8")
    # Every browser that is still in use reads woff2, so the other formats stay at home.
    css = re.sub(r',url\([^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)', "", css)
    (target / Path(STYLE).name).write_text(css, encoding="utf-8")
    for font in (package / "dist" / "fonts").glob("*.woff2"):
        shutil.copyfile(font, target / "fonts" / font.name)
    shutil.copyfile(package / "LICENSE", target / "LICENSE")


def setup(app: Sphinx) -> None:
    """Offer the renderer ``katex`` for ``html_math_renderer``."""
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_block, None))
    app.connect("builder-inited", start)
    app.connect("doctree-read", collect)
    app.connect("doctree-resolved", keep_signs)
