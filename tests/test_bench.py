"""The benchmark runs, and its table is what a page can read."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_the_quick_benchmark_prints_and_writes_every_row(tmp_path):
    written = tmp_path / "bench.json"
    command = [sys.executable, "-m", "bench", "--quick", "--json", str(written)]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    content = json.loads(written.read_text(encoding="utf-8"))
    assert content["machine"]["threads used"] == "1"
    assert content["quick"]
    assert len(content["rows"]) == 23
    for row in content["rows"]:
        assert row["what"] in output
        assert row["measured"] in output
        assert row["aim"] in output
        assert all(seconds > 0 for seconds in row["seconds"].values())
