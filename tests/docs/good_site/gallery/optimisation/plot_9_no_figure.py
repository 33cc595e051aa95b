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
