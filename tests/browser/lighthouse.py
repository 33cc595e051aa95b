"""Score pages of a built site as Lighthouse does, on its slow phone.

Run as ``python -m tests.browser.lighthouse SITE [--record]`` (``nox -s lighthouse``). Pages are
served packed, as hosts do. The scores gate nothing: a busy machine lowers those for speed.
``--record`` writes what the build report shows.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import subprocess
import tempfile
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


def scored(address: str) -> dict[str, float]:
    """Score a page: four scores of 100, two times in milliseconds, and how far things move."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = ["node", str(PROGRAM), address, "--quiet", "--no-enable-error-reporting"]
        command += ["--output=json", f"--output-path={report}"]
        command += ["--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
        env = os.environ | {"CHROME_PATH": shutil.which("chromium") or ""}
        subprocess.run(command, check=True, env=env)
        told = json.loads(report.read_text(encoding="utf-8"))
    scores = {name: round(100 * (told["categories"][name]["score"] or 0)) for name in SCORES}
    return scores | {name: round(told["audits"][name]["numericValue"], 3) for name in TIMES}


def main() -> None:
    """Print the scores of each page, and how they stand to the aim."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("--record", action="store_true", help=f"write {RECORD.name}")
    asked = parser.parse_args()
    found = {}
    with served(asked.site, PackingHandler) as base:
        for title, name in PAGES.items():
            found[title] = {"page": name} | scored(base + name)
            low = [f"{each} misses {AIM}" for each in SCORES if found[title][each] < AIM]
            print(f"{title}: {found[title]} {'; '.join(low)}", flush=True)
    if asked.record:
        RECORD.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
