"""What lessons need, loaded into the process from which theirs are forked.

`torch.testing.assert_close`, which nearly all lessons call, loads the two of torch, for 3 s.
"""

import gc

gc.disable()  # of what is loaded nothing is garbage, and the search would take a second

import torch._inductor  # noqa: E402
import torch.distributed.tensor  # noqa: E402, F401

from course_site import figures, runs  # noqa: E402, F401

gc.freeze()  # nor does a lesson look through all that
gc.enable()
