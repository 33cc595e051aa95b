"""Figures of lessons: drawings that follow the reader's light or dark page, and small videos.

sphinx-gallery calls `scraper` after each cell. A figure becomes one SVG whose black and white are
CSS variables; its alternative text is what the lesson says with ``fig.set_label("…")``. A figure
with an animation becomes one H.264 video with controls and a still poster.
"""

from __future__ import annotations

import html
import io
import posixpath
import re
import shutil
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import imageio_ffmpeg
import matplotlib as mpl
import matplotlib.pyplot as plt
from docutils import nodes
from docutils.parsers.rst import directives
from matplotlib.animation import Animation
from matplotlib.figure import Figure
from PIL import Image
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

CSS_DPI = 96  # an inch of a page
RASTER_DPI = 200
HEAVY = 40_000  # bytes of an SVG once compressed; twenty contour levels have 18 000
VIDEO_DPI = 160
VIDEO_LIMIT = 150_000  # bytes

# furo's two backgrounds and foregrounds. A browser takes the scheme of the <img> (custom.css).
THEME = (
    "<style>:root{--fg:#000;--bg:#fff}svg{fill:var(--fg)}"
    "@media(prefers-color-scheme:dark){:root{--fg:#cfd0d0;--bg:#131416}}</style>"
)
# libx264 at a quality where flat colours stay clean, readable from the first byte on.
ENCODING = "-crf 28 -preset slow -pix_fmt yuv420p -movflags +faststart -fflags +bitexact"

IMAGE = """
.. image:: /{uri}.svg
   :alt: {alt}
   :width: {width}
   :height: {height}
   :class: lesson-figure
   :loading: lazy

"""
VIDEO = """
.. lesson-video:: /{uri}.mp4
   :poster: /{uri}.webp
   :alt: {alt}
   :width: {width}
   :height: {height}

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
        directive = IMAGE
        if animation := animations.get(fig):
            save_video(animation, path.with_suffix(".mp4"))
            save_poster(path.with_suffix(".mp4"), path.with_suffix(".webp"))
            directive = VIDEO
        path.with_suffix(".svg").write_text(drawing(fig), encoding="utf-8")
        width, height = (round(inches * CSS_DPI) for inches in fig.get_size_inches())
        uri = path.with_suffix("").relative_to(source).as_posix()
        yield directive.format(uri=uri, alt=alt, width=width, height=height)


def drawing(fig: Figure) -> str:
    """Draw a figure as a themed SVG; artists that are lighter as pixels become pixels in it."""
    vector = themed(svg(fig))
    if compressed_size(vector) <= HEAVY:
        return vector
    for ax in fig.axes:
        for artist in (*ax.collections, *ax.lines, *ax.images):
            artist.set_rasterized(True)
    return min(vector, themed(svg(fig)), key=compressed_size)


def svg(fig: Figure) -> str:
    """Draw a figure as SVG with the same bytes each time: no date, no random ids."""
    file = io.BytesIO()
    no_metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with mpl.rc_context({"svg.hashsalt": "pytorch_primer", "svg.fonttype": "path"}):
        fig.savefig(file, format="svg", dpi=RASTER_DPI, metadata=no_metadata)
    return file.getvalue().decode()


def themed(text: str) -> str:
    """Let black and white of an SVG follow the colour scheme of the page that shows it."""
    text = re.sub(r"#000000\b", "var(--fg)", text)
    text = re.sub(r"#ffffff\b", "var(--bg)", text)
    return re.sub(r"<svg[^>]*>", lambda tag: tag[0] + THEME, text, count=1)


def compressed_size(text: str) -> int:
    """Give the bytes that a server sends for `text`."""
    return len(zlib.compress(text.encode()))


def save_video(animation: Animation, path: Path) -> None:
    """Encode an animation with the ffmpeg that pip installed.

    Raises
    ------
    ValueError
        If the video is larger than `VIDEO_LIMIT`.
    """
    with mpl.rc_context({"animation.ffmpeg_path": imageio_ffmpeg.get_ffmpeg_exe()}):
        animation.save(
            path, writer="ffmpeg", codec="h264", dpi=VIDEO_DPI, extra_args=ENCODING.split()
        )
    if (size := path.stat().st_size) > VIDEO_LIMIT:
        raise ValueError(
            f"the animation has {size} bytes as a video, more than {VIDEO_LIMIT}: "
            "draw fewer frames, or change less of the picture from frame to frame"
        )


def save_poster(video: Path, path: Path) -> None:
    """Save the first frame of a video: what stands there before it plays."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", str(video)]
    command += ["-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "-"]
    frame = subprocess.run(command, capture_output=True, check=True).stdout
    Image.open(io.BytesIO(frame)).save(path, quality=80)


# -- videos on the page --------------------------------------------------------------------------


class lesson_video(nodes.General, nodes.Element):  # docutils names nodes so
    """A video, with its poster and what it shows."""


class LessonVideo(SphinxDirective):
    """Read ``.. lesson-video:: /path.mp4``."""

    required_arguments = 1
    option_spec: ClassVar = {
        "poster": directives.unchanged_required,
        "alt": directives.unchanged_required,
        "width": directives.nonnegative_int,
        "height": directives.nonnegative_int,
    }

    def run(self) -> list[nodes.Node]:
        """Note both files, so that a change of one has the page written anew."""
        node = lesson_video(alt=self.options["alt"])
        node["width"], node["height"] = self.options["width"], self.options["height"]
        for key, name in (("video", self.arguments[0]), ("poster", self.options["poster"])):
            relative, absolute = self.env.relfn2path(name)
            self.env.note_dependency(relative)
            node[key] = absolute
        self.set_source_info(node)
        return [node]


def visit_video(writer: Any, node: lesson_video) -> None:
    """Copy the files beside the page's images, and write the element."""
    builder = writer.builder
    folder = Path(builder.outdir) / builder.imagedir
    folder.mkdir(parents=True, exist_ok=True)
    for key in ("video", "poster"):
        shutil.copyfile(node[key], folder / Path(node[key]).name)
    video, poster = (
        posixpath.join(builder.imgpath, Path(node[key]).name) for key in ("video", "poster")
    )
    width, height = node["width"], node["height"]
    writer.body.append(
        f'<div class="lesson-video" style="--video-width:{width}px;--video-ratio:{width}/{height}">'
        f'<video controls muted playsinline preload="metadata" poster="{poster}"'
        f' aria-label="{html.escape(node["alt"], quote=True)}">'
        f'<source src="{video}" type="video/mp4"><a href="{video}">The video</a></video>'
        f'<img class="poster" src="{poster}" alt="" width="{width}" height="{height}"'
        ' loading="lazy"></div>\n'
    )
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Add the directive ``lesson-video``, which `scraper` writes, and its node."""
    app.add_node(lesson_video, html=(visit_video, None))
    app.add_directive("lesson-video", LessonVideo)
