"""Practice on the page: ``.. predict::`` and its sisters, run by torch when the page is read.

`practice_items` reads and runs what an author writes, `practice_bank` makes items of the exercises'
mistakes, `practice_shapes` draws them by a seed. Here they come to the page: a question, options,
and a fold with the answer and all reasons, which ``practice.js`` makes something to press. Each
lesson opens with two items of earlier lessons. An item says which aim it assesses, and an aim that
nothing assesses fails the build.
"""

from __future__ import annotations

import html
import json
import math
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from course_site import store
from course_site.doctrees import around, closing
from course_site.exercise_boxes import anchor, exercise_box
from course_site.later import add_place, later_place, when_written
from course_site.lessons import WORDS_PER_MINUTE, is_lesson, lesson_box, stops
from course_site.pages import MANY_COLUMNS, column_group
from course_site.practice_bank import parsons, symptom, which_line
from course_site.practice_items import (
    SALT,
    Fault,
    Item,
    Lines,
    Written,
    choose,
    dedented,
    guessing,
    predict,
    repair,
    written_in,
)
from course_site.practice_shapes import shapes
from course_site.scripts import lesson_of, outline_of, page_of
from pytorch_primer.outline import Outline

logger = logging.getLogger(__name__)

MAKERS: tuple[Callable[[Written], Item], ...]
MAKERS = (predict, choose, repair, shapes, which_line, symptom, parsons)
FORMS = {maker.__name__.replace("_", "-"): maker for maker in MAKERS}
BEFORE = 2  # items of earlier lessons that open a lesson
LARGEST_ITEM = 3000  # bytes of HTML
LARGEST_LESSON = 200_000
SHORT_LINE = 25  # characters that fit beside the number of an option on a phone
LEAD = 0.05  # by which a way to guess may be better than chance
ENOUGH = 100  # items, from which such a share says something
CELL = "GENERATED FROM PYTHON SOURCE LINES"
FILES = "practice"  # the folder in `_static` with the items of each lesson
END = "<!-- end of item -->"
TABLE_CELL, TAG = re.compile(r"<t[dh][^>]*>(.*?)</t[dh]>", re.S), re.compile(r"<[^>]*>")
CURVE_WIDTH, CURVE_HEIGHT, CURVE_POINTS = 200, 60, 24


def make(written: Written) -> Item:
    """Run an item; a `Fault` says what is wrong with it."""
    return FORMS[written.kind](written)


def broken_items(text: str) -> Iterator[tuple[int, str]]:
    """Give the line and the mend of each item in a lesson's source that does not hold together."""
    keys: dict[str, int] = {}
    for written in written_in(text):
        try:
            made = make(written)
        except Fault as fault:
            yield written.line + fault.offset, fault.mend
            continue
        if made.key in keys:
            yield written.line, f"this item stands in line {keys[made.key]}, too: change one"
        keys[made.key] = written.line


def references(text: str) -> set[str]:
    """Give the ids of the exercises to which the items of a lesson's source refer.

    When one of them changes in the bank, the lesson's items have to be computed again.
    """
    kinds = ("which-line", "symptom", "parsons")
    return {w.argument.split()[0] for w in written_in(text) if w.kind in kinds and w.argument}


def aims_of(text: str) -> tuple[list[str], Counter[int]]:
    """Give the aims of a lesson's source, and how many items and exercises assess each."""
    box = re.search(r"\.\. lesson::\n((?:   .*\n|\n)+)", text)
    rows = re.findall(r"^   - (.+(?:\n     .+)*)", box[1] if box else "", re.M)
    counted: Counter[int] = Counter()
    for written in written_in(text):
        if written.options.get("aim", "").isdigit():
            counted[int(written.options["aim"])] += 1
    for numbers in re.findall(r"^# \.\. exercise:: \w+\n#    :aim: ([\d ]+)$", text, re.M):
        counted.update(int(number) for number in numbers.split())
    return [" ".join(row.split()) for row in rows], counted


def missing_aims(outline: Outline, gallery: Path) -> list[str]:
    """Say for each lesson how many items it has, and which aims nothing assesses."""
    said = []
    for lesson in outline.lessons:
        path = gallery / f"{lesson.name}.py"
        if not path.exists():
            continue
        text = path.read_text(encoding="utf-8")
        aims, counted = aims_of(text)
        count = len(list(written_in(text)))
        bare = [f"{n} ({aim})" for n, aim in enumerate(aims, 1) if not counted[n]]
        rest = f"nothing assesses {'; '.join(bare)}" if bare else "all aims assessed"
        said.append(f"{lesson.number:4} {lesson.name:38} {count:3} items  {rest}")
    return said


# -- nodes -----------------------------------------------------------------------------------------


class practice_item(nodes.container):  # docutils names nodes so
    """An item: question, code, options, answers; `item` has what was computed."""


class practice_code(nodes.General, nodes.Element):
    """Code or a curve that the question is about."""


class practice_options(nodes.container):
    """The options; or the lines to put in order."""


class practice_option(nodes.container):
    """One option: its literal text, or words as children."""


class practice_answers(nodes.container):
    """The fold with the answer and the reasons."""


class practice_answer(nodes.container):
    """What to tell about one option."""


class practice_before(nodes.container):
    """The two items of earlier lessons."""


class practice_literal(nodes.literal):
    """Code within a reason, written without a span around each word."""


class Told(NamedTuple):
    """An item as other pages see it: what it is, and its nodes."""

    item: Item
    node: practice_item


class PracticeDirective(SphinxDirective):
    """Read and run one item."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar = dict.fromkeys(
        ("aim", "test", "curve", "seed", "beside", "task"), directives.unchanged
    )

    def run(self) -> list[nodes.Node]:
        """Make the item, or warn with the line and what to do."""
        argument = " ".join(self.arguments).replace("\n", " ")
        body = dedented(list(self.content))
        written = Written(
            self.name, argument, self.options, body, self.content_offset + 1 - self.lineno
        )
        source, _ = self.get_source_info()
        try:
            item = make(written)
        except Fault as fault:
            place = f"{source}:{self.lineno + fault.offset}"
            logger.warning("%s: %s", self.name, fault.mend, location=place, type="practice")
            return []
        node = self.build(item)
        lesson = lesson_of(self.config, self.env.docname)
        node["lesson"] = lesson.name if lesson else self.env.docname
        told = store.record(self.env, self.env.docname).items
        if item.key in [each.item.key for each in told]:
            place = f"{source}:{self.lineno}"
            mend = "this item stands twice on the page: change one"
            logger.warning("%s: %s", self.name, mend, location=place, type="practice")
        kept = deepcopy(node)
        for each in kept.findall():
            each.document = None  # type: ignore[assignment]  # or the whole page would be kept
        told.append(Told(item, kept))
        return [node]

    def words(self, text: str) -> list[nodes.Node]:
        """Read a line of reST, with light literals."""
        found, messages = self.parse_inline(text)
        holder = nodes.container("", *found)
        for literal in list(holder.findall(nodes.literal)):
            light = practice_literal("", literal.astext())
            literal.replace_self(light)
        for formula in list(holder.findall(nodes.math)):
            text = plain_formula(formula.astext())
            if not re.search(r"[\\{}]", text):
                formula.replace_self(nodes.emphasis("", text))
        return [*holder.children, *messages]

    def build(self, item: Item) -> practice_item:
        """Make the nodes of an item."""
        node = practice_item(ids=[f"practice-{item.key}"], item=item, classes=["computed"])
        node += nodes.paragraph("", "", *self.words(item.question))
        if item.code and not item.lines:
            node += practice_code(text=item.code, curve=item.curve)
        answers = practice_answers(item=item)
        options = practice_options(item=item)
        node += [options, answers]
        if item.lines:
            self.add_lines(item.lines, item.code, options, answers)
            return node
        for option in item.options:
            shown = practice_option(text=option.text if option.literal else "", curve=option.curve)
            shown += [] if option.literal else self.words(option.text)
            options += shown
            if item.kind == "which-line" and not option.right:
                continue
            told = practice_answer("", *self.words(option.reason), right=option.right)
            told["curve"] = option.curve
            answers += told
        if item.kind == "which-line":  # all other lines have the same reason
            rest = next(option for option in item.options if not option.right)
            answers += practice_answer("", *self.words(rest.reason), rest=True)
        return node

    def add_lines(
        self, lines: Lines, solution: str, options: practice_options, answers: practice_answers
    ) -> None:
        """Add the lines to put in order, and what to tell about orders."""
        for piece in lines.pieces:
            options += practice_option(text=piece, curve=())
        answers["solution"] = solution
        for number, reason in lines.distractors.items():
            line = practice_literal("", " ".join(lines.pieces[number].split()))
            told = [line, nodes.Text(": "), *self.words(reason)]
            answers += practice_answer("", *told, extra=digit(number))
        by_reason: dict[str, list[str]] = {}
        for pair, reason in lines.pairs.items():
            by_reason.setdefault(reason, []).append("".join(map(digit, pair)))
        for reason, pairs in by_reason.items():
            start = nodes.Text("In another order: ")
            answers += practice_answer("", start, *self.words(reason), pair=" ".join(pairs))


def digit(number: int) -> str:
    """Write the number of a piece as one sign, as JavaScript's ``toString(36)`` does."""
    return "0123456789abcdefghijklmnopqrstuvwxyz"[number]


# Formulas within a task are written as text: typeset they weigh more than the item.
SIGNS = (
    (r"-", lambda found: "−"),
    (r"\\(?:tanh|log|exp|sin|cos)(?![a-z])", lambda found: found[0][1:]),
    (r"\\text\{(\w+)\}", lambda found: found[1]),
    (r"\\sum_\{ij\}", lambda found: "Σ"),
    (r"\\cdot", lambda found: "·"),
    (r"\\leftarrow", lambda found: "←"),
    (r"\\beta", lambda found: "β"),
    (r"\\[,;]", lambda found: "\N{THIN SPACE}"),
    (r"(?<=[a-z])_\{?ij\}?", lambda found: ""),
    (r"_(\d)", lambda found: "₀₁₂₃₄₅₆₇₈₉"[int(found[1])]),
    (r"\^(\d)", lambda found: "⁰¹²³⁴⁵⁶⁷⁸⁹"[int(found[1])]),
    (r"\^\{−3\.5(?:\N{THIN SPACE})?w\}", lambda found: "^(−3.5w)"),
)


def plain_formula(latex: str) -> str:
    """Write a simple formula as text."""
    for pattern, sign in SIGNS:
        latex = re.sub(pattern, sign, latex)
    return " ".join(latex.split())


# -- HTML ----------------------------------------------------------------------------------------


def sketch(curve: Sequence[float], label: str) -> str:
    """Draw a curve, logarithmic where it spans much, small and without axes."""
    every = max(1, len(curve) // CURVE_POINTS)
    points = [curve[n] for n in sorted({*range(0, len(curve), every), len(curve) - 1})]
    fine = [value if math.isfinite(value) else 1e30 for value in points]
    low, high = min(fine), max(fine)
    if low > 0 and high > 20 * low:
        fine = [math.log10(min(max(value, 1e-12), 1e12)) for value in fine]
        low, high = min(fine), max(fine)
    span = (high - low) or 1.0
    step = CURVE_WIDTH / max(1, len(fine) - 1)
    path = " ".join(
        f"{step * n:.0f},{4 + (CURVE_HEIGHT - 8) * (1 - (value - low) / span):.0f}"
        for n, value in enumerate(fine)
    )
    return (
        f'<svg class="practice-curve" viewBox="0 0 {CURVE_WIDTH} {CURVE_HEIGHT}" role="img"'
        f' aria-label="{label}"><polyline points="{path}"/></svg>'
    )


def curve_words(curve: Sequence[float]) -> str:
    """Say what a curve does, for who does not see it."""
    return f"Losses from {curve[0]:.2g} to {curve[-1]:.2g} in {len(curve)} steps"


def visit_item(writer: Any, node: practice_item) -> None:
    """Open an item."""
    item: Item = node["item"]
    node["start"] = len(writer.body)
    more = ""
    if item.lines:
        orders = ["".join(map(digit, order)) for order in item.lines.orders]
        more = f' data-orders="{" ".join(orders)}" data-exercise="{anchor(item.exercise)}"'
    said = f"{item.title}, before you read on" if item.kind in ("predict", "shapes") else item.title
    if origin := node.get("origin"):
        said = f'<a href="{html.escape(origin[1])}">{html.escape(origin[0])}</a> · {item.title}'
    writer.body.append(
        f'<div class="practice practice-{item.kind}" id="{node["ids"][0]}"'
        f' data-item="{item.key}" data-lesson="{node["lesson"]}"{more}>\n'
        f'<p class="practice-title">{said}</p>\n'
    )


def depart_item(writer: Any, node: practice_item) -> None:
    """Close an item, and weigh it."""
    writer.body.append(f"</div>{END}\n")
    size = len("".join(writer.body[node["start"] :]).encode())
    if size > LARGEST_ITEM and "origin" not in node:
        mend = f"at most {LARGEST_ITEM} are allowed: shorten code or reasons"
        said = f"this {node['item'].kind} takes {size} bytes of HTML, {mend}"
        logger.warning("%s", said, location=node, type="practice")


def visit_code(writer: Any, node: practice_code) -> None:
    """Write code, and the curve that it gave."""
    if node["curve"]:
        writer.body.append(sketch(node["curve"], curve_words(node["curve"])))
    writer.body.append(f"<pre>{html.escape(node['text'], quote=False)}</pre>\n")
    raise nodes.SkipNode


def visit_options(writer: Any, node: practice_options) -> None:
    """Open the list of options."""
    if node["item"].lines:
        head = html.escape(node["item"].lines.head, quote=False)
        writer.body.append(f"<pre>{head}</pre>\n")
    writer.body.append('<ol class="practice-options">\n')


def visit_option(writer: Any, node: practice_option) -> None:
    """Open an option."""
    writer.body.append("<li>")
    if text := node["text"]:
        # Where a long line goes on, it is set further in than it begins.
        deep = (len(text) - len(text.lstrip(" "))) // 4
        kind = f' class="in-{deep}"' if len(text) > SHORT_LINE and "\n" not in text else ""
        writer.body.append(f"<code{kind}>{html.escape(text, quote=False)}</code>")


def visit_answers(writer: Any, node: practice_answers) -> None:
    """Open the fold."""
    writer.body.append("<details><summary>Answer and reasons</summary>\n")
    if "solution" in node:
        writer.body.append(f"<pre>{html.escape(node['solution'], quote=False)}</pre>\n")
    writer.body.append(f"<{list_of(node)}>\n")


def list_of(node: practice_answers) -> str:
    """Give the kind of list: numbered where it has one answer for each option."""
    return "ul" if node["item"].kind in ("parsons", "which-line") else "ol"


def depart_answers(writer: Any, node: practice_answers) -> None:
    """Close the fold."""
    writer.body.append(f"</{list_of(node)}></details>\n")


def visit_answer(writer: Any, node: practice_answer) -> None:
    """Open what is told about an option; its curve is shown with it."""
    item: Item = node.parent["item"]
    marks = [f' data-{name}="{node[name]}"' for name in ("extra", "pair") if name in node]
    if node.get("right"):
        marks.append(f' data-right="{item.right}"')
    if "rest" in node:
        marks.append(" data-rest")
    writer.body.append(f"<li{''.join(marks)}>")
    if node.get("curve"):
        writer.body.append(sketch(node["curve"], curve_words(node["curve"])))
    if node.get("right"):
        where = f"Line {item.right + 1}." if item.kind == "which-line" else "Right."
        writer.body.append(f"<b>{where}</b> ")
    elif "rest" in node:
        writer.body.append("<b>The other lines:</b> ")


def visit_literal(writer: Any, node: practice_literal) -> None:
    """Write a literal without spans."""
    text = html.escape(node.astext(), quote=False)
    writer.body.append(f'<code class="literal">{text}</code>')
    raise nodes.SkipNode


def visit_before(writer: Any, node: practice_before) -> None:
    """Open the box of items from before."""
    writer.body.append(
        '<div class="practice-before" role="group" aria-labelledby="from-before">'
        '<p class="practice-before-title" id="from-before">From before</p>\n'
    )


# -- from before -----------------------------------------------------------------------------------


def earlier(app: Sphinx, docname: str) -> list[tuple[str, str, Told]]:
    """Give the items of earlier parts, or within part 1 of earlier lessons: page, title, item."""
    outline, lesson = outline_of(app.config), lesson_of(app.config, docname)
    if lesson is None:
        return []
    before = outline.lessons[: outline.lessons.index(lesson)]
    parts = [each for each in before if each.folder != lesson.folder]
    found = []
    for each in parts or before:
        page = page_of(app.config, each.name)
        for told in store.records(app.env).get(page, store.Record()).items:
            found.append((page, f"{each.number} {each.short}", told))
    return found


def picked(app: Sphinx, docname: str) -> list[tuple[str, str, Told]]:
    """Pick the items that open a lesson; while others are left, they open no lesson before it."""
    seen = set[str]()
    chosen: list[tuple[str, str, Told]] = []
    for lesson in outline_of(app.config).lessons:
        page = page_of(app.config, lesson.name)
        chosen = drawn(app, page, seen)
        if page == docname:
            return chosen
        seen |= {told.item.key for _, _, told in chosen}
    return []


def drawn(app: Sphinx, docname: str, seen: set[str]) -> list[tuple[str, str, Told]]:
    """Draw two items by a lesson's name, of two lessons if there are two; those not seen first."""
    found = earlier(app, docname)
    random.Random(f"{SALT} {docname}").shuffle(found)
    found.sort(key=lambda each: each[2].item.key in seen)
    chosen: list[tuple[str, str, Told]] = []
    for each in found:
        if each[2].item.lines is None and each[0] not in [other[0] for other in chosen]:
            chosen.append(each)
    return [*chosen, *(each for each in found if each not in chosen)][:BEFORE]


class OpenWithItems(SphinxPostTransform):
    """Put two items of earlier lessons behind the words that open a lesson."""

    default_priority = 5  # before references are resolved

    def run(self, **kwargs: Any) -> None:
        """Copy the items, with the lesson that each comes from."""
        boxes = list(self.document.findall(lesson_box))
        docname = self.env.docname
        chosen = picked(self.app, docname) if len(boxes) == 1 else []
        if not chosen:
            return
        before = practice_before(classes=["computed"])
        for page, title, told in chosen:
            node = deepcopy(told.node)
            for part in node.findall(nodes.Element):
                part["classes"] = list(part.get("classes", ()))
            node["ids"] = [f"before-{told.item.key}"]
            uri = self.app.builder.get_relative_uri(docname, page)
            node["origin"] = (f"From {title}", f"{uri}#practice-{told.item.key}")
            before += node
        place = boxes[0].parent
        siblings = place.children
        start = siblings.index(boxes[0]) + 1
        ends = (
            n
            for n in range(start, len(siblings))
            if isinstance(siblings[n], nodes.section)
            or (isinstance(siblings[n], nodes.comment) and CELL in siblings[n].astext())
        )
        place.insert(next(ends, len(siblings)), before)


# -- what is checked and told ---------------------------------------------------------------------


def measure(app: Sphinx, doctree: nodes.document) -> None:
    """Keep the minutes of reading between what there is to do in a lesson."""
    docname = app.env.docname
    if not is_lesson(app, docname):
        return
    gaps, words = [], 0
    for node in doctree.findall():
        if isinstance(node, practice_item | exercise_box):
            gaps.append(words / WORDS_PER_MINUTE)
            words = 0
        elif isinstance(node, nodes.Text):
            words += len(node.astext().split()) * is_read(node)
    store.record(app.env, docname).reading_gaps = [round(gap, 1) for gap in gaps]


def is_read(node: nodes.Text) -> bool:
    """Whether a text is read and not done, shown or hidden."""
    apart = practice_item | exercise_box | nodes.comment | nodes.raw | nodes.math
    return not any(
        isinstance(each, apart) or "sphx-glr-script-out" in each.get("classes", ())
        for each in around(node)
    )


class LessonPractice(NamedTuple):
    """What a lesson has to do: number, page, title, aims, and for each aim items and exercises."""

    number: str
    page: str
    title: str
    aims: tuple[str, ...]
    items: list[Item]
    exercises: dict[str, tuple[int, ...]]

    def assessed(self, aim: int) -> tuple[list[Item], list[str]]:
        """Give the items and the exercises that assess an aim, from 1."""
        return (
            [item for item in self.items if item.aim == aim],
            [id for id, aims in self.exercises.items() if aim in aims],
        )

    @property
    def bare(self) -> list[int]:
        """The aims that nothing assesses."""
        return [n for n in range(1, len(self.aims) + 1) if not any(self.assessed(n))]


def practice_of(app: Sphinx) -> list[LessonPractice]:
    """Give what all lessons that were read have to do, in their order."""
    found = []
    for lesson, page, facts in stops(app):
        kept = store.record(app.env, page)
        items = [told.item for told in kept.items]
        found.append(
            LessonPractice(lesson.number, page, facts.title, facts.aims, items, kept.exercise_aims)
        )
    return found


def counts(app: Sphinx) -> dict[str, Any]:
    """Count for ``build.json``: items, aims, aims assessed, minutes between items, guesses."""
    every = practice_of(app)
    gaps = [gap for lesson in every for gap in store.records(app.env)[lesson.page].reading_gaps]
    items = [item for lesson in every for item in lesson.items]
    return {
        "practice_items": len(items),
        "aims": sum(len(lesson.aims) for lesson in every),
        "aims_assessed": sum(len(lesson.aims) - len(lesson.bare) for lesson in every),
        "largest_reading_minutes": max(gaps, default=None),
        "guessing": {
            way: {name: round(share, 3) for name, share in shares.items()}
            for way, shares in guessing(items).items()
        },
    }


def check_practice(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of aims that nothing assesses, and of a way to guess that is better than chance."""
    every = practice_of(app)
    for lesson in every if app.config.assess_every_aim else []:
        for aim in lesson.bare:
            said = (
                f"lesson {lesson.number}: no item and no exercise assesses aim {aim},"
                f" {lesson.aims[aim - 1]!r}: write a practice item with `:aim: {aim}`"
            )
            logger.warning("%s", said, location=lesson.page, type="practice")
    items = [item for lesson in every for item in lesson.items]
    for way, shares in guessing(items).items() if len(items) >= ENOUGH else ():
        if shares["right"] > shares["chance"] + LEAD:
            said = (
                f"who always takes {way} is right in {100 * shares['right']:.1f} % of the items, by"
                f" chance in {100 * shares['chance']:.1f} %: make other options as long, or change"
                " SALT in practice_items.py"
            )
            logger.warning("%s", said, type="practice")


def write_items(app: Sphinx) -> None:
    """Write the items of each lesson beside the site's scripts, for those who missed one."""
    for lesson in practice_of(app):
        path = Path(app.outdir, f"{lesson.page}.html")
        if not path.exists():
            continue
        text = path.read_text(encoding="utf-8")
        if (size := len(text.encode())) > LARGEST_LESSON and lesson.items:
            logger.warning(
                "%s.html has %d bytes, at most %d are allowed", lesson.page, size, LARGEST_LESSON
            )
        found = re.finditer(
            rf'<div class="practice [^>]*?id="practice-(\w+)".*?</div>(?={re.escape(END)})',
            text,
            re.S,
        )
        kept = {item[1]: item[0] for item in found}
        name = lesson.page.removeprefix(page_of(app.config, "")).replace("/", "-")
        target = Path(app.outdir, "_static", FILES, f"{name}.js")
        target.parent.mkdir(parents=True, exist_ok=True)
        said = json.dumps(kept, ensure_ascii=False, sort_keys=True)
        target.write_text(f"Object.assign((window.PRACTICE ??= {{}}), {said});\n", encoding="utf-8")


def report_html(app: Sphinx, docname: str, left: later_place) -> str:
    """Write what there is to do, lesson by lesson, and what guessing would bring."""
    rows = []
    for lesson in practice_of(app):
        gaps = store.records(app.env)[lesson.page].reading_gaps
        kinds = Counter(item.kind for item in lesson.items)
        told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        done = len(lesson.aims) - len(lesson.bare)
        rows.append(
            f"<tr><td>{lesson.number} {html.escape(lesson.title)}</td><td>{len(lesson.items)}</td>"
            f"<td>{told}</td><td>{done} of {len(lesson.aims)}</td>"
            f"<td>{max(gaps, default=0):.1f}</td></tr>"
        )
    every = counts(app)
    rows.append(
        f"<tr><th scope='row'>all</th><td>{every['practice_items']}</td><td></td>"
        f"<td>{every['aims_assessed']} of {every['aims']}</td>"
        f"<td>{every['largest_reading_minutes'] or 0:.1f}</td></tr>"
    )
    heads = ("lesson", "items", "of which kinds", "aims assessed", "most minutes between items")
    text = table(heads, rows)
    rows = [
        f"<tr><td>{way}</td><td>{shares['right']:.1%}</td><td>{shares['chance']:.1%}</td></tr>"
        for way, shares in every["guessing"].items()
    ]
    return text + (table(("who always takes", "is right", "by chance"), rows) if rows else "")


def labelled(row: str, heads: Sequence[str]) -> str:
    """Say in each cell of a row under which head it stands, for phones."""
    names = iter(heads[1:])
    return re.sub(r"(?<!^<tr>)<td(?=>)", lambda cell: f'<td data-label="{next(names)}"', row)


def table(heads: Sequence[str], rows: list[str]) -> str:
    """Write a table."""
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    stacked = columns = ""
    if len(heads) >= MANY_COLUMNS:
        texts = [[TAG.sub("", cell) for cell in TABLE_CELL.findall(row)] for row in rows]
        stacked, columns = " stacked", column_group([heads, *texts])
        rows = [labelled(row, heads) for row in rows]
    return (
        f'<div class="table-wrapper container"><table class="docutils{stacked}">{columns}'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def map_html(app: Sphinx, docname: str, left: later_place) -> str:
    """Write for each aim of each lesson which items and exercises assess it."""
    made = []
    for lesson in practice_of(app):
        uri = html.escape(app.builder.get_relative_uri(docname, lesson.page))
        rows = []
        for number, aim in enumerate(lesson.aims, 1):
            items, exercises = lesson.assessed(number)
            links = [
                f'<a href="{uri}#practice-{item.key}">{item.title.rstrip("?")}'
                f" {lesson.items.index(item) + 1}</a>"
                for item in items
            ] + [f'<a href="{uri}#{anchor(id)}"><code>{id}</code></a>' for id in exercises]
            rows.append(f"<tr><td>{html.escape(aim)}</td><td>{', '.join(links)}</td></tr>")
        made.append(
            f"<details class='aims'><summary>{lesson.number} {html.escape(lesson.title)}</summary>"
            f"{table(('after this lesson you can', 'assessed by'), rows)}</details>"
        )
    return "".join(made)


def data_attributes(app: Sphinx, lesson: str) -> str:
    """Say beside a link to a lesson how much there is to do, for the script that shows progress."""
    kept = store.records(app.env).get(page_of(app.config, lesson), store.Record())
    return f' data-items="{len(kept.items)}" data-exercises="{len(kept.exercises)}"'


def add_script(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Load the script where there is something to do, or progress to show."""
    if doctree is None:
        return
    kept = store.records(app.env).get(page, store.Record())
    shows = "syllabus" in page or page == app.config.root_doc or page.endswith("/index")
    if kept.lesson or kept.items or shows:
        app.add_js_file("practice.js", defer="defer")


def setup(app: Sphinx) -> None:
    """Add the directives, and check when all pages were read."""
    app.add_config_value("assess_every_aim", True, "", bool)
    for name in FORMS:
        app.add_directive(name, PracticeDirective)
    add_place(app, "practice-report", report_html)
    add_place(app, "aims-map", map_html)
    app.add_node(practice_item, html=(visit_item, depart_item))
    app.add_node(practice_code, html=(visit_code, None))
    app.add_node(practice_options, html=(visit_options, closing("ol")))
    app.add_node(practice_option, html=(visit_option, closing("li")))
    app.add_node(practice_answers, html=(visit_answers, depart_answers))
    app.add_node(practice_answer, html=(visit_answer, closing("li")))
    app.add_node(practice_before, html=(visit_before, closing("div")))
    app.add_node(practice_literal, html=(visit_literal, None))
    app.add_post_transform(OpenWithItems)
    app.connect("doctree-read", measure)
    app.connect("env-check-consistency", check_practice)
    app.connect("html-page-context", add_script)
    when_written(app, write_items)
