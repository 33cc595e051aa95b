"""Every practice item of the built site, as readers work it: by mouse, keyboard, no script."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.audit import AXE, VIOLATIONS
from tests.browser.conftest import go

SITE = Path(__file__).parents[2] / "docs/_build/html"
PAGES = sorted(
    path.relative_to(SITE).as_posix()
    for path in SITE.glob("lessons/*/plot_*.html")
    if 'class="practice ' in path.read_text(encoding="utf-8")
)
KEPT = "pytorch-primer-practice"
TARGET = 44

each_page = pytest.mark.parametrize("name", PAGES)


@pytest.fixture
def opened(browser, bases):
    """Give a function that opens a page; whatever the page complains of fails the test."""
    contexts, problems = [], []

    def open_page(address, base="served", script="", **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        contexts.append(context)
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.on("console", lambda line: line.type == "error" and problems.append(line.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        go(page, bases[base] + address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


def choices(page):
    """Give the items with options, those from before included."""
    return page.locator(".practice:not([data-orders])").all()


def sorted_lines(item):
    """Give for an item with lines its right orders, as lists of signs."""
    return [list(order) for order in item.get_attribute("data-orders").split()]


def said(item):
    return item.locator("[role=status]").inner_text()


def kept(page, key):
    stored = json.loads(page.evaluate(f"localStorage.getItem('{KEPT}')"))
    return stored["items"][key][1]


# -- every choice ----------------------------------------------------------------------------------

# Presses every option of every item, the right one last, and tells what was said.
PRESS_ALL = """() => [...document.querySelectorAll(".practice:not([data-orders])")].map((item) => {
  const right = Number(item.querySelector("details [data-right]").dataset.right);
  const buttons = [...item.querySelectorAll(".practice-options button")];
  const places = [...buttons.keys()].filter((n) => n !== right).concat(right);
  return places.map((n) => {
    buttons[n].focus();
    buttons[n].click();
    return {
      right: n === right,
      said: item.querySelector("[role=status]").innerText,
      pressed: buttons.map((it) => it.getAttribute("aria-pressed") === "true").indexOf(true) === n,
      focused: document.activeElement === buttons[n],
      ofOneReason: item.classList.contains("practice-which-line"),
    };
  });
})"""


@each_page
@pytest.mark.parametrize("base", ["served", "disk"])
def test_each_choice_says_what_is_wrong_with_it_and_the_right_one_that_it_is_right(
    opened, base, name
):
    page = opened(name, base)
    worked = page.evaluate(PRESS_ALL)
    assert len(worked) == len(choices(page))
    for told in worked:
        for each in told:
            assert each["said"].startswith("✓ Right." if each["right"] else "✗ Not yet."), each
            assert len(each["said"]) > 20
            assert each["pressed"]
            assert each["focused"]
        if not told[0]["ofOneReason"]:  # each choice is told something of its own
            assert len({each["said"] for each in told}) == len(told)


def middle_of(place):
    box = place.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@each_page
def test_each_item_is_worked_by_mouse(opened, name):
    page = opened(name, viewport={"width": 1280, "height": 1600})
    for item in choices(page):
        right = int(item.locator("details [data-right]").get_attribute("data-right"))
        for place in (0 if right else 1, right):
            item.locator(".practice-options button").nth(place).click()
            assert said(item).startswith("✓ Right." if place == right else "✗ Not yet.")
    for item in page.locator(".practice[data-orders]").all():
        for place in sorted_lines(item)[0]:
            item.locator(f"[data-place='{place}'] button").click()
        item.locator(".practice-check").click()
        assert said(item).startswith("✓ Right.")
        assert item.locator(".practice-said a").get_attribute("href").startswith("#exercise-")
        # As a reader would: with both boxes in view before a line is taken.
        item.evaluate("it => it.scrollIntoView({ block: 'center', behavior: 'instant' })")
        boxes = [".practice-program li >> nth=0", ".practice-pool"]
        source, pool = (middle_of(item.locator(box)) for box in boxes)
        page.mouse.move(*source)
        page.mouse.down()
        page.mouse.move(*pool, steps=8)
        page.mouse.up()
        expect(item.locator(".practice-pool li")).to_have_count(1 + extras(item))


# Makes a program of the lines, in this order, and gives what the check says.
PUT = """(item, order) => {
  for (const row of item.querySelectorAll(".practice-program button")) row.click();
  for (const n of order) item.querySelector(`[data-place="${n}"] button`).click();
  item.querySelector(".practice-check").click();
  return item.querySelector("[role=status]").innerText;
}"""


def extras(item):
    return item.locator("details [data-extra]").count()


@each_page
def test_lines_are_judged_in_every_right_order_and_in_wrong_ones(opened, name):
    page = opened(name)
    for item in page.locator(".practice[data-orders]").all():
        orders = sorted_lines(item)
        for extra in item.locator("details [data-extra]").all():
            wrong = [extra.get_attribute("data-extra"), *orders[0][1:]]
            assert item.evaluate(PUT, wrong).startswith("✗ Not yet.")
        assert "to add" in item.evaluate(PUT, orders[0][:2])
        for place in range(len(orders[0]) - 1):
            swapped = orders[0][:]
            swapped[place : place + 2] = swapped[place : place + 2][::-1]
            sign = "✓ Right." if swapped in orders else "✗ Not yet."
            assert item.evaluate(PUT, swapped).startswith(sign), swapped
        for order in orders:
            assert item.evaluate(PUT, order).startswith("✓ Right.")


# -- by keyboard -----------------------------------------------------------------------------------


@each_page
def test_each_item_is_worked_by_keyboard(opened, name):
    page = opened(name)
    for item in choices(page):
        right = int(item.locator("details [data-right]").get_attribute("data-right"))
        buttons = item.locator(".practice-options button").all()
        buttons[0].focus()
        for _ in range(right):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        assert said(item).startswith("✓ Right.")
        expect(buttons[right]).to_be_focused()
        page.keyboard.press("Tab" if right == 0 else "ArrowUp")
        page.keyboard.press("Space")
        assert said(item).startswith("✗ Not yet.")
    for item in page.locator(".practice[data-orders]").all():
        order = sorted_lines(item)[0]
        item.locator(".practice-pool button").first.focus()
        for place in order:
            pool = item.locator(".practice-pool li")
            item.locator(".practice-pool button").first.focus()
            places = [row.get_attribute("data-place") for row in pool.all()]
            for _ in range(places.index(place)):
                page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
            expect(item.locator(f".practice-program [data-place='{place}'] button")).to_be_focused()
        page.keyboard.press("ArrowUp")  # the last line, once up and down again
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        expect(item.locator(".practice-check")).to_be_focused()
        page.keyboard.press("Enter")
        assert said(item).startswith("✓ Right.")


# -- without script ------------------------------------------------------------------------------


@each_page
@pytest.mark.parametrize("base", ["served", "disk"])
def test_without_a_script_each_item_is_a_question_with_a_fold(opened, base, name):
    page = opened(name, base, java_script_enabled=False)
    assert page.locator(".practice button").count() == 0
    for item in page.locator(".practice").all():
        expect(item.locator(".practice-options > li").first).to_be_visible()
        fold = item.locator("details")
        expect(fold.locator("li").first).not_to_be_visible()
        fold.locator("summary").click()
        for answer in fold.locator("li").all():
            expect(answer).to_be_visible()
        if not item.get_attribute("data-orders"):
            assert fold.locator("[data-right] > b").count() == 1


# -- what is the same for all pages ----------------------------------------------------------------


LIGHT_AND_DARK = [("light", 1280), ("dark", 320)]


@each_page
@pytest.mark.parametrize(("scheme", "width"), LIGHT_AND_DARK)
def test_targets_are_large_nothing_sticks_out_and_axe_finds_nothing(opened, name, scheme, width):
    page = opened(name, color_scheme=scheme, viewport={"width": width, "height": 800})
    for item in choices(page):
        item.locator(".practice-options button").first.click()
    small = page.evaluate(
        f"""[...document.querySelectorAll(".practice button")]
        .filter((it) => it.offsetHeight < {TARGET} || it.offsetWidth < {TARGET})
        .map((it) => it.textContent)"""
    )
    assert small == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(VIOLATIONS)
    assert found == []


@each_page
def test_on_paper_questions_stand_on_the_page_and_answers_at_the_end(opened, name):
    page = opened(name)
    count = page.locator("article .practice").count()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".practice details").first).not_to_be_visible()
    answers = page.locator(".practice-print > ol > li")
    assert answers.count() == count
    expect(answers.last).to_be_visible()
    numbers = page.evaluate(
        """getComputedStyle(document.querySelector(".practice-title"), "::before").content"""
    )
    assert "counter" in numbers or re.search(r"\d", numbers)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".practice-print").count() == 0


# -- what the browser keeps ------------------------------------------------------------------------


def test_what_was_missed_comes_back_first_and_goes_when_right(opened):
    page = opened(PAGES[0])
    item = page.locator(".practice:not([data-orders])").last
    lesson, key = item.get_attribute("data-lesson"), item.get_attribute("data-item")
    right = int(item.locator("[data-right]").get_attribute("data-right"))
    item.locator(".practice-options button").nth(0 if right else 1).click()
    assert kept(page, key) == 0
    later = [name for name in PAGES if name > PAGES[0]][-1]
    stored = page.evaluate(f"localStorage.getItem('{KEPT}')")
    page = opened(later, script=f"localStorage.setItem('{KEPT}', {json.dumps(stored)})")
    again = page.locator(f".practice-before [data-item='{key}']")
    expect(again).to_be_visible()
    assert "missed before" in again.locator(".practice-title").inner_text()
    assert again.get_attribute("data-lesson") == lesson
    again.locator(".practice-options button").nth(right).click()
    assert kept(page, key) == 2


def test_progress_is_shown_exported_and_cleared(opened):
    page = opened(PAGES[0])
    total = page.locator(f".practice[data-lesson='{PAGES[0][8:-5]}']").count()
    item = page.locator(".practice:not([data-orders]):not(.practice-before *)").first
    right = int(item.locator("[data-right]").get_attribute("data-right"))
    item.locator(".practice-options button").nth(right).click()
    assert page.locator(".lesson-progress").inner_text().startswith(f"Practice 1 of {total}")
    page.get_by_role("button", name="Mark as solved").first.click()
    expect(page.get_by_role("button", name="✓ Solved")).to_be_visible()
    for address in ("syllabus.html", "index.html", "lessons/index.html"):
        go(page, re.sub(r"lessons/.*", address, page.url) if "lessons" in page.url else page.url)
        if not page.url.endswith(address):
            go(page, re.sub(r"[^/]+$", address, page.url))
        words = page.locator(".practice-progress").all_inner_texts()
        if address != "index.html":
            assert [f"items 1 of {total}" in each for each in words] == [True]
        assert page.get_by_role("button", name="Clear my progress").count() == 1
        with page.expect_download() as download:
            page.get_by_role("button", name="Export my progress").click()
        told = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
        assert next(iter(told["items"].values()))[1] == 2
        assert len(told["exercises"]) == 1
    page.get_by_role("button", name="Clear my progress").click()
    expect(page.locator(".progress-tools")).to_have_count(0)
    assert page.evaluate(f"localStorage.getItem('{KEPT}')") is None


def test_an_item_is_light_and_so_is_a_lesson():
    for name in PAGES:
        text = (SITE / name).read_text(encoding="utf-8")
        assert len(text.encode()) < 200_000, name
        for item in re.findall(r'<div class="practice .*?<!-- end of item -->', text, re.S):
            assert len(item.encode()) < 3200, item[:200]  # those from before name their lesson
            assert "<script" not in item
            assert " style=" not in item
            assert " on" not in re.findall(r"<[^>]*>", item)
