"""
A figure without an alternative text
====================================

.. lesson::
   :assumes: autograd/plot_1_raises

   - one
   - two
   - three

A title is not enough.
"""

# %%
# A figure:

import matplotlib.pyplot as plt

fig, ax = plt.subplots()
ax.set_title("A title")
