"""torchvision, beside a torch with CUDA and beside one without.

The torchvision wheel on the package index is built for CUDA. Beside a CPU-only torch its operator
library cannot be loaded, and while torchvision is imported it registers shape rules for two of that
library's operators, ``torchvision::nms`` and ``torchvision::qnms``, which then do not exist: the
import dies with "operator torchvision::nms does not exist". Data sets, transforms and models need
neither operator. Declaring the two, without an implementation, is enough for the import to succeed.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

import torch

MISSING = ("nms", "qnms")
SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


def import_torchvision() -> ModuleType:
    """Import torchvision; declare the two operators that it misses only if it cannot do without.

    After the first call a plain ``import torchvision`` works in the same process. Where torchvision
    loads by itself nothing is declared. Where it does not, its own operators (``torchvision.ops``)
    stay without an implementation: calling one raises.

    Returns
    -------
    types.ModuleType
        The module ``torchvision``.

    Raises
    ------
    ImportError
        If torchvision is not installed.
    RuntimeError
        If its import fails for another reason than those operators.
    """
    try:
        return importlib.import_module("torchvision")
    except RuntimeError as error:
        if not any(f"torchvision::{name}" in str(error) for name in MISSING):
            raise
    # What was imported before the failure would be taken for loaded at the second try.
    for module in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[module]
    for name in MISSING:
        if not hasattr(torch.ops.torchvision, name):  # a schema can be declared once a process
            torch.library.define(f"torchvision::{name}", SCHEMA)
    return importlib.import_module("torchvision")
