"""Figures of lessons: drawings that follow the reader's light or dark page, and small videos.

sphinx-gallery calls `scraper` after each cell. A figure becomes an SVG whose black and white are
CSS variables, and beside it its words, which stand in the page above the picture: so they are in
the page's typeface, and can be selected and found. Its alternative text is what the lesson says
with ``fig.set_label("…")``, and the first sentence of that is its caption. A figure that is wider
than a phone is drawn a second time for one, with its panels below one another and its letters as
large as they were. A figure with an animation becomes a video in two formats, with controls and
its first frame as a poster; so it does a second time for a phone.

Each figure has a number, as "Figure 3.1.2", by which pages refer to it: ``:ref:`figure-3-1-2```.
"""

from __future__ import annotations

import html
import io
import math
import posixpath
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, cast

import imageio_ffmpeg
import matplotlib as mpl
import matplotlib.pyplot as plt
from docutils import nodes
from docutils.parsers.rst import directives
from matplotlib.animation import Animation
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec, GridSpecBase
from PIL import Image
from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain
from sphinx.util.docutils import SphinxDirective

from course_site.scripts import lesson_of

CSS_DPI = 96  # an inch of a page
RASTER_DPI = 200
HEAVY = 40_000  # bytes of an SVG once compressed; twenty contour levels have 18 000
VIDEO_DPI = 160
VIDEO_LIMIT = 150_000  # bytes
VIDEO = (".webm", ".mp4", ".webp")  # the same twice, and its first frame

# furo's two backgrounds and foregrounds. A browser takes the scheme of the <img> (custom.css).
THEME = (
    "<style>:root{--fg:#000;--bg:#fff}svg{fill:var(--fg)}"
    "@media(prefers-color-scheme:dark){:root{--fg:#cfd0d0;--bg:#131416}}</style>"
)
# Both at a quality where flat colours stay clean, the same bytes each time.
H264 = "-crf 28 -preset slow -pix_fmt yuv420p -movflags +faststart -fflags +bitexact"
VP9 = "-c:v libvpx-vp9 -crf 38 -b:v 0 -pix_fmt yuv420p -cpu-used 2 -fflags +bitexact"
SVG = "http://www.w3.org/2000/svg"
WORDS = ".words.svg"
PHONE = ".phone"
ON_PHONE = "(max-width: 30rem)"
PHONE_WIDTH = 3.7  # inches: the column of a phone is 358 px
POWERS = 9.75  # points: an exponent has 0.7 of it, 9 px
SPACED = tuple("=<>≤≥≈+")  # stand in a formula with space around them
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\d])")

FIGURE = """
.. lesson-{kind}:: /{uri}
   :alt: {alt}
   :width: {width}
   :height: {height}
{phone}
"""


def scraper(block: Any, block_vars: dict[str, Any], gallery_conf: dict[str, Any]) -> str:
    """Save the figures that a cell left open, close them, and give the reST that shows them.

    Parameters
    ----------
    block
        The cell, with its text in ``content`` and its first line in ``lineno``.
    block_vars
        What sphinx-gallery knows of the running lesson.
    gallery_conf
        The configuration of sphinx-gallery.

    Raises
    ------
    ValueError
        If a figure has no label or a video is too large; the message names lesson and line.
    """
    lesson = "/".join(Path(block_vars["src_file"]).parts[-2:])
    place = f"{lesson}, line {first_line(block)}"
    try:
        return "".join(rst_of_figures(block_vars, Path(gallery_conf["src_dir"]), place))
    except Exception as error:
        raise ValueError(f"{place}: {error}") from error
    finally:
        plt.close("all")


def first_line(block: Any) -> int:
    """Give the line of the script where the code of a cell begins."""
    blank = len(block.content) - len(block.content.lstrip("\n"))
    return int(block.lineno) + blank


def rst_of_figures(block_vars: dict[str, Any], source: Path, place: str) -> Iterator[str]:
    """Save each open figure, and give the directive that shows it."""
    animations = {
        value._fig: value  # type: ignore[attr-defined]  # Matplotlib offers no public way
        for value in block_vars["example_globals"].values()
        if isinstance(value, Animation)
    }
    # The numbers first: `zip` takes a path and drops it if it asks for the path before the figure.
    for number, image in zip(plt.get_fignums(), block_vars["image_path_iterator"], strict=False):
        fig, path = plt.figure(number), Path(image)
        alt = " ".join(str(fig.get_label()).split())
        if not alt:
            raise ValueError(
                'a figure has no alternative text: say what it shows with fig.set_label("…")'
            )
        kind = "figure"
        if animation := animations.get(fig):
            save_video(animation, path.with_suffix(".mp4"))
            kind = "video"
        picture, words = layers(drawing(fig, "none"))
        path.with_suffix(".svg").write_text(picture, encoding="utf-8")
        path.with_suffix(WORDS).write_text(words, encoding="utf-8")
        width, height = pixels(fig)
        uri = path.with_suffix("").relative_to(source).as_posix()
        phone = ""
        if fit_phone(fig):
            if animation:
                save_video(animation, path.with_suffix(f"{PHONE}.mp4"))
            else:
                path.with_suffix(f"{PHONE}.svg").write_text(drawing(fig), encoding="utf-8")
            phone = "   :phone: {}/{}\n".format(*pixels(fig))
        yield FIGURE.format(kind=kind, uri=uri, alt=alt, width=width, height=height, phone=phone)


def pixels(fig: Figure) -> tuple[int, int]:
    """Give the size of a figure on a page."""
    width, height = fig.get_size_inches()
    return round(width * CSS_DPI), round(height * CSS_DPI)


# -- for phones ----------------------------------------------------------------------------------


def fit_phone(fig: Figure) -> bool:
    """Lay a figure out anew as wide as a phone, its panels in fewer columns, if it is wider.

    Images without ticks stand in at most five columns, plots in two, or below one another if there
    are fewer than four or a title has no room. A drawing that stands in no grid, as a graph at
    Graphviz's places, keeps its measure.
    """
    specs = {ax: spec for ax in fig.axes if (spec := ax.get_subplotspec()) is not None}
    if fig.get_figwidth() <= PHONE_WIDTH or (fig.axes and not specs):
        return False
    for axis in (axis for ax in fig.axes for axis in (ax.xaxis, ax.yaxis)):
        if axis.get_scale() == "log":
            axis.set_tick_params(which="both", labelsize=POWERS)
    for ax in fig.axes:
        put_legend_below(fig, ax)
    grids = {spec.get_gridspec() for spec in specs.values()}
    if len(grids) != 1:
        fig.set_size_inches(PHONE_WIDTH, fig.get_figheight() * 0.8)
        return True
    panels, grid = list(specs), grids.pop()
    places = [(spec.rowspan.start, spec.colspan.start) for spec in specs.values()]
    size = fig.get_figwidth() / grid.ncols, fig.get_figheight() / grid.nrows
    if all(not ax.axison or not [*ax.get_xticks(), *ax.get_yticks()] for ax in panels):
        choices = [n for n in (grid.ncols, math.ceil(grid.ncols / 2)) if n <= 5]
    else:
        choices = [2, 1] if len(panels) > 3 and grid.ncols > 1 else [1]
    for columns in choices:
        regrid(fig, panels, places, grid, columns, size)
        if titles_fit(fig, panels):
            break
    return True


def put_legend_below(fig: Figure, ax: Axes) -> None:
    """Put a legend that stands beside its panel below all of them."""
    legend = ax.get_legend()
    if legend is None or legend.get_bbox_to_anchor().x0 < ax.bbox.x1:
        return
    named = [text.get_text() for text in legend.get_texts()]
    shown = [artist for artist in legend.legend_handles if artist is not None]
    fig.legend(shown, named, loc="outside lower center", ncols=2)
    legend.remove()


def regrid(
    fig: Figure,
    panels: list[Axes],
    places: list[tuple[int, int]],
    grid: GridSpecBase,
    columns: int,
    size: tuple[float, float],
) -> None:
    """Put panels of a grid into fewer columns: those that no longer fit go below, row by row."""
    blocks = math.ceil(grid.ncols / columns)
    ratios = cast(list[float], grid.get_height_ratios()) * blocks
    width = PHONE_WIDTH / columns
    height = min(size[1] * min(1.0, max(0.75, width / size[0])), 1.1 * width)
    fig.set_size_inches(PHONE_WIDTH, height * len(ratios))
    new = GridSpec(len(ratios), columns, figure=fig, height_ratios=ratios)
    taken = {}
    named = {
        row: ax.get_ylabel() for ax, (row, column) in zip(panels, places, strict=True) if not column
    }
    for ax, (row, column) in zip(panels, places, strict=True):
        at = column // columns * grid.nrows + row, column % columns
        taken[at] = ax
        ax.set_subplotspec(new[at])
        if at[1] == 0 and not ax.get_ylabel():
            ax.set_ylabel(named[row])
    for (row, column), ax in taken.items():
        if len(ax.get_shared_y_axes().get_siblings(ax)) > 1:
            ax.tick_params(labelleft=column == 0)
        if len(ax.get_shared_x_axes().get_siblings(ax)) > 1:
            ax.tick_params(labelbottom=(row + 1, column) not in taken)


def titles_fit(fig: Figure, panels: list[Axes]) -> bool:
    """Whether each panel is as wide as its title."""
    fig.draw_without_rendering()
    return all(ax.title.get_window_extent().width <= ax.bbox.width * 1.05 for ax in panels)


def drawing(fig: Figure, letters: str = "path") -> str:
    """Draw a figure as a themed SVG; artists that are lighter as pixels become pixels in it."""
    vector = themed(svg(fig, letters))
    if compressed_size(vector) <= HEAVY:
        return vector
    for ax in fig.axes:
        for artist in (*ax.collections, *ax.lines, *ax.images):
            artist.set_rasterized(True)
    return min(vector, themed(svg(fig, letters)), key=compressed_size)


def svg(fig: Figure, letters: str = "path") -> str:
    """Draw a figure as SVG with the same bytes each time: no date, no random ids.

    `letters` is ``"path"`` for outlines that look alike wherever the file is opened, or ``"none"``
    for text in whatever typeface is there.
    """
    file = io.BytesIO()
    no_metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with mpl.rc_context({"svg.hashsalt": "pytorch_primer", "svg.fonttype": letters}):
        fig.savefig(file, format="svg", dpi=RASTER_DPI, metadata=no_metadata)
    return file.getvalue().decode()


def layers(drawn: str) -> tuple[str, str]:
    """Take the words out of a drawing: give the picture without them, and them alone.

    The words are an ``<svg>`` to lay over the picture, in the typeface and colours of its page.
    """
    for prefix, space in (("", SVG), ("xlink", "http://www.w3.org/1999/xlink")):
        ET.register_namespace(prefix, space)
    root = ET.fromstring(drawn)
    taken = []
    for group in list(root.iter(f"{{{SVG}}}g")):
        if group.get("id", "").startswith("text_"):
            for child in list(group):
                if "id" not in child.attrib and list(child.iter(f"{{{SVG}}}text")):
                    group.remove(child)
                    taken.append(child)
    for child in taken:
        for text in child.iter(f"{{{SVG}}}text"):
            join_letters(text)
        child.tail = None
    written = "".join(ET.tostring(child, encoding="unicode") for child in taken)
    written = written.replace(f' xmlns="{SVG}"', "")
    written = re.sub(r";? ?font-family: [^;\"]*", "", written)
    written = re.sub(r">\s+<", "><", written)
    written = written.replace("var(--fg)", "currentColor").replace("var(--bg)", "var(--page)")
    head = f'<svg class="figure-words" viewBox="{root.get("viewBox")}" aria-hidden="true">'
    return ET.tostring(root, encoding="unicode"), f"{head}{written}</svg>"


def join_letters(text: ET.Element) -> None:
    """Write a formula from left to right in runs of letters that stand on one line.

    Matplotlib writes it letter by letter, those of one style after those of another.
    """
    text[:] = sorted(text, key=lambda span: float(span.get("x", 0)))
    before = None
    for span in list(text):
        span.text, span.tail = (span.text or "").replace("\xa0", " "), None
        if before is not None and follows(before, span):
            before.text = f"{before.text}{span.text}"
            text.remove(span)
        else:
            before = span
    if len(text):
        text.text = None


def themed(text: str) -> str:
    """Let black and white of an SVG follow the colour scheme of the page that shows it."""
    text = re.sub(r"#000000\b", "var(--fg)", text)
    text = re.sub(r"#ffffff\b", "var(--bg)", text)
    return re.sub(r"<svg[^>]*>", lambda tag: tag[0] + THEME, text, count=1)


def compressed_size(text: str) -> int:
    """Give the bytes that a server sends for `text`."""
    return len(zlib.compress(text.encode()))


def follows(before: ET.Element, span: ET.Element) -> bool:
    """Whether a letter stands right behind a run: in one style, on one line, and without a gap."""
    alike = all(span.get(key) == before.get(key) for key in ("y", "style"))
    spaced = f"{before.text}"[-1:] in SPACED or f"{span.text}" in (*SPACED, "−")
    return alike and not spaced


def save_video(animation: Animation, path: Path) -> None:
    """Encode an animation as H.264 in `path` and as VP9 beside it, with its first frame.

    The encoder is the ffmpeg of pip's package.

    Raises
    ------
    ValueError
        If a video is larger than `VIDEO_LIMIT`.
    """
    webm = path.with_suffix(".webm")
    both = [*H264.split(), str(path), *VP9.split()]  # of each frame, drawn once
    with mpl.rc_context({"animation.ffmpeg_path": imageio_ffmpeg.get_ffmpeg_exe()}):
        animation.save(webm, writer="ffmpeg", codec="h264", dpi=VIDEO_DPI, extra_args=both)
    for video in (path, webm):
        if (size := video.stat().st_size) > VIDEO_LIMIT:
            raise ValueError(
                f"the animation has {size} bytes as a video, more than {VIDEO_LIMIT}: "
                "draw fewer frames, or change less of the picture from frame to frame"
            )
    save_poster(path, path.with_suffix(".webp"))


def save_poster(video: Path, path: Path) -> None:
    """Save the first frame of a video: what stands there before it plays."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", str(video)]
    command += ["-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "-"]
    frame = subprocess.run(command, capture_output=True, check=True).stdout
    Image.open(io.BytesIO(frame)).save(path, quality=80)


# -- on the page ---------------------------------------------------------------------------------


class lesson_figure(nodes.General, nodes.Element):  # docutils names nodes so
    """A figure with its number and caption; a drawing holds its image."""


class LessonFigure(SphinxDirective):
    """Read ``.. lesson-figure:: /path``, without a suffix."""

    required_arguments = 1
    option_spec: ClassVar = {
        "alt": directives.unchanged_required,
        "width": directives.nonnegative_int,
        "height": directives.nonnegative_int,
        "phone": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Give the figure its number, and make it known to references."""
        lesson = lesson_of(self.config, self.env.docname)
        count = self.env.new_serialno("lesson-figure") + 1
        number = f"{lesson.number}.{count}" if lesson else str(count)
        anchor = nodes.make_id(f"figure-{number.replace('.', '-')}")
        node = lesson_figure(number=number, ids=[anchor], **self.options)
        self.set_source_info(node)
        domain = cast(StandardDomain, self.env.get_domain("std"))
        domain.note_hyperlink_target(anchor, self.env.docname, anchor, f"Figure {number}")
        self.fill(node)
        return [node]

    def fill(self, node: lesson_figure) -> None:
        """Put the image in, and keep the words that lie above it."""
        options = {key: str(node[key]) for key in ("alt", "width", "height")}
        node["words"] = self.file(WORDS)
        if "phone" in node:
            node["narrow"] = self.file(f"{PHONE}.svg")
        node += nodes.image(uri=f"{self.arguments[0]}.svg", loading="lazy", **options)

    def file(self, suffix: str) -> str:
        """Give the path of a file, so that a change of it has the page written anew."""
        relative, absolute = self.env.relfn2path(f"{self.arguments[0]}{suffix}")
        self.env.note_dependency(relative)
        return absolute


class LessonVideo(LessonFigure):
    """Read ``.. lesson-video:: /path``, without a suffix."""

    def fill(self, node: lesson_figure) -> None:
        """Keep the files, those for a phone as well."""
        node["videos"] = [self.file(suffix) for suffix in VIDEO]
        if "phone" in node:
            node["narrow_videos"] = [self.file(f"{PHONE}{suffix}") for suffix in VIDEO]


def caption(alt: str) -> str:
    """Give the first sentence of what a figure shows."""
    return re.sub(r"(?<![\w)])-(?=\d)", "−", SENTENCE_END.split(alt, maxsplit=1)[0])


def visit_figure(writer: Any, node: lesson_figure) -> None:
    """Open a figure, as wide as it was drawn; a video is written at once."""
    writer.body.append(writer.starttag(node, "figure", CLASS="lesson-figure"))
    size = f"--width:{node['width']}px;--ratio:{node['width']}/{node['height']}"
    size += f";--phone:{node['phone']}" if "phone" in node else ""
    kind = "lesson-video" if "videos" in node else "figure-picture"
    writer.body.append(f'<div class="{kind}" style="{size}">')
    if "videos" in node:
        writer.body.append(video(writer.builder, node))
    elif "narrow" in node:
        (narrow,) = copied(writer.builder, [node["narrow"]])
        source = f'<source media="{ON_PHONE}" srcset="{narrow}">'
        writer.body.append(f"<picture>{source}")


def depart_figure(writer: Any, node: lesson_figure) -> None:
    """Lay the words over the picture, and write the caption."""
    if "narrow" in node:
        writer.body.append("</picture>")
    if "words" in node:
        writer.body.append(Path(node["words"]).read_text(encoding="utf-8"))
    number, anchor = node["number"], node["ids"][0]
    writer.body.append(
        f'</div><figcaption><span class="figure-number">Figure {number}</span> '
        f"{html.escape(caption(node['alt']))}"
        f'<a class="headerlink" href="#{anchor}" title="Link to this figure">¶</a>'
        "</figcaption></figure>\n"
    )


def copied(builder: Any, paths: list[str]) -> list[str]:
    """Copy files beside the page's images, and give their addresses."""
    folder = Path(builder.outdir) / builder.imagedir
    folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        shutil.copyfile(path, folder / Path(path).name)
    return [posixpath.join(builder.imgpath, Path(path).name) for path in paths]


def video(builder: Any, node: lesson_figure) -> str:
    """Copy a video and its poster beside the page's images, and write the element."""
    webm, mp4, poster = copied(builder, node["videos"])
    for_phones, other_poster = "", ""
    if "narrow_videos" in node:
        narrow_webm, narrow_mp4, narrow_poster = copied(builder, node["narrow_videos"])
        for_phones = sources(narrow_webm, narrow_mp4, f' media="{ON_PHONE}"')
        # A poster has no media of its own: the page's script puts the other one in its place.
        other_poster = f' data-narrow-poster="{narrow_poster}"'
    return (
        f'<video controls muted playsinline preload="metadata" poster="{poster}"{other_poster}'
        f' aria-label="{html.escape(node["alt"], quote=True)}">'
        f'{for_phones}{sources(webm, mp4)}<a href="{mp4}">The video</a></video>'
        f'<img class="poster" src="{poster}" alt="" width="{node["width"]}"'
        f' height="{node["height"]}" loading="lazy">'
    )


def sources(webm: str, mp4: str, media: str = "") -> str:
    """Offer a video in both formats."""
    formats = ((webm, "video/webm"), (mp4, "video/mp4"))
    return "".join(f'<source src="{file}" type="{kind}"{media}>' for file, kind in formats)


def print_first(app: Sphinx, doctree: nodes.document) -> None:
    """Put what a cell printed behind its code, as in a notebook, and its figures behind that."""
    for output in list(doctree.findall(nodes.literal_block)):
        if "sphx-glr-script-out" not in output["classes"]:
            continue
        siblings, at = output.parent, output.parent.index(output)
        first = at
        while first > 0 and isinstance(siblings[first - 1], lesson_figure):
            first -= 1
        siblings.remove(output)
        siblings.insert(first, output)


def setup(app: Sphinx) -> None:
    """Add the directives that `scraper` writes, and their node."""
    app.connect("doctree-read", print_first)
    app.add_node(lesson_figure, html=(visit_figure, depart_figure))
    app.add_directive("lesson-figure", LessonFigure)
    app.add_directive("lesson-video", LessonVideo)
