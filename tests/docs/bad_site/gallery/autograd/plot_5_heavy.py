"""
A video that is too large
=========================

.. lesson::

   - one
   - two

Noise cannot be compressed, and an aim is missing.
"""

# %%
# Noise:

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation

noise = np.random.default_rng(0)
fig, ax = plt.subplots(figsize=(4, 4))
image = ax.imshow(noise.random((90, 90)))


def draw(_):
    image.set_data(noise.random((90, 90)))


anim = FuncAnimation(fig, draw, frames=6)
fig.set_label("Noise.")
