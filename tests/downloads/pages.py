"""The code cells of a lesson's page, with what the page shows below each."""

from __future__ import annotations

from dataclasses import dataclass

from bs4 import BeautifulSoup

CODE = "highlight-Python"  # sphinx-gallery's; code within the text is `highlight-python`
SHOWN = f".{CODE}, .sphx-glr-script-out, .output_html, .figure-picture img, video"


@dataclass
class PageCell:
    """One cell: its code, the text that it printed, and whether it drew something."""

    code: str
    text: str = ""
    html: bool = False
    figure: bool = False
    animation: bool = False


def page_cells(page: str) -> list[PageCell]:
    """Read the cells of a page in their order."""
    cells: list[PageCell] = []
    for tag in BeautifulSoup(page, "html.parser").select(SHOWN):
        classes = tag.get("class") or []
        if CODE in classes:
            cells.append(PageCell(tag.get_text().strip("\n")))
        elif not cells:
            raise ValueError(f"an output before the first cell: {tag.get_text()[:80]!r}")
        elif "sphx-glr-script-out" in classes:
            cells[-1].text += tag.get_text()
        elif "output_html" in classes:
            cells[-1].html = True
        elif tag.name == "img":
            cells[-1].figure = True
        else:
            cells[-1].animation = True
    return cells


def downloads(page: str) -> list[str]:
    """Give the addresses of what a page offers to download, relative to it."""
    links = BeautifulSoup(page, "html.parser").select("a[download]")
    return [str(link["href"]) for link in links]
