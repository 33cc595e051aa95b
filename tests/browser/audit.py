"""Open every page of a built site in Chromium, as its readers will, and list what is wrong.

Run as ``python -m tests.browser.audit SITE``: each page is served on loopback and opened light and
dark, 1440 and 390 px wide. Screenshots of what was seen lie in ``_build/screenshots`` beside SITE.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import re
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Browser, Page, async_playwright

THEMES = ("light", "dark")
WIDTHS = (1440, 390)  # from 1312 a page has its contents beside it
CHECKS = ("request to another host", "HTTP error", "console error", "axe", "horizontal scroll")
AXE = Path(__file__).parents[2] / "docs/node_modules/axe-core/axe.min.js"
AT_ONCE = 2  # pages open at a time: one for each core of a small machine

# Chromium's own traffic (updates, synchronisation) must not be taken for a page's.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]

VIOLATIONS = """async () => (await axe.run()).violations.map(v => {
    const where = v.nodes.map(node => node.target.join(" ")).slice(0, 3).join(", ");
    return `${v.id} (${v.impact}): ${v.help}: ${where}`;
})"""
# A page that has once been idle stays so for the driver: each image is waited for by itself.
LOAD_ALL = """async () => {
    for (const image of document.images) image.loading = "eager";
    await Promise.allSettled([...document.images].map((image) => image.decode()));
}"""
# Sections out of sight are not laid out, and cut off what is too wide.
LAY_OUT_ALL = "article section, article .pair { content-visibility: visible !important; }"
OVERFLOW = """() => {
    const page = document.documentElement;
    return page.scrollWidth - page.clientWidth;
}"""


@dataclass(frozen=True)
class Problem:
    """One thing that a reader of one view of one page would suffer from."""

    page: str
    view: str
    check: str
    detail: str

    def __str__(self) -> str:
        return f"{self.page} [{self.view}] {self.check}: {self.detail}"


class Handler(SimpleHTTPRequestHandler):
    """Serve a folder under the path that the site is built for, as its host will."""

    prefix = "/"

    def translate_path(self, path: str) -> str:
        if path.startswith(self.prefix):
            path = "/" + path[len(self.prefix) :]
        return super().translate_path(path)

    def log_message(self, *args: object) -> None:
        """Keep quiet: each failed request is reported by the audit."""


def base_path(site: Path) -> str:
    """Return the path of the site's address (``/primer/``), from its home page."""
    home = (site / "index.html").read_text(encoding="utf-8")
    link = re.search(r'<link rel="canonical" href="([^"]+)"', home)
    return urlsplit(link[1]).path.removesuffix("index.html") if link else "/"


@contextmanager
def served(site: Path, handler: type[Handler] = Handler) -> Iterator[str]:
    """Serve a folder on a free port of the loopback address and yield its base address."""
    prefix = base_path(site)
    for_site = functools.partial(
        type("SiteHandler", (handler,), {"prefix": prefix}), directory=str(site)
    )
    with ThreadingHTTPServer(("127.0.0.1", 0), for_site) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{prefix}"
        finally:
            server.shutdown()
            thread.join()


async def look(page: Page, base: str, name: str, view: str, shot: Path) -> list[Problem]:
    """Open one page in one view and return what is wrong with it."""
    found: list[Problem] = []

    def note(check: str, detail: str) -> None:
        found.append(Problem(name, view, check, detail))

    def on_request(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.netloc != urlsplit(base).netloc:
            note("request to another host", url)

    page.on("request", lambda request: on_request(request.url))
    page.on(
        "response",
        lambda answer: answer.status >= 400 and note("HTTP error", f"{answer.status} {answer.url}"),
    )
    page.on("console", lambda line: line.type == "error" and note("console error", line.text))
    page.on("pageerror", lambda error: note("console error", str(error)))

    await page.goto(base + name, wait_until="load")
    await page.add_style_tag(content=LAY_OUT_ALL)
    await page.evaluate(LOAD_ALL)
    shot.parent.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=shot, full_page=True)
    if (wider := await page.evaluate(OVERFLOW)) > 0:
        note("horizontal scroll", f"{wider} px wider than the window")
    await page.add_script_tag(path=str(AXE))
    for violation in await page.evaluate(VIOLATIONS):
        note("axe", violation)
    return found


def pages_of(site: Path) -> list[str]:
    """Name the pages of a site, without those that only lead to where another has moved."""
    found = [p for p in site.rglob("*.html") if "_static" not in p.relative_to(site).parts]
    return sorted(
        path.relative_to(site).as_posix()
        for path in found
        if 'http-equiv="refresh"' not in path.read_text(encoding="utf-8")
    )


async def look_at_all(browser: Browser, base: str, site: Path, shots: Path) -> list[Problem]:
    """Open every page of the site in every view, a few at a time."""
    pages = pages_of(site)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(name: str, theme: str, width: int) -> list[Problem]:
        view = f"{theme}-{width}"
        async with gate:
            context = await browser.new_context(
                color_scheme=theme,
                viewport={"width": width, "height": 900},
                bypass_csp=True,
                reduced_motion="reduce",
            )
            try:
                page = await context.new_page()
                shot = shots / view / (name.removesuffix(".html").replace("/", "-") + ".png")
                return await look(page, base, name, view, shot)
            finally:
                await context.close()

    views = itertools.product(pages, THEMES, WIDTHS)
    found = await asyncio.gather(*(one(*view) for view in views))
    return list(itertools.chain.from_iterable(found))


async def _audit(site: Path, shots: Path) -> list[Problem]:
    chromium = shutil.which("chromium")
    if chromium is None:
        raise FileNotFoundError("no `chromium` on the PATH")
    with served(site) as base:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
            return await look_at_all(browser, base, site, shots)


def audit(site: Path, shots: Path) -> list[Problem]:
    """Return what is wrong with the built site in folder ``site``; screenshots go to ``shots``."""
    return asyncio.run(_audit(site, shots))


def main(site: Path) -> int:
    """Audit a site, print what is wrong and how much was checked, and return the exit status."""
    problems = audit(site, site.parent / "screenshots")
    for problem in problems:
        print(problem)
    pages = len(pages_of(site))
    views = len(THEMES) * len(WIDTHS)
    print(
        f"{pages} pages × {views} views × {len(CHECKS)} checks"
        f" = {pages * views * len(CHECKS)} checks, {len(problems)} problems"
    )
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
