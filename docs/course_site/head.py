"""What a page says of itself to machines: description, picture, course data, and a map of the site.

A lesson is a ``LearningResource`` that teaches its aims and takes its reading time; the home page
is the ``Course``. The picture for links elsewhere and the touch icon are drawn from the outline.
"""

from __future__ import annotations

import json
import re
import textwrap
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from xml.sax.saxutils import escape

import matplotlib.pyplot as plt
from docutils import nodes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle, Rectangle
from sphinx.application import Sphinx
from sphinx.util import logging

from course_site import look
from course_site.address import UNSET
from course_site.cache import once, put
from course_site.keys import digest
from course_site.later import when_written
from course_site.scripts import lesson_of, outline_of
from course_site.store import lessons_of

logger = logging.getLogger(__name__)

LENGTH = 160  # characters of a description that a search engine shows
CARD, ICON = "card.png", "touch-icon.png"
NOT_LISTED = {"404", "search", "genindex", "py-modindex"}


def say_address(app: Sphinx) -> None:
    """Say what a site lacks that does not know its address."""
    if app.config.html_baseurl == UNSET:
        logger.info(
            "SITE_URL is not set: notebooks cannot install the package from this site, and what"
            " names its address says %s. To publish, set SITE_URL to the site's address.",
            UNSET,
        )


def shortened(text: str) -> str:
    """Cut a text behind a word."""
    return textwrap.shorten(re.sub(r"\s+", " ", text), LENGTH, placeholder=" …")


def description(app: Sphinx, pagename: str, doctree: nodes.document | None) -> str:
    """Say what a page is about: the aims of a lesson, else its first paragraph."""
    if facts := lessons_of(app.env).get(pagename):
        return shortened(f"{facts.title}. After this lesson you can {'; '.join(facts.aims)}.")
    for paragraph in doctree.findall(nodes.paragraph) if doctree else ():
        if len(text := paragraph.astext()) > 40 and isinstance(paragraph.parent, nodes.section):
            return shortened(text)
    return shortened(f"{app.config.html_title}: a course that runs whenever it is built.")


def course_data(app: Sphinx, pagename: str, words: str, url: str) -> dict[str, Any] | None:
    """Describe the course or a lesson in the terms of schema.org."""
    home = app.config.html_baseurl
    common: dict[str, Any] = {"@context": "https://schema.org", "description": words, "url": url}
    common |= {"inLanguage": app.config.language, "isAccessibleForFree": True}
    provider = {"@type": "Organization", "name": app.config.author, "url": home}
    if pagename == app.config.root_doc:
        return common | {"@type": "Course", "name": app.config.html_title, "provider": provider}
    lesson, facts = lesson_of(app.config, pagename), lessons_of(app.env).get(pagename)
    if not (lesson and facts):
        return None
    return common | {
        "@type": "LearningResource",
        "name": facts.title,
        "teaches": list(facts.aims),
        "timeRequired": f"PT{facts.reading_minutes}M",
        "position": lesson.number,
        "isPartOf": {"@type": "Course", "name": app.config.html_title, "url": home},
    }


def add_head(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give the template what stands in the head."""
    if url := context.get("pageurl"):
        url = context["pageurl"] = url.removesuffix("index.html")
    words = description(app, pagename, doctree)
    context["description"] = words
    context["card"] = urljoin(app.config.html_baseurl, f"_static/{CARD}")
    data = course_data(app, pagename, words, url or "")
    # "<" would end the element that holds it.
    context["course_data"] = json.dumps(data).replace("<", "\\u003c") if data else ""


# -- pictures --------------------------------------------------------------------------------------


def draw(width: float, height: float) -> tuple[Figure, Any]:
    """Make an empty picture, measured in its pixels."""
    fig = plt.figure(figsize=(width / 100, height / 100), dpi=100, facecolor="white")
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, width), ylim=(0, height))
    ax.axis("off")
    return fig, ax


def save(fig: Figure, path: Path) -> None:
    """Save a picture, the same bytes each time."""
    file = BytesIO()
    fig.savefig(file, format="png", dpi=100, metadata={"Software": None})
    plt.close(fig)
    path.write_bytes(file.getvalue())


def write_pictures(app: Sphinx) -> None:
    """Draw the card of the course and the touch icon, where Sphinx finds static files."""
    if app.builder.format != "html":
        return
    colours = [part.colours[0] for part in outline_of(app.config).parts]
    depends = [look.key_of(Path(app.srcdir, look.PACKAGES)), Path(__file__).read_text("utf-8")]
    key = digest("\n".join([*depends, *colours]).encode())
    place = Path(app.srcdir, look.MADE, "pictures")
    made = once(place, key, lambda folder: draw_pictures(app, folder, colours))
    for name in (CARD, ICON):
        put(made / name, Path(app.srcdir, look.FOLDER, name))


def draw_pictures(app: Sphinx, folder: Path, colours: list[str]) -> None:
    """Draw the card and the icon into a folder."""
    face = look.write_plain(app, folder / "card.ttf")
    type_ = FontProperties(fname=face)
    fig, ax = draw(1200, 630)
    for n, colour in enumerate(colours):
        width = 1200 / len(colours)
        ax.add_patch(Rectangle((n * width, 0), width, 36, color=colour))
    ax.text(90, 400, "PyTorch Primer", fontproperties=type_, fontsize=64, color="#1b1d21")
    ax.text(
        90, 300, "The course that proves itself", fontproperties=type_, fontsize=32, color="#59606b"
    )
    save(fig, folder / CARD)
    fig, ax = draw(180, 180)
    for end in ((42, 138), (42, 42), (142, 90)):
        ax.plot(*zip((90, 90), end, strict=True), color="#80868b", linewidth=6)
    ax.add_patch(Rectangle((72, 72), 36, 36, color="#80868b", zorder=3))
    for place, colour in zip(((42, 138), (42, 42), (142, 90)), colours, strict=False):
        ax.add_patch(Circle(place, 22, color=colour, zorder=3))
    save(fig, folder / ICON)
    face.unlink()


# -- the site's map --------------------------------------------------------------------------------


def write_map(app: Sphinx) -> None:
    """Write sitemap.xml, robots.txt and the feed of builds."""
    home, out = app.config.html_baseurl, Path(app.outdir)
    names = sorted(name for name in app.env.found_docs if name not in NOT_LISTED)
    pages = [urljoin(home, app.builder.get_target_uri(name)) for name in names]
    rows = "".join(f"<url><loc>{escape(p.removesuffix('index.html'))}</loc></url>\n" for p in pages)
    head = '<?xml version="1.0" encoding="utf-8"?>\n'
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    (out / "sitemap.xml").write_text(f'{head}<urlset xmlns="{space}">\n{rows}</urlset>\n', "utf-8")
    robots = f"User-agent: *\nAllow: /\nSitemap: {urljoin(home, 'sitemap.xml')}\n"
    (out / "robots.txt").write_text(robots, "utf-8")
    log = Path(app.srcdir).parent / "CHANGELOG.md"
    if log.exists():
        (out / "feed.xml").write_text(head + feed(home, log.read_text("utf-8")), "utf-8")


def feed(home: str, log: str) -> str:
    """Write the change log as a feed: an entry for each version."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT00:00:00Z")
    entries = []
    for part in re.split(r"^## ", log, flags=re.M)[1:]:
        title, _, text = part.partition("\n")
        day = re.search(r"\d{4}-\d\d-\d\d", title)
        entries.append(
            f"<entry><title>{escape(title.strip())}</title><id>{escape(home)}#"
            f"{nodes.make_id(title)}</id><updated>{f'{day[0]}T00:00:00Z' if day else now}</updated>"
            f"<content>{escape(text.strip())}</content></entry>\n"
        )
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>PyTorch Primer: changes</title>'
        f"<id>{escape(home)}</id><updated>{now}</updated>\n{''.join(entries)}</feed>\n"
    )


def setup(app: Sphinx) -> None:
    """Draw before static files are copied, tell each page, and write the map at the end."""
    app.connect("builder-inited", say_address, priority=1)
    app.connect("builder-inited", write_pictures, priority=600)
    app.connect("html-page-context", add_head, priority=600)
    when_written(app, write_map, priority=600)
