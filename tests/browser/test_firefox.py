"""Layout and keyboard in Firefox, where it is installed: Debian's ``firefox-esr``.

Playwright drives only a Firefox of its own making, so the browser is spoken to by WebDriver BiDi,
the protocol that every Firefox speaks.
"""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess

import pytest
from tests.browser.audit import LAY_OUT_ALL
from tests.browser.conftest import SITE
from tests.browser.test_reading import HIDDEN_FOCUS, LESSON, PAGES, TOO_WIDE, WIDE
from websockets.sync.client import connect

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
LISTENS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Escape": "\ue00c", "ArrowRight": "\ue014"}

pytestmark = pytest.mark.skipif(
    FIREFOX is None, reason="Firefox is not installed: Debian's package is firefox-esr"
)


LAY_OUT = f"""() => {{
    const sheet = document.createElement("style");
    sheet.textContent = "{LAY_OUT_ALL}";
    document.head.append(sheet);
    return 0;
}}"""


class Firefox:
    """A page in Firefox."""

    def __init__(self, socket):
        self.socket, self.ids = socket, itertools.count()
        self.ask("session.new", capabilities={})
        self.page = self.ask("browsingContext.create", type="tab")["context"]

    def ask(self, method, **params):
        """Send a command and give its result."""
        id = next(self.ids)
        self.socket.send(json.dumps({"id": id, "method": method, "params": params}))
        while (answer := json.loads(self.socket.recv(timeout=60))).get("id") != id:
            pass
        assert answer["type"] == "success", answer
        return answer["result"]

    def resize(self, width):
        """Make the window as wide."""
        viewport = {"width": width, "height": 900}
        self.ask("browsingContext.setViewport", context=self.page, viewport=viewport)

    def open(self, name, width):
        """Open a page of the site in a window of a width."""
        self.resize(width)
        address = f"{SITE.as_uri()}/{name}"
        self.ask("browsingContext.navigate", context=self.page, url=address, wait="complete")

    def run(self, script):
        """Give what a script gives, as text that was JSON."""
        text = f"JSON.stringify({script} ?? null)"
        target = {"context": self.page}
        done = self.ask("script.evaluate", expression=text, target=target, awaitPromise=True)
        assert done["type"] == "success", done
        return json.loads(done["result"]["value"])

    def press(self, key):
        """Press a key and let it go."""
        strokes = [{"type": kind, "value": KEYS[key]} for kind in ("keyDown", "keyUp")]
        actions = [{"type": "key", "id": "keyboard", "actions": strokes}]
        self.ask("input.performActions", context=self.page, actions=actions)


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    command = [FIREFOX, "--headless", "--remote-debugging-port=0", "--no-remote", "--profile"]
    command.append(str(tmp_path_factory.mktemp("profile")))
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            found = next(found for line in process.stderr if (found := LISTENS.search(line)))
            with connect(f"{found[1]}/session", max_size=None) as socket:
                yield Firefox(socket)
        finally:
            process.kill()


def test_no_page_is_wider_than_the_window(firefox):
    found = []
    for name in PAGES:
        firefox.open(name, 390)
        firefox.run(f"({LAY_OUT})()")
        for width in (390, 1280):
            firefox.resize(width)
            found += [f"{name} at {width}: {wrong}" for wrong in firefox.run(f"({TOO_WIDE})()")]
    assert found == []


@pytest.mark.parametrize("width", [390, 1440])
def test_focus_is_always_seen(firefox, width):
    firefox.open(LESSON, width)
    met = set()
    for _ in range(25):
        firefox.press("Tab")
        assert firefox.run(f"({HIDDEN_FOCUS})()") is None
        met.add(firefox.run("[...document.all].indexOf(document.activeElement)"))
    assert len(met) == 25


def test_menu_opens_and_closes_by_keyboard(firefox):
    firefox.open(LESSON, 390)
    button = "document.querySelector('[data-drawer=site-navigation]')"
    firefox.run(f"{button}.focus()")
    firefox.press("Enter")
    assert firefox.run(f"{button}.getAttribute('aria-expanded')") == "true"
    assert firefox.run("!!document.activeElement.closest('#site-navigation')")
    firefox.press("Escape")
    assert firefox.run(f"{button} === document.activeElement")
    assert firefox.run("document.getElementById('site-navigation').inert")


def test_arrow_keys_stay_on_the_page(firefox):
    firefox.open(WIDE, 390)
    firefox.run("document.querySelector('.highlight pre').focus()")
    before = firefox.run("location.href")
    firefox.press("ArrowRight")
    assert firefox.run("location.href") == before


def test_both_checks_can_fail(firefox):
    firefox.open(LESSON, 1440)
    firefox.run("document.body.style.width = '3000px'")
    assert firefox.run(f"({TOO_WIDE})()")
    firefox.run("document.querySelector('.main-links a').focus()")
    firefox.run("document.querySelector('.main-links').style.position = 'absolute'")
    firefox.run("document.querySelector('.main-links').style.left = '-900px'")
    assert firefox.run(f"({HIDDEN_FOCUS})()")
