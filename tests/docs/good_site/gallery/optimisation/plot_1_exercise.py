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
# .. predict::
#    :aim: 1
#
#    print(6 * 7)
#    + A product.
#    - It is no sum.
#        6 * 7 -> 6 + 7
#
# .. which-line:: descend the_values_lack
#    :aim: 3
#
# .. parsons:: descend
#    :aim: 2
#
# Exercises
# ---------
#
# .. exercise:: descend
#    :aim: 2
