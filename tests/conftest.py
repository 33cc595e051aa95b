"""Hypothesis's two profiles: a fixed one, which gates, and ``fuzz``, which looks for new cases.

``HYPOTHESIS_PROFILE=fuzz`` chooses the second; ``python -m tests.fuzz`` runs it again and again.
"""

import os

from hypothesis import HealthCheck, settings

# How long an example takes, or the making of one, is the machine's business and no fault.
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "fixed", settings.get_profile("default"), derandomize=True, database=None, max_examples=100
)
settings.register_profile(
    "fuzz", settings.get_profile("default"), database=None, max_examples=100, print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))
