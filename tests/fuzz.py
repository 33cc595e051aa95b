"""Look for new counterexamples: run the property tests with fresh seeds for as long as is said.

Run as ``python -m tests.fuzz --minutes 30 [PYTEST ARGUMENTS]``. Each round takes another seed.
A finding is printed with the command that repeats it, and the rounds go on; the exit status is 1
if there was one. What was found becomes an ``@example`` of its test.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
FAILED = re.compile(r"^FAILED (\S+)", re.MULTILINE)
NOTHING_COLLECTED = 5


def command(seed: int, *tests: str) -> list[str]:
    """Return the call of pytest that runs the property tests with a seed."""
    return ["python", "-m", "pytest", "-m", "hypothesis", f"--hypothesis-seed={seed}", *tests]


def run_round(seed: int, tests: list[str]) -> list[str]:
    """Run the property tests once; print what failed, and return how to repeat each."""
    executed = [sys.executable, *command(seed, *tests)[1:], "-q", "-rf", "--tb=short"]
    env = os.environ | {"HYPOTHESIS_PROFILE": "fuzz"}
    done = subprocess.run(executed, cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode == 0:
        return []
    print(done.stdout, done.stderr, sep="\n")
    if done.returncode == NOTHING_COLLECTED:
        raise SystemExit("no property test was collected")
    # An error outside any test, such as one at import, has no name of a test.
    found = FAILED.findall(done.stdout) or tests
    return [f"HYPOTHESIS_PROFILE=fuzz {' '.join(command(seed, name))}" for name in found]


def main() -> None:
    """Run rounds until the time is over."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="start no round after these")
    options, tests = parser.parse_known_args()
    end = time.monotonic() + 60 * options.minutes
    findings: list[str] = []
    rounds = 0
    while rounds == 0 or time.monotonic() < end:
        seed = secrets.randbelow(2**32)
        new = run_round(seed, tests or ["tests/library", "tests/docs"])
        rounds += 1
        print(f"round {rounds}, seed {seed}: {len(new) or 'no'} finding(s)", flush=True)
        findings += new
    for line in findings:
        print(f"to repeat: {line}")
    raise SystemExit(bool(findings))


if __name__ == "__main__":
    main()
