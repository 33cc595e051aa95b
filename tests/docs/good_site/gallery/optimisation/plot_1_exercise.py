"""
A lesson with an exercise
=========================

.. lesson::
   :assumes: optimisation/plot_9_no_figure

   - read
   - write
   - check

Something to compute first.
"""

print(6 * 7)

# %%
# Exercises
# ---------
#
# .. exercise:: descend
