"""The site as readers use it: by keyboard, by touch, on paper, at any width, without scripts.

Each check gives what is wrong; `test_every_check_can_fail` breaks a page for each of them and sees
that it is told.
"""

import re
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import Error, expect
from tests.browser.audit import LAY_OUT_ALL, LOAD_ALL, pages_of, served
from tests.browser.conftest import go

SITE = Path(__file__).parents[2] / "docs/_build/html"
LESSON = "lessons/optimisation/plot_1_gradient_descent.html"
WIDE = "lessons/autograd/plot_2_computation_graph.html"
WIDTHS = (320, 390, 768, 1280, 1440, 2560)
SMALLEST_TEXT = 9  # px
PAGES = sorted(
    path.relative_to(SITE).as_posix()
    for path in SITE.rglob("*.html")
    if "_static" not in path.parts and path.name != "404.html"
)

HIDDEN_FOCUS = """() => {
    const it = document.activeElement, box = it.getBoundingClientRect();
    const style = getComputedStyle(it);
    return it !== document.body && (style.visibility === "hidden" || !box.width || !box.height
        || box.right <= 0 || box.left >= innerWidth) ? it.outerHTML.slice(0, 80) : null;
}"""
SMALL_TARGETS = """() => [...document.querySelectorAll(
    ".site-header a, .site-header button, .drawer a, .drawer summary, .onward a, .rows a, .tool, "
    + ".letters a, .trail a")]
    .filter(it => it.checkVisibility({visibilityProperty: true}))
    .map(it => [it, it.getBoundingClientRect()])
    .filter(([it, box]) => box.height < 24 || box.width < 24)
    .map(([it, box]) => `${it.outerHTML.slice(0, 60)}: ${box.width} x ${box.height}`)"""
TOO_WIDE = """() => {
    const page = document.documentElement;
    const [is, may] = [page.scrollWidth, page.clientWidth];
    return is > may ? [`${is} of ${may}`] : [];
}"""
ON_PAPER = """() => {
    const wrong = [];
    const screen = ".skip-link, .site-header, .drawer, .copybtn, video";
    for (const it of document.querySelectorAll(screen))
        if (it.checkVisibility()) wrong.push(`on paper: ${it.className || it.tagName}`);
    for (const it of document.querySelectorAll("article .highlight pre"))
        if (it.checkVisibility() && it.scrollWidth > it.clientWidth + 1)
            wrong.push("a block is cut");
    for (const it of document.querySelectorAll(".lesson-video .poster"))
        if (!it.checkVisibility()) wrong.push("no poster");
    for (const it of document.querySelectorAll("article details:not(.practice details) pre"))
        if (!it.checkVisibility() || !it.getBoundingClientRect().height)
            wrong.push("a fold is shut");
    return wrong;
}"""
SPACING = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }"""
# All that moves: to give a page its size counts as input, which would excuse the next half second.
SHIFTS = """window.shift = 0; new PerformanceObserver(list => {
    for (const entry of list.getEntries()) window.shift += entry.value;
}).observe({type: "layout-shift", buffered: true});"""


# -- keyboard --------------------------------------------------------------------------------------


def walk(page, steps):
    """Press Tab, and give what got the focus without being seen."""
    found = []
    for _ in range(steps):
        page.keyboard.press("Tab")
        if wrong := page.evaluate(HIDDEN_FOCUS):
            found.append(wrong)
    return found


@pytest.mark.parametrize("width", [390, 900, 1440])
def test_focus_is_always_seen(open_page, width):
    assert walk(open_page(LESSON, width), 25) == []


@pytest.mark.parametrize(
    ("drawer", "width"), [("site-navigation", 390), ("page-contents", 390), ("page-contents", 1100)]
)
def test_drawer_opens_and_closes_by_keyboard(open_page, drawer, width):
    page = open_page(LESSON, width)
    button = page.locator(f"[data-drawer={drawer}]")
    assert page.evaluate(f"document.getElementById('{drawer}').inert")
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-expanded") == "true"
    assert page.evaluate(f"document.getElementById('{drawer}').contains(document.activeElement)")
    assert page.locator(f"#{drawer} a:visible").count() > 2
    page.keyboard.press("Escape")
    assert button.get_attribute("aria-expanded") == "false"
    assert button.evaluate("it => it === document.activeElement")
    assert page.evaluate(f"document.getElementById('{drawer}').inert")


def test_a_part_of_the_navigation_unfolds_by_keyboard(open_page):
    page = open_page(LESSON, 1440)
    summary = page.locator("#site-navigation .nav-part:not([open]) summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("#site-navigation .nav-part[open]").count() == 2


def test_arrow_keys_stay_on_the_page(open_page):
    page = open_page(LESSON, 390)
    page.locator(".highlight pre[tabindex]").first.wait_for()
    page.locator(".highlight pre[tabindex]").first.focus()
    before = page.url
    for key in ("ArrowRight", "ArrowLeft", "ArrowRight"):
        page.keyboard.press(key)
    page.wait_for_timeout(200)
    assert page.url == before


def test_copying_keeps_the_focus_and_says_so(open_page):
    page = open_page(LESSON, 1280)
    button = page.locator(".copybtn").first
    button.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(button).to_have_css("opacity", "1")
    page.keyboard.press("Enter")
    expect(page.locator("#announcement")).to_have_text("Copied")
    assert button.evaluate("it => it === document.activeElement")


def test_what_was_printed_has_no_copy_button(open_page):
    page = open_page(LESSON)
    assert page.locator(".copybtn").count() > 3
    assert page.locator(".sphx-glr-script-out .copybtn").count() == 0


def test_copy_buttons_are_seen_and_large_on_touch(open_page):
    page = open_page(LESSON, 390, has_touch=True, is_mobile=True)
    button = page.locator(".copybtn").first
    box = button.bounding_box()
    assert min(box["width"], box["height"]) >= 44
    assert button.evaluate("it => getComputedStyle(it).opacity") == "1"


def test_a_hint_and_a_solution_unfold_by_keyboard(open_page):
    page = open_page(LESSON)
    summary = page.locator("div.exercise details summary").last
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("div.exercise details[open] pre").count() >= 1


def test_a_drawn_graph_is_one_stop_of_tab_with_arrow_keys_inside(open_page):
    page = open_page(WIDE)
    graph = page.locator(".pp-graph svg").first
    boxes = graph.locator("[tabindex]")
    assert boxes.count() > 3
    assert graph.locator("[tabindex='0']").count() == 1
    graph.locator("[tabindex='0']").focus()
    met = set()
    for _ in range(boxes.count()):
        met.add(page.evaluate("document.activeElement.getAttribute('data-of')"))
        page.keyboard.press("ArrowDown")
    assert len(met) == boxes.count()
    assert graph.locator("[tabindex='0']").count() == 1
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    assert not graph.evaluate("it => it.contains(document.activeElement)")


def test_search_shows_its_focus_and_leads_on_by_keyboard(open_page):
    page = open_page("search.html", 390)
    field = page.locator(".search-form input")
    assert field.is_visible()
    field.focus()
    assert field.evaluate("it => getComputedStyle(it).outlineStyle") == "solid"
    page.keyboard.type("momentum")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('#search-results') !== null")


def test_exercises_can_be_narrowed(open_page):
    page = open_page("exercises.html")
    rows = page.locator("#all-exercises [data-words]:visible")
    before = rows.count()
    page.locator(".page-filter select[name=part]").select_option(index=2)
    assert 0 < rows.count() < before
    page.locator(".page-filter input").fill("qzxv")
    assert rows.count() == 0


# -- figures ---------------------------------------------------------------------------------------


def test_figure_is_enlarged_and_closed_by_keyboard_and_touch(open_page):
    page = open_page(LESSON, 390, has_touch=True)
    opener = page.locator(".figure-zoom").first
    opener.focus()
    page.keyboard.press("Enter")
    assert page.locator("dialog.zoom .figure-picture").bounding_box()["width"] > 900
    page.keyboard.press("Escape")
    assert not page.locator("dialog.zoom").is_visible()
    assert opener.evaluate("it => it === document.activeElement")
    opener.tap()
    page.locator("dialog.zoom > button").tap()
    assert not page.locator("dialog.zoom").is_visible()
    page.locator(".figure-picture").first.tap()
    assert page.locator("dialog.zoom").is_visible()


WORDS = """() => [...document.querySelectorAll(".figure-picture")].flatMap(picture => {
    const size = picture.getBoundingClientRect(), words = picture.querySelector("svg");
    const scale = size.width / words.viewBox.baseVal.width, wrong = [];
    for (const text of words.querySelectorAll("text")) {
        const box = text.getBoundingClientRect(), says = text.textContent;
        const smallest = Math.min(...[text, ...text.querySelectorAll("tspan")]
            .filter(it => !it.childElementCount && it.textContent.trim())
            .map(it => parseFloat(getComputedStyle(it).fontSize) * scale));
        if (smallest < %s) wrong.push(`${says}: ${smallest.toFixed(1)} px`);
        if (box.left < size.left - 4 || box.right > size.right + 4 || box.top < size.top - 4
            || box.bottom > size.bottom + 4) wrong.push(`${says}: outside of its picture`);
    }
    return wrong;
})"""
LESSONS = [name for name in PAGES if "lesson-line" in (SITE / name).read_text(encoding="utf-8")]


def test_words_of_every_enlarged_figure_can_be_read_and_lie_in_their_picture(open_page):
    page, found, count = open_page("index.html"), [], 0
    for name in LESSONS:
        go(page, f"{SITE.as_uri()}/{name}")
        page.add_style_tag(content=".figure-picture { width: 992px !important; }")
        found += [f"{name}: {wrong}" for wrong in page.evaluate(WORDS % SMALLEST_TEXT)]
        count += page.locator(".figure-picture").count()
    assert count > 45
    assert found == []
    go(page, f"{SITE.as_uri()}/{LESSON}")
    assert page.evaluate(WORDS % 99)
    page.add_style_tag(content=".figure-words { transform: translate(50%); }")
    assert page.evaluate(WORDS % 1)


def test_words_of_a_figure_can_be_selected_and_found(open_page):
    page = open_page(LESSON)
    words = page.locator(".figure-words text").first
    words.scroll_into_view_if_needed()
    said = words.text_content()
    selected = """it => {
        getSelection().selectAllChildren(it);
        return getSelection().toString();
    }"""
    assert words.evaluate(selected).strip() == said.strip()
    page.evaluate("getSelection().removeAllRanges()")
    assert page.evaluate("(words) => window.find(words, true, false, true)", said.strip())


# -- paper, widths, preferences --------------------------------------------------------------------


@pytest.mark.parametrize("name", [LESSON, WIDE, "exercises.html", "what_changed.html"])
def test_paper_has_all_and_nothing_over_it(open_page, name):
    page = open_page(name, 794)
    page.emulate_media(media="print")
    assert page.evaluate(ON_PAPER) == []
    assert len(page.pdf(format="A4")) > 10_000


def test_no_page_is_wider_than_the_window(open_page):
    page, found = open_page("index.html"), []
    for name in pages_of(SITE):  # a page that only leads on has no width
        go(page, f"{SITE.as_uri()}/{name}")
        page.add_style_tag(content=LAY_OUT_ALL)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found += [f"{name} at {width}: {wrong}" for wrong in page.evaluate(TOO_WIDE)]
        page.set_viewport_size({"width": 640, "height": 450})  # 1280 px at 200 %
        page.add_style_tag(content=SPACING)
        found += [f"{name} with spacing: {wrong}" for wrong in page.evaluate(TOO_WIDE)]
    assert found == []


@pytest.mark.parametrize("width", [390, 1440])
def test_targets_are_large_enough(open_page, width):
    page, found = open_page("index.html", width), []
    for name in ("index.html", LESSON, "glossary.html", "lessons/index.html", "search.html"):
        go(page, f"{SITE.as_uri()}/{name}")
        found += page.evaluate(SMALL_TARGETS)
    assert found == []


DESK = {"viewport": {"width": 1280, "height": 900}}
TOUCHED = {"viewport": {"width": 412, "height": 823}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module", params=[DESK, TOUCHED], ids=["desk", "phone"])
def first_views(browser, request):
    """Load each page as a server sends it first; give what moved, and the KB that were sent."""
    seen = {}
    with served(SITE) as base:
        for name in [*PAGES, "search.html?q=gradient"]:
            context, sent = browser.new_context(**request.param), []
            context.add_init_script(SHIFTS)
            page = context.new_page()
            page.on("response", lambda answer, sent=sent: sent.append(answer))
            go(page, base + name, wait_until="networkidle")
            shift = page.evaluate("window.shift")
            seen[name] = shift, sum(weight(answer) for answer in sent) / 1000
            context.close()
    return seen


def weight(answer):
    """Give the bytes of an answer as a server packs it; what is packed already stays as it is."""
    try:
        body = answer.body()
    except Error:  # a part of a video that was enough to begin with
        return 0
    packed = re.search(r"\.(woff2|png|webp|mp4)$", answer.url)
    return len(body if packed else zlib.compress(body, 6))


def test_nothing_moves_while_a_page_loads(first_views):
    assert {name: shift for name, (shift, _) in first_views.items() if shift > 0.01} == {}


# The heads' places with all rows, and with the first one alone, as while a page arrives.
HEADS = """() => {
    const places = () => [...document.querySelectorAll("table.stacked th")]
        .filter((it) => it.closest("thead")).map((it) => it.getBoundingClientRect())
        .map((box) => [box.left, box.width]);
    const all = places();
    for (const row of document.querySelectorAll("table.stacked tbody tr + tr")) row.remove();
    return [all, places()];
}"""


@pytest.mark.parametrize("name", ["benchmarks.html", "build_report.html"])
def test_columns_stay_where_they_are_while_rows_arrive(open_page, name):
    whole, first = open_page(name).evaluate(HEADS)
    assert len(whole) > 4
    assert first == whole
    page = open_page(name)
    page.add_style_tag(
        content="table.stacked { table-layout: auto; } table.stacked colgroup { display: none; }"
    )
    whole, first = page.evaluate(HEADS)
    assert first != whole


# Words in the cells of wide tables that stand on two lines, for want of room.
BROKEN = """() => [...document.querySelectorAll("table.stacked :is(th, td)")].flatMap((it) => {
    const texts = document.createTreeWalker(it, NodeFilter.SHOW_TEXT), broken = [];
    for (let text; (text = texts.nextNode());)
        for (const word of text.data.matchAll(/[\\w.,%×≤≥]{1,14}(?![^\\s-])/g)) {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            if (range.getClientRects().length > 1) broken.push(word[0]);
        }
    return broken;
})"""


@pytest.mark.parametrize("width", [780, 1000, 1024, 1100, 1280, 1440])
@pytest.mark.parametrize("name", ["benchmarks.html", "build_report.html"])
def test_no_word_of_a_wide_table_is_broken(open_page, name, width):
    page = open_page(name, width)
    assert page.evaluate(BROKEN) == []
    page.add_style_tag(content="table.stacked { width: 20rem !important; }")
    assert page.evaluate(BROKEN)


def test_links_in_the_head_are_shown_when_all_have_come(open_page):
    links = open_page("index.html").locator(".main-links")
    assert links.is_visible()
    links.evaluate("it => { while (it.nextElementSibling) it.nextElementSibling.remove(); }")
    assert not links.is_visible()


@pytest.mark.parametrize("name", ["index.html", "exercises.html", LESSON])
def test_the_links_at_the_top_have_their_place_whatever_comes_behind_them(open_page, name):
    """A slow machine draws them before it has read all of the head."""
    page = open_page(name, 1440)
    links = page.locator(".main-links")
    before = links.bounding_box()
    page.evaluate("document.querySelectorAll('.main-links ~ *').forEach((it) => it.remove())")
    assert links.bounding_box() == before


def test_the_first_view_of_a_lesson_is_light(first_views):
    sizes = {name: size for name, (_, size) in first_views.items() if "plot_" in name}
    assert len(sizes) > 20
    assert {name: round(size) for name, size in sizes.items() if size > 500} == {}


SLOW = {"offline": False, "latency": 150, "downloadThroughput": 2e5, "uploadThroughput": 9e4}
WAITED_FOR = """() => performance.getEntriesByType("resource")
    .filter(it => it.renderBlockingStatus === "blocking").map(it => it.name)"""
FIRST = [
    (LESSON, 412, 1),
    ("index.html", 390, 2),  # what one can move there is drawn with the page
    (LESSON, 390, 1),
    ("exercises.html", 390, 1),
    ("reference.html", 1280, 1),
    ("explore/descent.html", 390, 2),
    ("explore/digits.html", 390, 1),  # what half a megabyte comes with does not hold up the rest
]


@pytest.mark.parametrize(("name", "width", "files"), FIRST)
def test_on_a_slow_line_little_is_waited_for_and_nothing_moves(browser, bases, name, width, files):
    context = browser.new_context(viewport={"width": width, "height": 844})
    context.add_init_script(SHIFTS)
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", SLOW)
    network.send(
        "Emulation.setCPUThrottlingRate", {"rate": 4}
    )  # scripts come after the first paint
    go(page, bases["served"] + name, wait_until="networkidle")
    assert len(page.evaluate(WAITED_FOR)) <= files
    assert page.evaluate("window.shift") <= 0.01
    context.close()


FETCHED_BY = """() => performance.getEntriesByType("resource")
    .filter(it => it.name.includes("jetbrains-mono")).map(it => it.initiatorType)"""


def test_the_typeface_of_code_is_fetched_beside_the_style_sheet(browser, bases):
    """Not only when the style sheet has come, and text that needs it has been laid out."""
    context = browser.new_context()
    page = context.new_page()
    go(page, bases["served"] + LESSON, wait_until="networkidle")
    assert page.evaluate(FETCHED_BY) == ["link"]
    context.close()


MOTION = "getComputedStyle(document.querySelector('.copybtn')).transitionDuration"
CLICK = "(id) => document.querySelector(`#page-contents a[href='${id}']`).click()"
TOP_OF = "(id) => document.querySelector(`${id} h2`).getBoundingClientRect().top"


def test_motion_is_reduced_when_asked(open_page):
    assert open_page(LESSON, reduced_motion="reduce").evaluate(MOTION) == "0s"
    assert open_page(LESSON, reduced_motion="no-preference").evaluate(MOTION) != "0s"


@pytest.mark.parametrize("width", [390, 1440])
def test_a_link_into_a_lesson_ends_at_its_heading(open_page, width):
    """What lies between is not laid out yet: to glide over it would end elsewhere."""
    page = open_page(LESSON, width)
    page.add_init_script("window.requestIdleCallback = () => {}")  # the browser is never idle
    page.reload()
    links = page.locator("#page-contents a.reference")
    targets = [links.nth(n).get_attribute("href") for n in range(links.count())]
    assert len(targets) > 6
    for target in targets[-3:1:-2]:
        page.evaluate(
            "(id) => document.querySelector(`#page-contents a[href='${id}']`).click()", target
        )
        page.wait_for_timeout(600)
        assert 60 < page.evaluate(TOP_OF, target) < 180
        go(page, f"{SITE.as_uri()}/{LESSON}?again{target}")
        page.wait_for_timeout(600)
        assert 60 < page.evaluate(TOP_OF, target) < 180
        go(page, f"{SITE.as_uri()}/{LESSON}")
    page.add_style_tag(content="html { scroll-behavior: smooth; }")
    page.evaluate(
        "(id) => document.querySelector(`#page-contents a[href='${id}']`).click()", targets[-3]
    )
    page.wait_for_timeout(3000)
    assert not 60 < page.evaluate(TOP_OF, targets[-3]) < 180


SECTIONS = """() => [...document.querySelectorAll("article > section > section, .pair")]
    .map((it) => getComputedStyle(it).contentVisibility)"""


def assert_all_is_laid_out(page):
    """Wait for it; a page's policy forbids what `wait_for_function` does."""
    for _ in range(100):
        if set(page.evaluate(SECTIONS)) == {"visible"}:
            break
        page.wait_for_timeout(200)
    assert set(page.evaluate(SECTIONS)) == {"visible"}


@pytest.mark.parametrize("act", ["wheel", "Tab"])
def test_a_lesson_is_laid_out_from_the_first_act_on(open_page, act):
    page = open_page(LESSON)
    page.wait_for_timeout(1000)
    assert "auto" in page.evaluate(SECTIONS)
    if act == "wheel":
        page.mouse.wheel(0, 100)
    else:
        page.keyboard.press(act)
    assert_all_is_laid_out(page)


def test_a_lesson_is_laid_out_at_once_for_who_comes_by_a_link(open_page):
    page = open_page(LESSON)
    page.add_init_script("window.requestIdleCallback = () => {}")
    go(page, f"{SITE.as_uri()}/{LESSON}?again#exercises")
    assert set(page.evaluate(SECTIONS)) == {"visible"}


def test_what_fails_while_a_page_is_set_up_keeps_nothing_else_from_it(open_page):
    page, told = open_page(LESSON), []
    page.on("pageerror", lambda error: told.append(str(error)))
    page.add_init_script("window.ResizeObserver = undefined")  # of what makes boxes scroll
    go(page, f"{SITE.as_uri()}/{LESSON}?again")
    assert any("ResizeObserver" in line for line in told)
    expect(page.get_by_role("button", name="Mark as read")).to_be_visible()
    assert page.locator(".practice-choice").count() >= 2


# The last heading above the line at a fifth of the window, by where each stands.
READ = """() => [...document.querySelectorAll("#page-contents a:not(ul ul ul ul a, [href='#'])")]
    .map((it) => it.getAttribute("href"))
    .filter((id) => document.getElementById(id.slice(1)).getBoundingClientRect().top
        < innerHeight / 5)"""
MARKED = (
    "() => document.querySelector('#page-contents [aria-current]')?.getAttribute('href') ?? null"
)
COLUMN = """() => {
    const [it, column] = ["#page-contents [aria-current]", "#page-contents"]
        .map((path) => document.querySelector(path).getBoundingClientRect());
    return it.top >= column.top && it.bottom <= column.bottom;
}"""


@pytest.mark.parametrize("name", [LESSON, "reference.html"])
def test_the_contents_mark_where_one_reads(open_page, name):
    page = open_page(name, 1440)
    assert page.evaluate(MARKED) is None
    page.mouse.move(720, 450)
    page.mouse.wheel(0, 1)
    assert_all_is_laid_out(page)
    height = page.evaluate("document.documentElement.scrollHeight")
    found = []
    for share in (0.2, 0.45, 0.7, 0.3):
        page.evaluate("(y) => scrollTo(0, y)", share * height)
        page.wait_for_timeout(400)
        assert page.evaluate(MARKED) == page.evaluate(READ)[-1]
        assert page.evaluate(COLUMN)
        found.append(page.evaluate(MARKED))
    assert len(set(found)) >= 3
    page.keyboard.press("End")
    page.wait_for_timeout(400)
    links = page.locator("#page-contents a:not(ul ul ul ul a)")
    assert page.evaluate(MARKED) == links.last.get_attribute("href")
    page.keyboard.press("Home")
    page.wait_for_timeout(400)
    assert page.evaluate(MARKED) is None


@pytest.mark.parametrize("width", [390, 1440])
def test_a_page_that_is_loaded_again_stays_where_it_was(open_page, bases, width):
    page = open_page(LESSON, width)
    go(page, bases["served"] + LESSON)
    heading = page.locator("article > section > section > h2").nth(4)
    heading.scroll_into_view_if_needed()
    assert_all_is_laid_out(page)
    heading.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    before = heading.bounding_box()["y"]
    for again in (page.reload, lambda: (go(page, bases["served"] + "index.html"), page.go_back())):
        again()
        page.wait_for_timeout(1000)
        # Where one reads on: a typeface that comes late may still move a line or two.
        assert abs(heading.bounding_box()["y"] - before) < 60
    page.add_init_script("window.requestIdleCallback = () => {}")
    page.reload()
    assert set(page.evaluate(SECTIONS)) == {"visible"}
    page.add_init_script("performance.getEntriesByType = () => []")
    page.reload()
    assert "auto" in page.evaluate(SECTIONS)


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("name", ["benchmarks.html", "build_report.html"])
def test_every_cell_of_a_wide_table_is_seen_on_a_phone(open_page, name, width):
    page = open_page(name, width)
    cut = """() => [...document.querySelectorAll("table.stacked td")].filter((it) =>
        it.getBoundingClientRect().right > innerWidth
        || !getComputedStyle(it, "::before").content.includes(it.dataset.label ?? ""))
        .map((it) => it.textContent)"""
    assert page.locator("table.stacked td").count() > 50
    assert page.evaluate(cut) == []
    page.add_style_tag(content="table.stacked tr { display: table-row !important; }")
    assert page.evaluate(cut)


SCROLLERS = ".table-wrapper, .highlight pre"


SAYS_SO = (
    """() => getComputedStyle(document.activeElement).backgroundImage.split("gradient").length"""
)
MARK = """(boxes) => document.querySelectorAll(boxes).forEach((it) => {
    if (it.checkVisibility() && it.scrollWidth > it.clientWidth) it.dataset.wide = "";
})"""


@pytest.mark.parametrize("name", ["adopt.html", LESSON])
def test_what_scrolls_sideways_says_so_and_is_reached_by_tab(open_page, name):
    page, met = open_page(name, 320), 0
    page.evaluate(MARK, SCROLLERS)
    wide = page.locator("[data-wide]").count()
    assert wide
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        if page.evaluate("'wide' in document.activeElement.dataset"):
            assert page.evaluate(SAYS_SO) == 5
            met += 1
    assert met == wide


PHONES = """() => [...document.querySelectorAll(".figure-picture")].flatMap((picture) => {
    const image = picture.querySelector("img"), width = picture.getBoundingClientRect().width;
    const drawn = image.currentSrc.includes(".phone") ? 355 : image.width;
    const words = getComputedStyle(picture.querySelector(".figure-words")).display;
    const smallest = 12 * width / drawn;  // ticks have 9 pt
    const both = (drawn === 355) !== (words === "none");
    return smallest < %s || both ? [`${image.src}: ${smallest}`] : [];
})"""


@pytest.mark.parametrize("width", [320, 390])
def test_letters_of_every_figure_are_large_enough_on_a_phone(open_page, width):
    page, found, count = open_page("index.html", width), [], 0
    for name in LESSONS:
        go(page, f"{SITE.as_uri()}/{name}")
        page.add_style_tag(content=LAY_OUT_ALL)
        page.evaluate(LOAD_ALL)
        found += page.evaluate(PHONES % SMALLEST_TEXT)
        count += page.locator(".figure-picture picture").count()
    assert count > 45
    assert found == []
    go(page, f"{SITE.as_uri()}/{LESSON}")
    page.evaluate("document.querySelectorAll('picture source').forEach((it) => it.remove())")
    assert page.evaluate(PHONES % SMALLEST_TEXT)


# Letters of a video have 9 pt or more. One that is drawn for a phone is 355 px wide.
FILMS = """() => [...document.querySelectorAll(".lesson-video video")].flatMap((video) => {
    const { width } = video.getBoundingClientRect();
    const own = video.currentSrc.includes(".phone"), first = video.poster.includes(".phone");
    const desk = getComputedStyle(video.parentElement).getPropertyValue("--width");
    const smallest = 12 * width / (own ? 355 : parseFloat(desk));
    return smallest < %s || own !== first ? [`${video.currentSrc}: ${smallest}`] : [];
})"""


def test_letters_of_every_video_are_large_enough_on_a_phone(open_page):
    page, found, count = open_page("index.html", 390), [], 0
    for name in LESSONS:
        if "<video" not in (SITE / name).read_text(encoding="utf-8"):
            continue
        go(page, f"{SITE.as_uri()}/{name}")
        page.wait_for_selector("html.ready", state="attached")
        page.wait_for_function(
            "[...document.querySelectorAll('video')].every((it) => it.readyState > 0)"
        )
        found += page.evaluate(FILMS % SMALLEST_TEXT)
        count += page.locator("video").count()
    assert count > 5
    assert found == []


def test_a_wide_page_plays_the_wide_video(open_page):
    page = open_page(LESSON, 1280)
    page.wait_for_selector("html.ready", state="attached")
    page.wait_for_function("document.querySelector('video').readyState > 0")
    assert page.evaluate(FILMS % SMALLEST_TEXT) == []
    video = page.locator("video").first
    assert ".phone" not in video.evaluate("(it) => it.currentSrc + it.poster")


def test_boxes_have_edges_in_forced_colours(open_page):
    page = open_page(LESSON, forced_colors="active")
    for box in (".lesson-box", "div.exercise", ".onward-next"):
        width = page.locator(box).first.evaluate("it => getComputedStyle(it).borderTopWidth")
        assert width != "0px"


def test_without_javascript_all_can_be_read_and_reached(open_page):
    page = open_page(LESSON, 390, java_script_enabled=False)
    assert page.locator("article h1").is_visible()
    assert page.locator("#site-navigation a:visible").count() > 5
    assert page.locator("[data-drawer]:visible").count() == 0
    summary = page.locator("div.exercise details summary").last
    summary.click()
    assert page.locator("div.exercise details[open] pre").last.is_visible()


# -- what a page may load --------------------------------------------------------------------------


INJECT = """(address) => new Promise((done) => {
    const stopped = [];
    document.addEventListener("securitypolicyviolation",
        (it) => stopped.push(it.effectiveDirective));
    window.injected = false;
    const script = document.createElement("script");
    script.textContent = "window.injected = true";
    document.body.append(script);
    const image = new Image();
    image.onload = image.onerror = () => setTimeout(
        () => done([window.injected, image.naturalWidth, stopped.sort()]), 100);
    image.src = address;
    document.body.append(image);
})"""


@pytest.mark.parametrize("policed", [True, False])
def test_policy_stops_an_injected_script_and_a_foreign_image(browser, policed):
    """Without the policy both go through, so it is the policy that stops them."""
    with served(SITE) as base, served(SITE) as foreign:
        context = browser.new_context(bypass_csp=not policed)
        page = context.new_page()
        go(page, base + LESSON)
        image = foreign + "_static/card.png"
        injected, width, stopped = page.evaluate(INJECT, image)
        context.close()
    if policed:
        assert (injected, width, stopped) == (False, 0, ["img-src", "script-src-elem"])
    else:
        assert injected
        assert width > 0


# -- the checks themselves -------------------------------------------------------------------------


def broken(page, script):
    page.evaluate(script)
    return page


def test_every_check_can_fail(open_page):
    page = broken(open_page(LESSON, 1440), "document.body.style.width = '3000px'")
    assert page.evaluate(TOO_WIDE)
    page = broken(open_page(LESSON, 1440), "document.querySelector('.brand').style.minHeight = 0")
    page.add_style_tag(content=".brand, .brand img { height: 10px !important; }")
    assert page.evaluate(SMALL_TARGETS)
    page = broken(
        open_page(LESSON, 390), "document.getElementById('site-navigation').inert = false"
    )
    page.add_style_tag(
        content="#site-navigation { visibility: visible !important; left: -900px !important;"
        " content-visibility: visible !important; }"
    )
    assert walk(page, 15)
    page = open_page(LESSON, 794)
    page.emulate_media(media="print")
    page.add_style_tag(content="@media print { .skip-link { display: block !important; } }")
    assert page.evaluate(ON_PAPER)


# -- cards and ticks -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "said"),
    [("article a[href*='#term-']", "."), ("article a[href*='#torch.']", "(")],
)
def test_card_shows_on_focus_and_on_pointing_and_closes_by_escape(open_page, link, said):
    page = open_page(WIDE)
    first, card = page.locator(link).first, page.locator("#link-card")
    first.evaluate("it => it.focus({focusVisible: true})")
    card.wait_for(state="visible")
    assert said in card.inner_text()
    assert first.get_attribute("aria-describedby") == "link-card"
    page.keyboard.press("Escape")
    assert not card.is_visible()
    page.locator("h1").hover()
    first.hover()
    card.wait_for(state="visible")


def test_a_lesson_is_ticked_remembered_and_forgotten(open_page):
    page = open_page(LESSON)
    page.get_by_role("button", name="Mark as read").click()
    name = LESSON.removeprefix("lessons/").removesuffix(".html")
    assert page.locator(f"#site-navigation a[data-lesson='{name}'][data-done]").count() == 1
    go(page, f"{SITE.as_uri()}/index.html")
    assert page.locator(".hero-actions a").first.inner_text().startswith("Continue: ")
    page.locator(".hero-actions button").click()
    expect(page.locator(".hero-actions button")).to_have_count(0)
    go(page, f"{SITE.as_uri()}/{LESSON}")
    assert page.locator("a[data-done]").count() == 0
