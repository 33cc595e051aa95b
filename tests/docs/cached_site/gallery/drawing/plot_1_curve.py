"""
A curve
=======

.. lesson::

   - draw
   - look
   - go on

A curve of the library.
"""

import matplotlib.pyplot as plt

from pytorch_primer import plot_function

plt.style.use("pytorch_primer.course")
fig, ax = plt.subplots(figsize=(3, 2))
plot_function(lambda x: x**2, (-1, 1), ax=ax)

# sphinx_gallery_start_ignore
fig.set_label("A parabola.")
# sphinx_gallery_end_ignore
ax.set_title("Up")
