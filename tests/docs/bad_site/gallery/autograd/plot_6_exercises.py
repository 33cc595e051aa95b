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
#
# .. predict::
#    :aim: 1
#
#    print(2 + 2)
#    + Four.
#    - This gives four, too.
#        2 + 2 -> 2 * 2
#
# .. predict::
#    :aim: 1
#
#    print(2 + 2)
#    + Four.
#    - This is nowhere.
#        3 + 3 -> 2 * 2
