"""Runs the modules of a page in node, without a browser."""

import json
import subprocess
from typing import Any


def answers(script: str, question: Any) -> Any:
    """Run a script that reads its question from the input and prints its answer, both as JSON."""
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", script],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)
