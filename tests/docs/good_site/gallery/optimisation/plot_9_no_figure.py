"""
A lesson without a figure
=========================

.. lesson::

   - begin
   - continue
   - end

It prints, and that is all.
"""

# %%
# The first random number is the same in every build.

import torch

print(f"{torch.rand(1).item():.4f}")

# %%
# What one can do.
#
# .. shapes:: broadcast
#    :aim: 1
#    :seed: 1
#
# .. shapes:: memory
#    :aim: 2
#    :seed: 1
#
# .. shapes:: strides
#    :aim: 3
#    :seed: 1
