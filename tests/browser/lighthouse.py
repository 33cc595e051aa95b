"""Score pages of a built site as Lighthouse does, on its slow phone.

Run as ``python -m tests.browser.lighthouse SITE [--record]`` (``nox -s lighthouse``). Pages are
served packed, as hosts do. What misses the aim fails the run, except for speed: a busy machine
lowers that. ``--record`` writes what the build report shows.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.browser.audit import Handler, served

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("node_modules") / "lighthouse/cli/index.js"
RECORD = ROOT / "docs/lighthouse.json"
PAGES = {
    "home": "index.html",
    "a lesson": "lessons/optimisation/plot_1_gradient_descent.html",
    "the exercises": "exercises.html",
    "an explorable": "explore/descent.html",
}
SCORES = ("performance", "accessibility", "best-practices", "seo")
TIMES = {  # of an audit, and in what it is told
    "first-contentful-paint": "ms",
    "total-blocking-time": "ms",
    "cumulative-layout-shift": "",
}
AIM = 98
RUNS = 3  # the middle one counts, as a machine is now and then busy
PACKED = {".html", ".css", ".js", ".svg"}


class PackingHandler(Handler):
    """Serve what is text packed."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if path.suffix not in PACKED or not path.is_file():
            return super().do_GET()
        content = gzip.compress(path.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        return None


def scored(address: str, kinds: Sequence[str] = SCORES) -> dict[str, float]:
    """Score a page: scores of 100, and for speed two times in ms and how far things move."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = ["node", str(PROGRAM), address, "--quiet", "--no-enable-error-reporting"]
        command += [
            "--output=json",
            f"--output-path={report}",
            f"--only-categories={','.join(kinds)}",
        ]
        command += ["--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
        env = os.environ | {"CHROME_PATH": shutil.which("chromium") or ""}
        subprocess.run(command, check=True, env=env)
        told = json.loads(report.read_text(encoding="utf-8"))
    scores = {name: round(100 * (told["categories"][name]["score"] or 0)) for name in kinds}
    times = TIMES if "performance" in kinds else ()
    return scores | {name: round(told["audits"][name]["numericValue"], 3) for name in times}


def missed(scores: dict[str, float]) -> list[str]:
    """Name the scores below the aim."""
    return [name for name in SCORES if scores.get(name, AIM) < AIM]


def main() -> int:
    """Print the scores of each page and which miss the aim, and give the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("--record", action="store_true", help=f"write {RECORD.name}")
    asked = parser.parse_args()
    found, failed = {}, False
    with served(asked.site, PackingHandler) as base:
        for title, name in PAGES.items():
            runs = [scored(base + name) for _ in range(RUNS)]
            scores = sorted(runs, key=lambda run: run["performance"])[RUNS // 2]
            low = missed(scores)
            failed |= bool(set(low) - {"performance"})
            found[title] = {"page": name} | scores
            print(f"{title}: {scores} {'; '.join(f'{x} misses {AIM}' for x in low)}", flush=True)
    if asked.record:
        RECORD.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
