"""
Alone
=====

.. lesson::

   - print
   - read
   - go on

A lesson that uses nothing of the library.
"""

print({"a", "b", "c", "d"})
