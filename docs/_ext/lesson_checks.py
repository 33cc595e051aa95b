"""Every lesson starts from one state, and a Python warning or a stray output fails the build.

sphinx-gallery fails a build for a lesson that raises, naming the lesson and the line. `reset` makes
warnings raise while a lesson runs, so that they are reported in the same way.
"""

from __future__ import annotations

import random
import re
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)

# Tools that run beside a lesson; what they warn of is not for its author to repair.
BUILD_TOOLS = r"(sphinx|sphinx_gallery|docutils)(\.|$)"

OUTPUT_PROBLEMS = {
    r"\bat 0x[0-9a-f]{6,}": "a memory address",
    r"<matplotlib\.|<Axes|<Figure size": "a bare Matplotlib object",
    r"Traceback \(most recent call last\)": "a traceback",
}

_lesson_warnings = warnings.catch_warnings()


def reset(gallery_conf: dict[str, Any], fname: str, when: str) -> None:
    """Prepare the process for a lesson (`when` is "before"), or tidy up "after" it."""
    global _lesson_warnings
    if when == "after":
        _lesson_warnings.__exit__(None, None, None)
        return
    _lesson_warnings = warnings.catch_warnings()
    _lesson_warnings.__enter__()
    warnings.simplefilter("error")
    warnings.filterwarnings("default", module=BUILD_TOOLS)
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)
    torch.set_num_threads(1)  # two threads on small tensors were up to 18 times slower
    torch.set_grad_enabled(True)
    torch.set_default_dtype(torch.float32)
    torch.set_default_device(None)
    torch.set_printoptions(profile="default")  # type: ignore[no-untyped-call]
    torch.use_deterministic_algorithms(False)


def problems_of(output: str, folders: list[str]) -> list[str]:
    """Say what of `output` would differ on another machine, or puzzle a reader."""
    found = [what for pattern, what in OUTPUT_PROBLEMS.items() if re.search(pattern, output)]
    return found + [f"a path of this machine, {folder}" for folder in folders if folder in output]


def check_outputs(app: Sphinx, doctree: nodes.document) -> None:
    """Warn of what no lesson should print."""
    folders = [str(Path(app.srcdir).parent), sys.prefix]
    for block in doctree.findall(nodes.literal_block):
        if "sphx-glr-script-out" in block["classes"] and block.get("language") == "none":
            for problem in problems_of(block.astext(), folders):
                logger.warning("the output shows %s", problem, location=block, type="lesson")


def setup(app: Sphinx) -> dict[str, Any]:
    """Check the outputs of every page that is read."""
    app.connect("doctree-read", check_outputs)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
