"""Write a resolved page as Markdown that Jupyter and Colab show: what a notebook says.

Each method gives the Markdown of one kind of node. What the reader's own run will make again
(outputs, figures, videos) gives nothing.
"""

# ruff: noqa: D102  # block_x and inline_x write an x
from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin

from docutils import nodes
from sphinx import addnodes

from course_site.figures import lesson_figure
from course_site.formulas import has_rows

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CODE_CELL = "\n\N{SYMBOL FOR GROUP SEPARATOR}\n"  # around what becomes a code cell of its own
CELL = "GENERATED FROM PYTHON SOURCE LINES"
MADE_BY_CODE = {"sphx-glr-script-out", "toctree-wrapper"}
SILENT = (
    nodes.comment,
    nodes.pending,
    nodes.raw,
    nodes.substitution_definition,
    nodes.system_message,
    nodes.target,
    addnodes.index,
    addnodes.toctree,
    lesson_figure,
)
ADMONITIONS = {"seealso": "See also"}  # the others are named by their class
WRAPS: dict[type[nodes.Element], str] = {
    nodes.emphasis: "*{}*",
    nodes.strong: "**{}**",
    nodes.title_reference: "*{}*",
    nodes.subscript: "<sub>{}</sub>",
    nodes.superscript: "<sup>{}</sup>",
}


class MarkdownWriter:
    """Write pages of a site as Markdown with absolute links.

    Parameters
    ----------
    page_url
        Address of the page, against which links are resolved.
    image_urls
        Address of each image, by the path that the page has for it.
    download_root
        Address of the folder of downloads.
    """

    def __init__(self, page_url: str, image_urls: dict[str, str], download_root: str) -> None:
        self.page_url = page_url
        self.image_urls = image_urls
        self.download_root = download_root

    def cells(self, page: nodes.Element) -> list[str]:
        """Give the text of each cell of the script that a page was made from."""
        cells: list[list[str]] = [[]]
        for text in self.flow(page, depth=0):
            if text is None:
                cells.append([])
            elif text:
                cells[-1].append(text)
        return ["\n\n".join(cell) for cell in cells]

    def flow(self, parent: nodes.Element, depth: int) -> Iterator[str | None]:
        """Give the blocks of a section in their order, and None where a new cell begins."""
        for node in parent.children:
            if isinstance(node, nodes.section):
                yield from self.flow(node, depth + 1)
            elif isinstance(node, nodes.title):
                yield f"{'#' * depth} {self.inline(node)}"
            elif isinstance(node, nodes.comment) and CELL in node.astext():
                yield None
            else:
                yield self.block(node)

    def blocks(self, children: Iterable[nodes.Node]) -> str:
        """Write blocks with a blank line between them."""
        return "\n\n".join(text for text in map(self.block, children) if text)

    def block(self, node: nodes.Node) -> str:
        """Write one block."""
        if isinstance(node, nodes.Text):
            return escaped(node.astext()).strip()
        if not isinstance(node, nodes.Element) or isinstance(node, SILENT):
            return ""
        if MADE_BY_CODE & set(node.get("classes", ())):
            return ""
        for name in (cls.__name__ for cls in type(node).__mro__):
            if method := getattr(self, f"block_{name}", None):
                return str(method(node))
        if isinstance(node, nodes.TextElement | nodes.Inline):
            return at_line_start(self.inline(node).strip())
        return self.blocks(node.children)

    # -- blocks ----------------------------------------------------------------

    def block_exercise_box(self, node: nodes.Element) -> str:
        """Write text and code; the hints and the solution come from the package when asked for."""
        title, prompt = node.children[:2]
        id, import_check = node["exercise"], "from pytorch_primer import check"
        code = node["code"].replace(import_check, f"{import_check}, hint, solution")
        return (
            f"### {self.inline(title)}\n\n{self.block(prompt)}\n\n"
            f'`hint("{id}")` gives a hint, `solution("{id}")` an answer.'
            f"{CODE_CELL}{code}{CODE_CELL}"
        )

    def block_explorable(self, node: nodes.Element) -> str:
        """Say where it can be moved: a notebook has no room for its scripts."""
        state = f"?{node['state']}" if node["state"] else ""
        url = urljoin(self.page_url, f"{node['page']}{state}")
        return f"*{node['sentence']}: [{node['title']}]({url}), on the site.*"

    def block_practice_item(self, node: nodes.Element) -> str:
        """Write a cell of its own: the question with its options, and a fold with the answers."""
        item = node["item"]
        where = f"{node['origin'][0]} · {item.title}" if node.get("origin") else item.title
        texts = [f"**{where}**"]
        for child in elements(node):
            if type(child).__name__ == "practice_code":
                texts.append(f"```python\n{child['text']}\n```")
            else:
                texts.append(self.block(child))
        mark = f"{CODE_CELL}{CODE_CELL}"  # an empty cell, which goes
        return mark + "\n\n".join(texts) + mark

    def block_practice_options(self, node: nodes.Element) -> str:
        letters = iter(LETTERS)
        rows = []
        for option in elements(node):
            code = option["text"]
            shown = f"`{code}`" if code and "\n" not in code else f"```text\n{code}\n```"
            text = shown if code else "".join(map(self.inline, option.children))
            lead = f"- {next(letters)}. "
            rows.append(lead + (f"\n  {indented(text, '  ')}" if text.startswith("```") else text))
        return "\n".join(rows)

    def block_practice_answers(self, node: nodes.Element) -> str:
        letters, lines, rows = iter(LETTERS), node["item"].lines, list[str]()
        if lines:  # by letters: the code is the solution of an exercise that follows
            rows.append(f"- In order: {', '.join(LETTERS[n] for n in lines.orders[0])}.")
        if lines and len(lines.orders) > 1:
            rows[0] += f" {len(lines.orders)} orders pass in all."
        for answer in elements(node):
            listed = not lines and node["item"].kind != "which-line"
            mark = f"{next(letters)}. " if listed else ""
            right = "**Right.** " if answer.get("right") else ""
            if node["item"].kind == "which-line":
                line = node["item"].right + 1
                right = f"**Line {line}.** " if right else "**The other lines:** "
            rows.append(f"- {mark}{right}{''.join(map(self.inline, answer.children))}")
        return folded("Answer and reasons", "\n".join(rows))

    def block_rubric(self, node: nodes.Element) -> str:
        return f"**{self.inline(node)}**"

    def block_transition(self, node: nodes.Element) -> str:
        return "---"

    def block_math_block(self, node: nodes.Element) -> str:
        latex = node.astext().strip()
        if has_rows(latex):
            latex = f"\\begin{{aligned}}\n{latex}\n\\end{{aligned}}"
        number = f" \\tag{{{node['number']}}}" if node.get("number") else ""
        return f"$$\n{latex}{number}\n$$"

    def block_literal_block(self, node: nodes.Element) -> str:
        language = str(node.get("language", node.get("lang", "")))
        code = node.astext().strip("\n")
        fence = "`" * max(3, longest_run("`", code) + 1)
        return f"{fence}{'' if language in ('none', 'default') else language}\n{code}\n{fence}"

    block_code_links_block = block_literal_block
    block_doctest_block = block_literal_block

    def block_bullet_list(self, node: nodes.Element) -> str:
        return "\n".join(self.item("- ", item) for item in node.children)

    def block_enumerated_list(self, node: nodes.Element) -> str:
        start = int(node.get("start", 1))
        return "\n".join(self.item(f"{n}. ", item) for n, item in enumerate(node.children, start))

    def item(self, mark: str, node: nodes.Node) -> str:
        return mark + indented(self.blocks(node.children), " " * len(mark))

    def block_definition_list_item(self, node: nodes.Element) -> str:
        terms = [self.inline(child) for child in node.children if isinstance(child, nodes.term)]
        rest = [child for child in node.children if isinstance(child, nodes.definition)]
        text = f"**{', '.join(terms)}**\n\n{self.blocks(rest)}".strip()
        return "- " + indented(text, "  ")

    def block_definition_list(self, node: nodes.Element) -> str:
        return "\n".join(self.block(item) for item in node.children)

    def block_block_quote(self, node: nodes.Element) -> str:
        return quoted(self.blocks(node.children))

    def block_line_block(self, node: nodes.Element) -> str:
        return "  \n".join(self.inline(line) for line in node.children)

    def block_Admonition(self, node: nodes.Element) -> str:  # the class's name
        title, body = self.titled(node)
        if node.get("collapsible"):
            return folded(node.children[0].astext(), body)
        return quoted(f"**{title}**\n\n{body}".strip())

    block_topic = block_Admonition
    block_sidebar = block_Admonition

    def block_dropdown_main(self, node: nodes.Element) -> str:
        texts = node.children[0].findall(nodes.Text)
        title = "".join(t.astext() for t in texts if not isinstance(t.parent, nodes.raw))
        return folded(title.strip(), self.blocks(node.children[1:]))

    def titled(self, node: nodes.Element) -> tuple[str, str]:
        """Give the title of a box, which may only be its kind, and its body."""
        first = node.children[0] if node.children else None
        if isinstance(first, nodes.title):
            return self.inline(first), self.blocks(node.children[1:])
        kind = type(node).__name__
        return ADMONITIONS.get(kind, kind.capitalize()), self.blocks(node.children)

    def block_caption(self, node: nodes.Element) -> str:
        return f"*{self.inline(node)}*"

    def block_table(self, node: nodes.Element) -> str:
        heads = [self.row(row) for head in node.findall(nodes.thead) for row in head.children]
        rows = [self.row(row) for body in node.findall(nodes.tbody) for row in body.children]
        width = max(len(row) for row in heads + rows)
        heads = heads or [[""] * width]
        lines = [*heads[:1], ["---"] * width, *heads[1:], *rows]
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        captions = [
            f"**{self.inline(t)}**\n\n" for t in node.children if isinstance(t, nodes.title)
        ]
        return "".join(captions) + table

    def row(self, node: nodes.Node) -> list[str]:
        cells = (self.blocks(entry.children) for entry in node.children)
        return [re.sub(r"\s*\n\s*", "<br>", cell).replace("|", r"\|") for cell in cells]

    def block_footnote(self, node: nodes.Element) -> str:
        label, rest = node.children[0], node.children[1:]
        return f"[{label.astext()}] {self.blocks(rest)}"

    block_citation = block_footnote

    # -- within a line -----------------------------------------------------------

    def inline(self, node: nodes.Node) -> str:
        """Write what stands in a line."""
        if isinstance(node, nodes.Text):
            return escaped(node.astext().replace("\n", " "))
        if not isinstance(node, nodes.Element) or isinstance(node, SILENT):
            return ""
        for name in (cls.__name__ for cls in type(node).__mro__):
            if method := getattr(self, f"inline_{name}", None):
                return str(method(node))
        text = "".join(map(self.inline, node.children))
        return WRAPS.get(type(node), "{}").format(text) if text else ""

    def inline_literal(self, node: nodes.Element) -> str:
        code = node.astext().replace("\n", " ")
        fence = "`" * (longest_run("`", code) + 1)
        space = " " if code.startswith("`") or code.endswith("`") else ""
        return f"{fence}{space}{code}{space}{fence}"

    def inline_math(self, node: nodes.Element) -> str:
        # A bar would end the cell of a table.
        latex = re.sub(r"(?<!\\)\|", r"\\vert ", node.astext()).replace(r"\|", r"\Vert ")
        return f"${latex.strip()}$"

    def inline_image(self, node: nodes.Element) -> str:
        uri = str(node["uri"])
        return f"![{node.get('alt', '')}]({self.image_urls.get(uri, uri)})"

    def inline_reference(self, node: nodes.Element) -> str:
        text = "".join(map(self.inline, node.children))
        if not (target := node.get("refuri") or "#" + str(node.get("refid", ""))) or target == "#":
            return text
        url = urljoin(self.page_url, str(target))
        return f"[{text}]({f'<{url}>' if re.search(r'[ ()]', url) else url})"

    def inline_download_reference(self, node: nodes.Element) -> str:
        text = "".join(map(self.inline, node.children))
        return f"[{text}]({urljoin(self.download_root, str(node['filename']))})"

    def inline_footnote_reference(self, node: nodes.Element) -> str:
        return f"[{node.astext()}]"

    inline_citation_reference = inline_footnote_reference


def elements(node: nodes.Element) -> list[nodes.Element]:
    """Give the children of a node that are elements."""
    return [child for child in node.children if isinstance(child, nodes.Element)]


def escaped(text: str) -> str:
    """Keep Markdown from reading signs of the text as its own."""
    text = re.sub(r"([\\`*$<])", r"\\\1", text)
    return re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text)


def at_line_start(text: str) -> str:
    """Keep a paragraph from being read as a heading, a list or a quotation."""
    return re.sub(r"\A(#{1,6}(?= )|[-+>](?= )|\d+(?=[.)] ))", r"\\\1", text)


def longest_run(sign: str, text: str) -> int:
    """Give the length of the longest run of `sign`."""
    return max(map(len, re.findall(f"{re.escape(sign)}+", text)), default=0)


def indented(text: str, space: str) -> str:
    """Indent all lines but the first."""
    return re.sub(r"\n(?=[^\n])", "\n" + space, text)


def quoted(text: str) -> str:
    """Make a quotation of a text."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def folded(title: str, body: str) -> str:
    """Fold a text under its title."""
    return f"<details><summary>{html.escape(title)}</summary>\n\n{body}\n\n</details>"
