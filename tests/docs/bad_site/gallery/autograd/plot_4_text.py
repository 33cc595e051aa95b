r"""
Mistakes in the text
====================

No box of aims. Bad LaTeX: :math:`\frac{1}{` (in the title's cell).
"""

# %%
# Something to run.

print(object())  # an address

# %%
# A mistyped name: :func:`torch.sinn`. A number that nothing proves: 4711.
#
# A lesson that is not there: :doc:`/lessons/autograd/plot_9_nothing`.
#
# .. math:: \nosuchcommand{x}
