"""The directive ``lesson-video``: a video with controls and a still poster, which starts silent.

Little but the poster is loaded until the reader presses play, and nothing plays by itself.
"""

from __future__ import annotations

import html
import posixpath
import shutil
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


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


def visit(writer: Any, node: lesson_video) -> None:
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
        f'<source src="{video}" type="video/mp4"><a href="{video}">The video</a></video></div>\n'
    )
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directive and its node."""
    app.add_node(lesson_video, html=(visit, None))
    app.add_directive("lesson-video", LessonVideo)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
