"""What all tests share: Hypothesis's two profiles, and what keeps a quick run quick.

Hypothesis has a fixed profile, which gates, and ``fuzz``, which looks for new cases.
``HYPOTHESIS_PROFILE=fuzz`` chooses the second; ``python -m tests.fuzz`` runs it again and again.

A run with ``-m "not slow"`` ends with the tests that took most.
"""

import gc
import os

import pytest
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


gc.disable()  # while modules are imported and tests collected: nearly all of it stays


def pytest_collection_finish():
    gc.enable()


@pytest.fixture(scope="module", autouse=True)
def _what_others_left():
    """Take what other files left out of what garbage collection and `backward_steps` look through.

    A million objects of other tests made each backward pass cost a second.
    """
    gc.collect()
    gc.freeze()


SECONDS: dict[str, float] = {}  # of each test of this process


def cpu_seconds():
    """Seconds of this process and of those that it waited for, which other work does not count."""
    return sum(os.times()[:4])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    before = cpu_seconds()
    done = yield
    SECONDS[item.nodeid] = cpu_seconds() - before
    return done


def pytest_terminal_summary(terminalreporter, config):
    """Say what a quick run took: what grows here wants to be made cheaper, or marked as slow."""
    if config.option.markexpr == "not slow" and SECONDS:
        terminalreporter.section(f"{cpu_seconds():.0f} CPU seconds in all, most of them in")
        for name in sorted(SECONDS, key=SECONDS.get, reverse=True)[:10]:
            terminalreporter.line(f"{SECONDS[name]:.2f} {name}")
