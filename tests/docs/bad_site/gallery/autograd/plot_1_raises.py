"""
A lesson that raises
====================

.. lesson::

   - one
   - two
   - three

It divides.
"""

# %%
# Watch:

print("so far so good")
1 / 0  # raises here
