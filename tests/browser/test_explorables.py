"""The explorables in Chromium, as readers meet them: served, from disk, by mouse, by keyboard."""

import io
import re
from contextlib import redirect_stdout

import pytest
from playwright.sync_api import expect
from tests.browser.audit import AXE, VIOLATIONS
from tests.browser.conftest import go
from tests.browser.test_digit_reader import STYLES, WRITTEN, strokes

PAGES = ("descent", "backward", "digits")
HEAVIEST = {"descent": 300_000, "backward": 300_000, "digits": 700_000}  # bytes, all of a page
ADDRESS = "explore/descent.html?f=valley&opt=adamw&lr=0.1&x=8&y=8&steps=100"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

each_page = pytest.mark.parametrize("name", PAGES)
each_base = pytest.mark.parametrize("base", ["served", "disk"])


@pytest.fixture
def opened(browser, bases):
    """Give a function that opens a page; whatever the page complains of fails the test."""
    contexts, problems = [], []

    def open_page(address, base="served", **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda line: line.type == "error" and problems.append(line.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        go(page, bases[base] + address)
        if options.get("java_script_enabled", True):
            expect(page.locator(".explorable-ready").first).to_be_attached()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


def cells(page, table):
    page.locator(f"{table} tbody tr").first.wait_for(state="attached")
    read = "it => [...it.rows].map(row => [...row.cells].map(cell => cell.textContent))"
    return page.locator(f"{table} tbody").evaluate(read)


# -- numbers ---------------------------------------------------------------------------------------


@each_base
def test_the_path_of_an_address_is_that_of_its_python(opened, base):
    page = opened(ADDRESS, base)
    page.get_by_text("The same path in Python").click()
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(page.locator(".explorable pre").inner_text(), {})
    theirs = [[float(x) for x in line.split()] for line in printed.getvalue().splitlines()]
    ours = [[float(x) for x in row] for row in cells(page, "#path")]
    assert len(ours) == len(theirs) == 101
    assert ours[0] == [0, 8, 8, 10 * (64 - 3 * 64 + 4 * 64)]
    for own, other in zip(ours, theirs, strict=True):
        assert own == pytest.approx(other, rel=1e-9)


def test_every_number_of_the_path_has_17_digits(opened):
    for row in cells(opened(ADDRESS), "#path"):
        for text in row[1:]:
            assert len(re.sub(r"e.*|\D", "", text).lstrip("0")) == 17 or float(text) == 0


def test_what_an_address_does_not_say_is_as_in_torch(opened):
    page = opened("explore/descent.html?f=bowl&opt=rmsprop")
    page.get_by_text("The same path in Python").click()
    assert "torch.optim.RMSprop([v], lr=0.01)" in page.locator(".explorable pre").inner_text()


def test_a_state_survives_its_own_address(opened):
    page = opened("explore/descent.html?f=steep&opt=momentum&lr=0.0037&momentum=0.88&steps=300")
    before = cells(page, "#path")
    page.wait_for_timeout(300)
    address = page.url
    assert "momentum=0.88" in address
    go(page, address)
    assert cells(page, "#path") == before


@each_base
def test_gradients_of_an_address(opened, base):
    page = opened("explore/backward.html?e=((a+b)*c)%2Bc&a=3&b=4&c=5".replace("a+b", "a%2Bb"), base)
    found = {name: (float(v), float(g)) for name, v, g in cells(page, "#gradients")}
    assert found == {"a": (3, 5), "b": (4, 5), "c": (5, 8)}


def test_a_slip_in_an_expression_loses_nothing(opened):
    page = opened("explore/backward.html")
    before = page.locator(".xp-graph text").all_text_contents()
    page.locator(".xp-expression").fill("((a + b) * c) + $")
    expect(page.locator(".xp-error")).to_contain_text("character 17")
    assert page.locator(".xp-graph text").all_text_contents() == before
    assert page.locator(".xp-expression").input_value() == "((a + b) * c) + $"
    page.locator(".xp-expression").fill("((a + b) * c) + a")
    expect(page.locator(".xp-error")).to_be_empty()


def test_the_backward_pass_goes_forth_and_back(opened):
    page = opened("explore/backward.html")
    done = page.locator(".xp-done")
    guess = page.get_by_label("What will")
    guess.fill("1")
    page.get_by_role("button", name="Next step").click()
    expect(page.locator(".xp-guide .xp-answer")).to_contain_text("✓")
    page.get_by_role("button", name="To the end").click()
    expect(done).to_have_text("Done: a has 5, b has 5, c has 8.")
    page.get_by_role("button", name="From the start").click()
    for _ in range(2):
        page.get_by_role("button", name="Next step").click()
    expect(page.locator(".xp-rule")).to_contain_text("It is added: 1 + 7 = 8.")
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.locator(".xp-rule")).not_to_contain_text("It is added")


@each_base
def test_of_30_digits_drawn_on_the_pad_at_least_27_are_read(opened, base):
    page = opened("explore/digits.html", base)
    page.locator("#pad").scroll_into_view_if_needed()
    read = 0
    for style in STYLES:
        for digit in WRITTEN:
            page.get_by_role("button", name="Clear").click()
            box = page.locator("#pad").bounding_box()
            scale = box["width"] / 280
            for stroke in strokes(digit, style):
                points = [(box["x"] + p["x"] * scale, box["y"] + p["y"] * scale) for p in stroke]
                page.mouse.move(*points[0])
                page.mouse.down()
                for point in points[1:]:
                    page.mouse.move(*point)
                page.mouse.up()
            page.evaluate("new Promise(requestAnimationFrame)")
            shares = [[float(x) for x in row] for row in cells(page, "#probabilities")]
            assert sum(row[2] for row in shares) == pytest.approx(1, abs=1e-3)
            read += max(shares, key=lambda row: row[2])[0] == digit
    print(f"{read} of 30 read by the convolutional network")
    assert read >= 27


def test_a_test_image_can_be_loaded(opened):
    page = opened("explore/digits.html")
    page.get_by_role("button", name="Test image of a 7").first.click()
    expect(page.locator(".xp-words")).to_contain_text("labelled 7")
    assert float(cells(page, "#probabilities")[7][2]) > 0.5


# -- questions -------------------------------------------------------------------------------------


def test_the_questions_lead_from_a_rate_to_momentum(opened):
    page = opened("explore/descent.html", reduced_motion="reduce")
    page.get_by_role("button", name="Fly away").click()
    expect(page.locator(".xp-answer")).to_contain_text("✗ No")
    page.get_by_role("button", name="Next question").click()
    assert page.locator(".xp-seen .xp-line").first.get_attribute("d") == ""  # not before Run
    rate = page.get_by_label("learning rate, exactly").first
    for value, said in [("1.2", "too large"), ("0.3", "Is there a larger one"), ("0.97", "✓")]:
        rate.fill(value)
        rate.press("Tab")
        page.get_by_role("button", name="Run").click()
        expect(page.locator(".xp-answer")).to_contain_text(said)
    page.get_by_role("button", name="Next question").click()
    page.get_by_role("button", name="Across, from wall to wall").click()
    expect(page.locator(".xp-words")).to_contain_text("It flies away")
    page.get_by_role("button", name="Next question").click()
    page.get_by_role("button", name="Momentum", exact=True).click()
    expect(page.locator(".xp-words")).to_contain_text("B, Momentum")
    page.get_by_role("button", name="Next question").click()
    page.get_by_role("button", name="Roll past").click()
    page.get_by_role("button", name="Finish").click()
    expect(page.locator(".xp-guide")).to_contain_text("That was all")


def test_on_a_phone_the_rate_is_where_the_question_asks_for_it(opened):
    page = opened("explore/descent.html", reduced_motion="reduce", **PHONE)
    page.get_by_role("button", name="Fly away").tap()
    page.get_by_role("button", name="Next question").tap()
    expect(page.locator(".xp-guide").get_by_label("learning rate", exact=True)).to_be_in_viewport()
    page.get_by_role("button", name="Play without questions").tap()
    card = page.locator(".xp-card").first
    expect(card.get_by_label("learning rate", exact=True)).to_be_visible()


def test_a_finger_drags_the_start_and_scrolls_elsewhere(opened):
    page = opened(ADDRESS, **PHONE)
    session = page.context.new_cdp_session(page)

    def drag(x, y, right, down):
        touch = "Input.dispatchTouchEvent"
        session.send(touch, {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        for i in range(1, 13):
            place = {"x": x + right * i / 12, "y": y + down * i / 12}
            session.send(touch, {"type": "touchMove", "touchPoints": [place]})
            page.wait_for_timeout(20)
        session.send(touch, {"type": "touchEnd", "touchPoints": []})

    ring, box = page.locator(".xp-ring"), page.locator(".xp-map").bounding_box()
    before = ring.bounding_box()
    drag(before["x"] + 8, before["y"] + 8, -60, 70)
    page.wait_for_timeout(300)
    after = ring.bounding_box()
    assert abs(after["x"] - before["x"] + 60) < 6
    assert abs(after["y"] - before["y"] - 70) < 6
    assert page.evaluate("scrollY") == 0
    drag(box["x"] + 20, box["y"] + box["height"] - 20, 0, -150)
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") > 50


# -- by keyboard, small, in the dark, from disk ----------------------------------------------------


def test_arrow_keys_move_the_start_and_leave_nothing(opened):
    page = opened(ADDRESS)
    page.locator(".xp-map").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    page.wait_for_timeout(400)
    assert float(cells(page, "#path")[0][1]) == pytest.approx(8 + 2 * 0.02 * 24)
    assert float(cells(page, "#path")[0][2]) == pytest.approx(8 - 0.02 * 18)
    assert "/explore/descent.html" in page.url


def test_a_digit_can_be_drawn_by_keyboard(opened):
    page = opened("explore/digits.html")
    page.locator("#pad").focus()
    page.keyboard.press(" ")
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    page.keyboard.press(" ")
    expect(page.locator(".xp-words")).to_contain_text("convolutional one 1")
    assert "/explore/digits.html" in page.url


@each_page
def test_all_can_be_reached_by_tab_and_the_focus_is_seen(opened, name):
    page = opened(f"explore/{name}.html")
    fields = ".explorable :is(button, select, input, summary, [tabindex='0']):not(:disabled)"
    expected = page.locator(fields).locator("visible=true").count()
    page.locator("h1").evaluate("h => { h.tabIndex = -1; h.focus(); }")
    met = set()
    for _ in range(expected + 8):
        page.keyboard.press("Tab")
        place = page.evaluate(
            """() => {
                const at = document.activeElement;
                if (!at.closest(".explorable")) return null;
                const all = [...document.querySelectorAll(".explorable *")];
                return [all.indexOf(at), getComputedStyle(at).outlineStyle];
            }"""
        )
        if place:
            assert place[1] != "none"
            met.add(place[0])
    assert len(met) == expected


@each_page
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(opened, name, scheme, width):
    page = opened(
        f"explore/{name}.html", color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    page.evaluate("document.querySelectorAll('.explorable details').forEach(d => d.open = true)")
    page.evaluate(AXE.read_text(encoding="utf-8"))  # the page's own policy lets no script tag in
    assert page.evaluate(VIOLATIONS) == []


@each_page
@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_nothing_is_cut_and_nothing_moves(opened, name, width):
    page = opened(f"explore/{name}.html", viewport={"width": width, "height": 900})
    page.wait_for_timeout(600)
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth - {root}.clientWidth") <= 0
    shift = page.evaluate(
        """() => new Promise((done) => new PerformanceObserver((list) => done(
            list.getEntries().reduce((sum, entry) => sum + entry.value, 0)
        )).observe({ type: "layout-shift", buffered: true }) ?? setTimeout(() => done(0), 300))"""
    )
    assert shift <= 0.01


@each_page
def test_without_javascript_a_figure_stands_there(opened, name):
    page = opened(f"explore/{name}.html", java_script_enabled=False)
    figure = page.locator(".explorable img")
    expect(figure).to_be_visible()
    assert len(figure.get_attribute("alt").split()) >= 8
    expect(figure).not_to_have_js_property("naturalWidth", 0)


@each_page
def test_a_page_is_light(browser, bases, name):
    context = browser.new_context()
    page, sizes = context.new_page(), {}
    page.on("response", lambda answer: sizes.update({answer.url: len(answer.body())}))
    page.goto(f"{bases['served']}explore/{name}.html", wait_until="networkidle")
    context.close()
    print(f"{name}: {sum(sizes.values()):,} bytes")
    assert sum(sizes.values()) <= HEAVIEST[name], sizes


def test_in_a_lesson_it_is_there_when_the_reader_comes_near(open_page):
    page = open_page("lessons/optimisation/plot_1_gradient_descent.html")
    place = page.locator(".explorable")
    scripts = "() => [...document.scripts].filter((it) => it.src.includes('explore/')).length"
    assert "explorable-ready" not in place.get_attribute("class")
    assert page.evaluate(scripts) == 0, "its script comes with it"
    place.scroll_into_view_if_needed()
    expect(place.locator(".xp-map")).to_be_visible()
    assert page.evaluate(scripts) == 1


def test_reduced_motion_is_respected(opened):
    page = opened(ADDRESS, reduced_motion="reduce")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator(".xp-readout")).to_contain_text("Step 100.")


# -- speed and memory ------------------------------------------------------------------------------

DRAG = """(count) => new Promise((done) => {
    const range = document.querySelector(".xp-slider input[type=range]");
    const times = [];
    const step = (now) => {
        times.push(now);
        range.value = -2.5 + (times.length % 100) / 80;
        range.dispatchEvent(new Event("input", { bubbles: true }));
        if (times.length < count) requestAnimationFrame(step);
        else done(1000 * (count - 1) / (times.at(-1) - times[0]));
    };
    requestAnimationFrame(step);
})"""


def test_dragging_does_not_fill_the_memory_and_its_rate_is_told(opened):
    page = opened(ADDRESS)
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    rate = page.evaluate(DRAG, 120)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    print(f"{rate:.0f} updates a second on a processor slowed four times")

    def heap():
        session.send("HeapProfiler.collectGarbage")
        return session.send("Runtime.getHeapUsage")["usedSize"]

    page.evaluate(DRAG, 200)
    before = heap()
    page.evaluate(DRAG, 600)
    assert heap() - before < 500_000
