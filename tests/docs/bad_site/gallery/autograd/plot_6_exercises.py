"""
Exercises that do not belong here
=================================

.. lesson::

   - one
   - two
   - three

One of part 3, and one that nobody wrote.
"""

print("to have a cell")

# %%
# .. exercise:: descend
#
# .. exercise:: nowhere
