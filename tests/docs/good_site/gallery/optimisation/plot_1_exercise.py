"""
A lesson with an exercise
=========================

.. lesson::
   :assumes: autograd/plot_9_everything

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
#
# .. exercise:: limit_of_rate
