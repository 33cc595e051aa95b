"""Time the grading of worksheets beside a kernel that runs them: ``nox -s bench -- grading``.

The sheets are the solutions of the built site, each handed in many times. The aim is 1.5 times what
a plain kernel takes for the same notebooks, start and checks included, on as many jobs.
"""

from __future__ import annotations

import argparse
import itertools
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

WORKSHEETS = Path(__file__).parents[1] / "docs/_build/html/worksheets"
AIM = 1.5


def in_a_kernel(path: Path) -> float:
    """Give the seconds that a kernel takes for a notebook, from its start to its end."""
    begun = time.perf_counter()
    NotebookClient(nbformat.read(path, as_version=4)).execute()
    return time.perf_counter() - begun


def main() -> None:
    """Print the ratio beside its aim."""
    parser = argparse.ArgumentParser(prog="nox -s bench -- grading", description=__doc__)
    parser.add_argument("--sheets", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    solutions = sorted(WORKSHEETS.glob("*solutions.ipynb"))
    if not solutions:
        raise SystemExit("no built site: run `nox -s docs` first")
    kernel = [in_a_kernel(path) for path in solutions]
    handed_in = list(itertools.islice(itertools.cycle(range(len(solutions))), asked.sheets))
    floor = sum(kernel[n] for n in handed_in) / asked.jobs
    with tempfile.TemporaryDirectory() as folder:
        for number, n in enumerate(handed_in):
            Path(folder, f"{number:03}.ipynb").write_bytes(solutions[n].read_bytes())
        grading = [sys.executable, "-m", "pytorch_primer.exercises.grading", folder]
        begun = time.perf_counter()
        subprocess.run([*grading, "--jobs", str(asked.jobs)], check=True)
        seconds = time.perf_counter() - begun
        rows = Path(folder, "grades.csv").read_text(encoding="utf-8").splitlines()
    print(f"{len(rows) - 1} rows for {asked.sheets} sheets on {asked.jobs} jobs: {seconds:.0f} s")
    print(f"a kernel: {floor:.0f} s; ratio {seconds / floor:.2f}, aim {AIM}")


if __name__ == "__main__":
    main()
