"""The frame of every page: what its template asks for, and HTML that the theme writes otherwise.

The template ``page.html`` has the course in its navigation, where in it a page stands, and a policy
that lets a page load from its own host alone. Headings, citations and landmarks are written right
at once; nothing is repaired in finished pages.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from course_site import assets
from course_site.lessons import course
from course_site.scripts import lesson_of, outline_of, page_of
from pytorch_primer.outline import Part

# What a page may load. Styles stand in formulas and drawings, element by element; of scripts a few
# lines, which the policy names by their digests.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' {scripts}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
    )
)
MANY_COLUMNS = 4
# Of a table whose rows are no cards: its least width in em, and the width of a letter and of what a
# column has beside its text. In longer words lines may be broken; longer texts have several lines.
TABLE_WIDTH, LETTER, BESIDE = 48, 0.55, 2.7
LONG_WORD, LONG_TEXT = 14, 34
MAIN = "main"  # the branch of the repository from which the site is published
# Names, punctuation and blanks have the colour of the text, unless a name is a link.
UNCOLOURED = re.compile(r'(?<!">)<span class="(?:n|p|w)">([^<]*)</span>')
PLAIN = (["n"], ["p"], ["w"])
MAIN_LINKS = "lessons/index explore/index exercises glossary downloads"
SITE_LINKS = {
    "Course": "lessons/index syllabus explore/index exercises what_changed glossary reference"
    " downloads",
    "About": "instructors adopt how_it_is_made build_report benchmarks bibliography",
}
# What the navigation says in place of a page's title.
SHORTER = {
    "lessons/index": "All lessons",
    "what_changed": "What changed",
    "benchmarks": "Benchmarks",
}


def links(app: Sphinx, wanted: str, shorter: dict[str, str]) -> list[tuple[str, str]]:
    """Give the pages among `wanted` that this site has, with their titles."""
    titles = {name: title.astext() for name, title in app.env.titles.items()} | shorter
    return [(name, titles[name]) for name in wanted.split() if name in app.env.all_docs]


def part_of(app: Sphinx, pagename: str) -> Part | None:
    """Give the part to which a page belongs."""
    parts = outline_of(app.config).parts
    within = (p for p in parts if pagename.startswith(page_of(app.config, f"{p.folder}/")))
    return next(within, None)


def trail(app: Sphinx, pagename: str) -> tuple[list[tuple[str, str]], str]:
    """Give the pages above a lesson or a part, and the words for the page itself."""
    part, lesson = part_of(app, pagename), lesson_of(app.config, pagename)
    above = [(page_of(app.config, "index"), "Lessons")]
    if part and lesson:
        index = page_of(app.config, f"{part.folder}/index")
        above.append((index, f"{part.number} {part.title}"))
        return above, f"Lesson {lesson.number} of {len(outline_of(app.config).lessons)}"
    return (above, part.title) if part else ([], "")


def source_of(app: Sphinx, pagename: str) -> str | None:
    """Give the file of the repository from which a page is made."""
    conf = app.config.sphinx_gallery_conf
    root, source = Path(app.srcdir).parent, Path(app.srcdir)
    scripts = (source / conf["examples_dirs"]).resolve()
    name = pagename.removeprefix(f"{conf['gallery_dirs']}/")
    folder = name.removesuffix("index").strip("/")
    for path in (
        scripts / f"{name}.py",
        scripts / folder / "GALLERY_HEADER.rst",
        source / f"{pagename}.md",
    ):
        mine = path.suffix == ".md" or pagename != name
        if mine and path.is_file() and path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return None


def feedback(repository: str, file: str | None, title: str) -> list[tuple[str, str]]:
    """Give where one may edit a page and report a mistake in it: on GitHub and GitLab."""
    repository = repository.rstrip("/").removesuffix(".git")
    found = re.fullmatch(r"https://git(hub|lab)\.com/[\w.-]+/[\w./-]+", repository)
    if not found:
        return []
    between, key = ("", "title") if found[1] == "hub" else ("/-", "issue[title]")
    links = []
    if file:
        links.append((f"{repository}{between}/edit/{MAIN}/{quote(file)}", "Edit this page"))
    asked = urlencode({key: f"A mistake in “{title}”"})
    return [*links, (f"{repository}{between}/issues/new?{asked}", "Report a mistake")]


def add_context(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Tell the template what it asks for."""
    names = (assets.FETCH, assets.EARLY, *[assets.DISK] * (pagename == "404"))
    context["inline_scripts"] = scripts = {
        name.removesuffix(".js"): assets.inline(app, name) for name in names
    }
    digests = " ".join(map(assets.digest, scripts.values()))
    context["content_policy"] = POLICY.format(scripts=digests)
    context["course_parts"] = course(app)
    context["main_links"] = links(app, MAIN_LINKS, {})
    groups = {heading: links(app, names, SHORTER) for heading, names in SITE_LINKS.items()}
    context["site_links"] = [(heading, found) for heading, found in groups.items() if found]
    title = re.sub(r"<[^>]+>", "", context.get("title", "")) or app.config.project
    context["feedback"] = feedback(
        app.config.repository_url, source_of(app, pagename), html.unescape(title)
    )
    context["part"] = part_of(app, pagename)
    context["trail"], context["place"] = trail(app, pagename)
    # docutils and the theme both say how wide a page is.
    tags = context.get("metatags", "")
    context["metatags"] = re.sub(r'<meta [^>]*name="viewport"[^>]*>\s*', "", tags)


def as_html(title: nodes.Node) -> str:
    """Write a title with its code as code."""
    return "".join(
        f"<code>{html.escape(each.astext())}</code>"
        if isinstance(each, nodes.literal)
        else html.escape(each.astext())
        for each in title.children
    )


def is_uncoloured(node: nodes.inline) -> bool:
    """Whether a piece of code has the colour of the text."""
    return type(node.parent).__name__ == "code_links_block" and node["classes"] in PLAIN


def heads_of(table: nodes.Node) -> list[str]:
    """Give the heads of the columns of a table that is too wide for a phone, else nothing."""
    head = next(iter(table.findall(nodes.thead)), None)
    if head is None:
        return []
    found = [entry.astext() for entry in head[-1].children]
    return found if len(found) >= MANY_COLUMNS else []


def column_group(rows: Sequence[Sequence[str]]) -> str:
    """Give each column of a table its share of the width: its longest word fits, then its texts.

    A browser that finds the widths itself does so anew for each row that arrives, and moves what
    can be read already.
    """
    columns = list(zip(*rows, strict=True))
    words = [
        max(len(word) for text in column for word in text.split() or [""]) for column in columns
    ]
    least = [BESIDE + LETTER * min(LONG_WORD, letters) for letters in words]
    most = [BESIDE + LETTER * min(LONG_TEXT, max(map(len, column))) for column in columns]
    lack = sum(most) - sum(least)
    part = min(1.0, max(0.0, TABLE_WIDTH - sum(least)) / lack) if lack else 0.0
    widths = [low + part * (high - low) for low, high in zip(least, most, strict=True)]
    shares = (f'<col style="width:{100 * width / sum(widths):.1f}%">' for width in widths)
    return f"<colgroup>{''.join(shares)}</colgroup>"


class PageTranslator(HTML5Translator):
    """Write pages as Sphinx does, but for what an accessible page has otherwise."""

    def visit_citation(self, node: nodes.citation) -> None:
        """Write a source without docutils' role, which is deprecated and which no list may hold."""
        super().visit_citation(node)
        self.body[-1] = self.body[-1].replace('role="doc-biblioentry"', 'role="listitem"')

    def visit_title(self, node: nodes.title) -> None:
        """Say of the caption of a table of contents which heading it is."""
        start = len(self.body)
        super().visit_title(node)
        for place in range(start, len(self.body)):
            written = self.body[place]
            self.body[place] = written.replace('role="heading"', 'role="heading" aria-level="2"')

    def visit_literal_block(self, node: nodes.literal_block) -> None:
        """Write code without the spans that have the text's own colour: a third of its bytes."""
        try:
            super().visit_literal_block(node)
        except nodes.SkipNode:
            self.body[-1] = UNCOLOURED.sub(r"\1", self.body[-1])
            raise

    def visit_inline(self, node: nodes.inline) -> None:
        """Do the same with code in which sphinx-gallery has put links, token by token."""
        if not is_uncoloured(node):
            super().visit_inline(node)

    def depart_inline(self, node: nodes.inline) -> None:
        """Close what was opened."""
        if not is_uncoloured(node):
            super().depart_inline(node)

    def visit_table(self, node: nodes.table) -> None:
        """Let the rows of a table with many columns be cards on a phone."""
        heads = heads_of(node)
        if heads and "stacked" not in node["classes"]:
            node["classes"].append("stacked")
        start = len(self.body)
        super().visit_table(node)
        if heads:
            rows = [[cell.astext() for cell in row] for row in node.findall(nodes.row)]
            self.body.append(column_group([row for row in rows if len(row) == len(heads)]))
        if set(node["ids"]) & set(node.parent.get("ids", ())):  # the theme's box has them already
            self.body[start:] = [re.sub(r' id="[^"]*"', "", text) for text in self.body[start:]]

    def visit_entry(self, node: nodes.entry) -> None:
        """Say in a cell of such a table under which head it stands."""
        start, row = len(self.body), node.parent
        super().visit_entry(node)
        heads = heads_of(row.parent.parent.parent)
        at = row.index(node)
        if isinstance(row.parent, nodes.tbody) and 0 < at < len(heads):
            label = f' data-label="{html.escape(heads[at])}"'
            self.body[start] = re.sub(r"^(\s*<t[dh])", rf"\1{label}", self.body[start])

    def visit_rubric(self, node: nodes.rubric) -> None:
        """Write a rubric as the heading that it is."""
        level = node.get("heading-level", min(self.section_level + 1, 6))
        self.body.append(self.starttag(node, f"h{level}", "", CLASS="rubric"))
        self.context.append(f"</h{level}>\n")

    def depart_rubric(self, node: nodes.rubric) -> None:
        """Close the heading."""
        self.body.append(self.context.pop())


def setup(app: Sphinx) -> None:
    """Write with the translator, and tell the template."""
    app.set_translator("html", PageTranslator)
    app.connect("html-page-context", add_context)
