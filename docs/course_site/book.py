"""The whole course as one EPUB, made from the pages that were written: ``downloads/course.epub``.

Lessons, glossary and bibliography in the order of the outline, with formulas as MathML, figures
with their words in them, hints and solutions folded, and of a video its first frame. What a book
cannot do leads to the page on the site. The same pages give the same bytes.
"""

from __future__ import annotations

import html
import io
import os
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit
from uuid import NAMESPACE_URL, uuid5

from bs4 import BeautifulSoup, Tag
from PIL import Image
from sphinx.application import Sphinx

from course_site.cache import kept, kept_at
from course_site.downloads import ARCHIVES, BOOK, write_zip
from course_site.later import when_written
from course_site.lessons import course
from course_site.workers import each

LEFT_OUT = {"script", "style", "button", "form", "source", "annotation"}
LEFT_OUT_CLASSES = {"headerlink", "lesson-line", "lesson-progress"}
LEFT_OUT_CLASSES |= {"install", "poster", "visually-hidden"}
PICTURES = {"figure-picture", "lesson-video", "explorable"}
# HTML knows no capitals in names; SVG does.
CAPITALS = (
    *("viewBox", "preserveAspectRatio", "markerWidth", "markerHeight", "refX", "refY"),
    *("gradientUnits", "gradientTransform", "textLength", "lengthAdjust", "clipPathUnits"),
)
TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".css": "text/css"}
STYLE = """\
body { line-height: 1.5; }
h1, h2, h3, h4 { line-height: 1.2; text-align: left; }
pre { white-space: pre-wrap; font-size: 0.85em; border: 1px solid #ccc; padding: 0.5em 0.7em; }
code { font-size: 0.9em; }
img, svg { max-width: 100%; height: auto; }
figure { margin: 1em 0; }
figcaption { font-size: 0.9em; }
table { border-collapse: collapse; }
th, td { border-bottom: 1px solid #ccc; padding: 0.2em 0.5em; text-align: left; }
.lesson-box, .exercise, .admonition, .practice { border-left: 4px solid; padding: 0.2em 1em; }
.formula { margin: 1em 0; text-align: center; }
"""
PAGE = """\
<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" \
xml:lang="en">
<head><title>{title}</title><link rel="stylesheet" href="book.css"/></head>
<body>
{body}
</body>
</html>
"""
PACKAGE = """\
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{id}</dc:identifier>
<dc:title>{title}</dc:title><dc:language>en</dc:language><dc:creator>{author}</dc:creator>
<dc:rights>Text and figures: CC BY 4.0. Code: BSD-3-Clause.</dc:rights><dc:source>{url}</dc:source>
<meta property="dcterms:modified">{date}</meta>
</metadata>
<manifest>
{manifest}
</manifest>
<spine>
{spine}
</spine>
</package>
"""
CONTAINER = """\
<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/book.opf" media-type="application/oebps-package+xml"/>\
</rootfiles>
</container>
"""


@dataclass
class Book:
    """The files of a book in the making: chapters by the name of their page, and pictures."""

    site: Path
    url: str
    pages: list[str]
    files: dict[str, bytes] = field(default_factory=dict)
    chapters: dict[str, str] = field(default_factory=dict)  # page: title

    def file(self, page: str) -> str:
        """Name the file of a chapter."""
        return page.replace("/", "-") + ".xhtml"

    def sources(self, page: str) -> Iterator[bytes]:
        """Give what a chapter is made of: its page, its pictures, the names of all pages."""
        text = (self.site / f"{page}.html").read_text("utf-8")
        yield from (text.encode(), self.url.encode(), repr(self.pages).encode())
        for source in sorted(set(re.findall(r'<img\b[^>]* src="(?!data:)([^"]+)"', text))):
            yield self.path(source, page).read_bytes()

    def add(self, page: str) -> Book:
        """Make a chapter of a page."""
        text = (self.site / f"{page}.html").read_text("utf-8")
        article = BeautifulSoup(text[text.index("<article") :], "html.parser").article
        if article is None:
            return self
        for formula in article.find_all("span", class_="katex"):
            if math := formula.find("math"):
                formula.replace_with(math)
        title = article.find("h1")
        for place in article.find_all(lambda tag: bool(PICTURES & classes(tag))):
            self.add_picture(place, page)
        for tag in article.find_all(is_left_out):
            tag.decompose()
        for tag in article.find_all(tabindex=True):
            del tag["tabindex"]
        for link in article.find_all("a", href=True):
            link["href"] = self.target(str(link["href"]), page)
        for image in article.find_all("img", src=True):
            image["src"] = self.picture(str(image["src"]), page)
        for drawn in article.find_all("svg"):
            drawn["xmlns"] = "http://www.w3.org/2000/svg"
        words = title.get_text().strip("¶ ") if title else page
        self.chapters[page] = words
        body = capitals(article.decode_contents(formatter="minimal"))
        self.files[self.file(page)] = PAGE.format(title=html.escape(words), body=body).encode()
        return self

    def add_picture(self, place: Tag, page: str) -> None:
        """Put a picture where a page has a figure, a video or something to move."""
        image = place.select_one("img")
        if image is None:
            place.decompose()
            return
        source = str(image["src"])
        new = BeautifulSoup("", "html.parser").new_tag("img", alt=str(image.get("alt", "")))
        if place.select_one("svg.figure-words"):
            picture = self.with_words(source, page, str(place.select_one("svg.figure-words")))
            new["src"] = self.keep(picture, posixpath.basename(source))
        elif video := place.select_one("video"):
            new["alt"] = str(video["aria-label"])
            frame = io.BytesIO()
            Image.open(self.path(source, page)).convert("RGB").save(frame, "PNG", optimize=True)
            name = posixpath.basename(source).replace(".webp", ".png")
            new["src"] = self.keep(frame.getvalue(), name)
        else:
            new["src"] = self.picture(source, page)
        place.replace_with(new)

    def with_words(self, source: str, page: str, words: str) -> bytes:
        """Give a picture with its words in it."""
        text = self.path(source, page).read_text("utf-8")
        inner = re.sub(r"^<svg[^>]*>|</svg>$", "", words).replace("currentColor", "var(--fg)")
        inner = capitals(inner.replace("var(--page)", "var(--bg)"))
        group = f'<g font-family="Inter, Helvetica, Arial, sans-serif">{inner}</g></svg>'
        return (text.rpartition("</svg>")[0] + group).encode()

    def path(self, address: str, page: str) -> Path:
        """Give the file of an address on a page."""
        return (self.site / page).parent / urlsplit(address).path

    def keep(self, content: bytes, name: str) -> str:
        """Keep a picture, and give its address in the book."""
        self.files[f"images/{name}"] = content
        return f"images/{name}"

    def picture(self, source: str, page: str) -> str:
        """Keep a picture of the site; one that is kept already stays where it is."""
        if source in self.files or source.startswith("data:"):
            return source
        path = self.path(source, page)
        return self.keep(path.read_bytes(), path.name)

    def target(self, address: str, page: str) -> str:
        """Give where a link leads: into the book, or to the site."""
        if urlsplit(address).scheme or address.startswith("#"):
            return address
        there, anchor = urldefrag(urljoin(f"/{page}.html", address))
        name = urlsplit(there).path.removeprefix("/").removesuffix(".html")
        if name in self.pages:
            return self.file(name) + (f"#{anchor}" if anchor else "")
        return urljoin(self.url, address if address.startswith("/") else there[1:]) + (
            f"#{anchor}" if anchor else ""
        )


def classes(tag: Tag) -> set[str]:
    """Give the classes of an element."""
    return set(tag.get_attribute_list("class"))


def is_left_out(tag: Tag) -> bool:
    """Whether a book has no use for an element."""
    return tag.name in LEFT_OUT or bool(LEFT_OUT_CLASSES & classes(tag))


def capitals(text: str) -> str:
    """Give the names in drawings their capitals back."""
    for name in CAPITALS:
        text = text.replace(f" {name.lower()}=", f" {name}=")
    return text.replace("<clippath", "<clipPath").replace("</clippath", "</clipPath")


def contents(app: Sphinx) -> Iterator[tuple[str, list[str]]]:
    """Give the parts with the pages of their lessons, then the pages to look things up in."""
    for part, of_part in course(app):
        yield f"{part.number} {part.title}", [stop.page for stop in of_part]
    others: list[str] = ["glossary", "bibliography"]
    if found := [page for page in others if page in app.env.all_docs]:
        yield "To look things up", found


def navigation(book: Book, title: str, parts: list[tuple[str, list[str]]]) -> bytes:
    """Write the table of contents."""
    rows = []
    for name, pages in parts:
        items = "".join(
            f'<li><a href="{book.file(page)}">{html.escape(book.chapters[page])}</a></li>'
            for page in pages
        )
        rows.append(f"<li><span>{html.escape(name)}</span><ol>{items}</ol></li>")
    body = (
        f"<h1>{html.escape(title)}</h1>"
        f'<p>This book is made from the pages of <a href="{book.url}">{book.url}</a>. Text and'
        " figures: CC BY 4.0. Code: BSD-3-Clause.</p>"
        f'<nav epub:type="toc" id="toc"><h2>Contents</h2><ol>{"".join(rows)}</ol></nav>'
    )
    return PAGE.format(title=html.escape(title), body=body).encode()


def package(app: Sphinx, book: Book) -> bytes:
    """Write what says which files the book has, and in which order they are read."""
    items, order = [], ["nav.xhtml", *map(book.file, book.pages)]
    for name, content in sorted(book.files.items()):
        kind = TYPES.get(Path(name).suffix, "application/xhtml+xml")
        has = {"nav": name == "nav.xhtml", "mathml": b"<math" in content, "svg": b"<svg" in content}
        told = " ".join(key for key, value in has.items() if value and kind.endswith("xhtml+xml"))
        properties = f' properties="{told}"' if told else ""
        id = f"f-{re.sub(r'[^A-Za-z0-9]', '-', name)}"
        items.append(f'<item id="{id}" href="{name}" media-type="{kind}"{properties}/>')
    spine = [f'<itemref idref="f-{re.sub(r"[^A-Za-z0-9]", "-", name)}"/>' for name in order]
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH", "1767225600"))
    return PACKAGE.format(
        id=uuid5(NAMESPACE_URL, book.url),
        title=html.escape(app.config.project),
        author=html.escape(app.config.author),
        url=html.escape(book.url),
        date=datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        manifest="\n".join(items),
        spine="\n".join(spine),
    ).encode()


def chapter(app: Sphinx, pages: list[str], page: str) -> Book:
    """Give a book of one chapter, which is made again only when its page has changed."""
    alone = Book(Path(app.outdir), app.config.html_baseurl, pages)
    return kept(app.doctreedir, f"book/{page}", alone.sources(page), partial(alone.add, page))


def write_book(app: Sphinx) -> None:
    """Write the book into the finished site, before the archive that has all."""
    parts = list(contents(app))
    pages = [page for _, found in parts for page in found]
    book = Book(Path(app.outdir), app.config.html_baseurl, pages)
    new = [page for page in pages if not kept_at(app.doctreedir, f"book/{page}").exists()]
    each(app.parallel, lambda page: bool(chapter(app, pages, page)), new)
    for page in pages:
        made = chapter(app, pages, page)
        book.files |= made.files
        book.chapters |= made.chapters
    book.files["book.css"] = STYLE.encode()
    book.files["nav.xhtml"] = navigation(book, app.config.project, parts)
    files = {f"book/{name}": content for name, content in book.files.items()}
    files |= {
        "META-INF/container.xml": CONTAINER.encode(),
        "book/book.opf": package(app, book),
    }
    path = Path(app.outdir, ARCHIVES, BOOK)
    path.parent.mkdir(exist_ok=True)
    write_zip(path, files.items(), kind="application/epub+zip")


def setup(app: Sphinx) -> None:
    """Write when all pages are written."""
    when_written(app, write_book, priority=700)
