"""
Steps
=====

.. lesson::
   :assumes: drawing/plot_1_curve

   - start
   - walk
   - end

Downhill with the library.
"""

import torch

from pytorch_primer import descend

path = descend(lambda x: x**2, torch.tensor(1.0), torch.optim.SGD, num_steps=3, lr=0.1)
print(path.positions[-1])

# %%
# Exercises
# ---------
#
# .. exercise:: descend
