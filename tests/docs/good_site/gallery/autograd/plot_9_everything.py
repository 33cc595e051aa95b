r"""
A lesson with everything
========================

.. lesson::
   :assumes: optimisation/plot_9_no_figure; the product rule, :math:`(uv)' = u'v + uv'`

   - read a formula
   - see a **figure**
   - play an animation

An opening paragraph, so that the lesson has something to say before its first section begins.
"""

# %%
# Formulas
# --------
#
# Inline :math:`\frac{a}{b}` and displayed, with a number:
#
# .. math:: f(x) = (x - 2)^2
#    :label: parabola
#
# By :eq:`parabola` the slope is
#
# .. math::
#
#    f'(x) &= 2(x - 2) \\
#          &= 2x - 4.

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.animation import FuncAnimation

torch.rand(1)

# sphinx_gallery_start_ignore
assert torch.get_num_threads() == 1
secret_of_the_lesson = 4
# sphinx_gallery_end_ignore

# %%
# A figure. See :class:`torch.Tensor`, :func:`numpy.linspace`, :meth:`matplotlib.axes.Axes.plot` and
# :class:`dict`.

fig, ax = plt.subplots(figsize=(4, 3))
ax.plot(np.linspace(0, 1), np.linspace(0, 1) ** 2)
ax.set_title("Below")

# sphinx_gallery_start_ignore
fig.set_label('A curve that rises from 0 to 1, "ever" faster.')
# sphinx_gallery_end_ignore
ax.legend(["x²"])

# %%
# An animation of the same.

fig, ax = plt.subplots(figsize=(3, 2))
(dot,) = ax.plot([0], [0], "o")
ax.set(xlim=(0, 5), ylim=(-1, 1))


def move(frame):
    dot.set_data([frame], [0])
    return [dot]


anim = FuncAnimation(fig, move, frames=5, interval=200)
fig.set_label("A dot moves from left to right.")
anim

# %%
# A heavy cloud of points is lighter as pixels.

fig, ax = plt.subplots(figsize=(4, 3))
ax.scatter(*np.random.default_rng(0).normal(size=(2, 8000)), s=2)
fig.set_label("A round cloud of points.")


# %%
# A drawing of its own:


class Graph:
    """Something that draws itself."""

    def _repr_html_(self):
        return '<div class="pp-graph"><svg role="img" aria-label="x" width="9"></svg></div>'


Graph()

# %%
# .. shapes:: product
#    :aim: 1
#    :seed: 2
#
# .. shapes:: joined
#    :aim: 2
#    :seed: 2
#
# .. shapes:: reduction
#    :aim: 3
#    :seed: 2
#
# Boxes
# -----
#
# .. note:: A note with ``code`` and *stress*.
#
# .. tip::
#
#    A tip.
#
#    - one
#    - two
#
# .. seealso:: :doc:`/lessons/optimisation/plot_9_no_figure`
#
# .. admonition:: Exercise
#
#    Say :math:`|x|`.
#
#    .. dropdown:: Solution
#
#       It is ``abs(x)``.
#
# .. list-table:: Rates
#    :header-rows: 1
#
#    * - Rate
#      - What happens
#    * - 0.1
#      - :math:`|1 - 2 \cdot 0.1| < 1`, so it converges
#
# .. figure:: /_static/logo.svg
#    :alt: The logo
#
#    A caption.
#
# A wide formula scrolls:
#
# .. math::
#
#    a_{1} + a_{2} + a_{3} + a_{4} + a_{5} + a_{6} + a_{7} + a_{8} + a_{9} + a_{10} + a_{11}
#    + a_{12} + a_{13} = \sum_{i=1}^{13} a_{i}
