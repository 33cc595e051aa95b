"""
A lesson that warns
===================

.. lesson::

   - one
   - two
   - three

The library warns, not the lesson itself.
"""

# %%
# Shapes that broadcast by accident:

import torch

loss = torch.nn.MSELoss()
print(loss(torch.zeros(3), torch.zeros(3, 1)))  # warns here
