"""What leaves the library for Matplotlib or for a notebook: a caller's text, axes, animations."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
from matplotlib.animation import Animation
from matplotlib.axes import Axes
from matplotlib.mathtext import MathTextParser

from pytorch_primer import _checks


def check_axes(ax: object) -> None:
    """Refuse what is neither None nor axes to draw on.

    Raises
    ------
    TypeError
        If `ax` is something else.
    """
    if ax is not None and not isinstance(ax, Axes):
        raise TypeError(f"ax must be of type matplotlib.axes.Axes, got {_checks.kind(ax)}")


def legend_text(name: str) -> str:
    r"""Return a name as Matplotlib shows it: ``$\gamma$`` is typeset, anything else as it is.

    An empty name, or one that begins with an underscore, has no place in a legend, and dollars that
    are no formula raise when the figure is drawn.
    """
    if "$" in name:
        try:
            MathTextParser("path").parse(name)
        except ValueError:
            name = name.replace("$", r"\$")
    return f"\N{ZERO WIDTH SPACE}{name}" if not name or name.startswith("_") else name


def played(animation: Animation) -> Animation:
    """Return the animation, which plays where a notebook shows it.

    Matplotlib's own is shown as text, unless the reader has set ``animation.html``; the figure,
    which a notebook would show as a still beside it, is closed.
    """
    own = type(animation)._repr_html_

    def show() -> Any:
        html = own(animation) or animation.to_jshtml()
        plt.close(animation._fig)  # type: ignore[attr-defined]
        return html

    animation._repr_html_ = show  # type: ignore[method-assign]
    return animation
