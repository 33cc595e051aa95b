"""Practice on the pages of the tiny sites: shown, opened with, counted, taken along, or refused."""

import json
import re

from pytorch_primer.exercises.exercise import load

LESSON = "lessons/optimisation/plot_1_exercise"
FIRST = "lessons/optimisation/plot_9_no_figure"
LATER = "lessons/autograd/plot_9_everything"


def own(page):
    return [
        item for item in page.select(".practice") if not item.find_parent(class_="practice-before")
    ]


def test_an_item_is_a_question_with_options_and_a_fold(good):
    item = own(good.page(f"{LESSON}.html"))[0]
    assert item.select_one(".practice-title").get_text() == "Predict, before you read on"
    options = [li.get_text() for li in item.select(".practice-options > li")]
    assert sorted(options) == ["13", "42"]
    fold = [li.get_text() for li in item.select("details li")]
    assert fold[options.index("42")].strip() == "Right. A product."
    assert (
        "It is no sum. The program prints that with 6 + 7 in place of 6 * 7."
        in fold[options.index("13")]
    )
    (right,) = item.select("[data-right]")
    assert int(right["data-right"]) == options.index("42")
    assert not item.select("input, button, script, [style]")


def test_a_lesson_opens_with_items_of_earlier_ones(good):
    assert not good.page(f"{FIRST}.html").select(".practice-before")  # the first has none
    for name, earlier in ((LESSON, ["optimisation/plot_9_no_figure"]), (LATER, ["optimisation"])):
        before = good.page(f"{name}.html").select(".practice-before .practice")
        assert len(before) == 2
        for item in before:
            assert item["data-lesson"].startswith(earlier[0])
            page, _, anchor = item.select_one(".practice-title a")["href"].partition("#")
            source = (good.html / name).parent / page
            assert f'id="{anchor}"' in source.read_text(encoding="utf-8")
    ids = [tag["id"] for tag in good.page(f"{LATER}.html").select(".practice[id], .practice [id]")]
    assert len(ids) == len(set(ids))


def test_items_lie_beside_the_scripts_for_who_missed_one(good):
    path = good.html / "_static/practice/optimisation-plot_1_exercise.js"
    text = path.read_text(encoding="utf-8")
    kept = json.loads(
        re.fullmatch(r"Object.assign\(\(window.PRACTICE \?\?= \{\}\), (.*)\);\n", text)[1]
    )
    keys = [item["data-item"] for item in own(good.page(f"{LESSON}.html"))]
    assert sorted(kept) == sorted(keys)
    assert all(each.startswith("<div") and each.endswith("</div>") for each in kept.values())


def test_a_notebook_has_each_item_as_a_cell_with_a_fold(good):
    cells = json.loads((good.html / f"{LESSON}.ipynb").read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    items = [text for text in texts if "<summary>Answer and reasons</summary>" in text]
    assert len(items) == 2 + 3
    (predict,) = [text for text in items if "6 \\* 7" in text or "6 * 7" in text]
    assert predict.startswith("**Predict**")
    assert "```python\nprint(6 * 7)\n```" in predict
    assert "**Right.** A product." in predict
    (wrong,) = [text for text in items if text.startswith("**Which line is wrong?**")]
    assert "**The other lines:**" in wrong
    # The solution of the exercise that follows is said by letters alone.
    (ordered,) = [text for text in items if text.startswith("**In order**")]
    letters = re.search(r"In order: ((?:[A-Z], )+[A-Z])\. \d+ orders pass", ordered)[1]
    lines = dict(re.findall(r"^- ([A-Z])\. `(.*)`$", ordered, re.M))
    told = [lines[letter].strip() for letter in letters.split(", ")]
    solution = load("descend").source.solution.splitlines()[1:]
    assert told == [line.strip() for line in solution]


def test_what_was_counted_stands_in_the_builds_record_and_on_pages(good):
    record = json.loads((good.html / "build.json").read_text(encoding="utf-8"))
    assert record["practice_items"] == 3 + 3 + 3
    assert record["aims"] == record["aims_assessed"] == 3 * 3
    assert 0 <= record["guessing"]["the longest option"]["right"] <= 1
    page = good.page("course.html")
    rows = [row.get_text(" ") for row in page.select("details.aims tr")]
    assert any("write" in row and "descend" in row and "In order" in row for row in rows)
    tables = [table.get_text(" ") for table in page.select("table.docutils")]
    assert any("9 of 9" in text for text in tables)
    assert any("the longest option" in text for text in tables)
    link = page.select_one('.lanes a[data-lesson="optimisation/plot_1_exercise"]')
    assert (link["data-items"], link["data-exercises"]) == ("3", "1")


def test_what_is_wrong_with_an_item_names_the_line(bad):
    script = "gallery/autograd/plot_6_exercises.py"
    first = bad.line(script, ".. predict::")
    assert re.search(rf"plot_6_exercises.py:{first}: .*two options give the same, '4'", bad.log)
    second = bad.line(script, "This is nowhere")
    assert re.search(rf"plot_6_exercises.py:{second}: .*`3 \+ 3` is found 0 times", bad.log)


def test_code_is_light(good):
    text = (good.html / f"{LESSON}.html").read_text(encoding="utf-8")
    assert '<span class="nb">print</span>(' in text
    assert not re.search(r'<span class="[pw]">', text)
