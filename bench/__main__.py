"""Print the table of ratios beside their aims: ``python -m bench [--quick] [--json PATH]``.

It gates nothing: on a busy machine a row can miss its aim.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before torch starts its threads

import argparse
import dataclasses
import json
import platform
from pathlib import Path

import torch

from bench import epochs, functions, graphs
from bench.timing import Row


def machine() -> dict[str, str]:
    """Name what the times were taken on."""
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.processor() or platform.machine(),
        "cores": str(os.cpu_count()),
        "threads used": str(torch.get_num_threads()),
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "torch": torch.__version__,
    }


def show(table: list[Row]) -> None:
    """Print rows with their columns aligned."""
    cells = [["", "what", "against", "measured", "aim"]]
    cells += [["✓" if r.reached else "✗", r.what, r.against, r.measured, r.aim] for r in table]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes: does it run at all?")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the table there, too")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    table = [row for part in (functions, graphs, epochs) for row in part.rows(options.quick)]
    where = machine()
    print(", ".join(f"{name} {value}" for name, value in where.items()))
    if options.quick:
        print("quick: too small to compare with the aims")
    show(table)
    if options.json:
        rows = [dataclasses.asdict(row) for row in table]
        content = {"machine": where, "quick": options.quick, "rows": rows}
        options.json.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
