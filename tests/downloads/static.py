"""What can be told of a notebook without running it: is it clean Markdown, and a valid notebook?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import nbformat
from nbformat.validator import iter_validate

FENCED = re.compile(
    r"^(?P<indent>[ >]*)(?P<fence>`{3,})[^`\n]*\n.*?^[ >]*(?P=fence) *$", re.M | re.S
)
INLINE_CODE = re.compile(r"(?<![\\`])(`+)(?!`)(.+?)(?<!`)\1(?!`)")
DISPLAYED = re.compile(r"\$\$.+?\$\$", re.S)
INLINE_MATHS = re.compile(r"(?<!\\)\$(?P<latex>(?:\\.|[^$\\])+?)(?<!\\)\$")

# Looked for in the text between code and mathematics.
LEFTOVERS = {
    "a reST directive": r"^[ >]*\.\. [\w:-]+::|\.\. [a-z-]+::",
    "a reST role": r":[a-z]+(?::[a-z]+)*:(?:`|\\`)",
    "a reST option": r"^[ >]*:[a-z][\w-]*:(?: |$)",
    "a reST link": r"`__?(?!\w)|\|\w+\|_",
    "a reST comment": r"^[ >]*\.\. \S",
}
TARGET = re.compile(
    r"\]\(<?(?P<markdown>[^)>\s]*)|\b(?:src|href|poster)\s*=\s*[\"']?(?P<html>[^\"'\s>]*)", re.I
)
ABSOLUTE = re.compile(r"https?://|data:|mailto:", re.I)
BUILD_PATH = re.compile(
    r"file://|(?<![\w:/.])/(?:root|home|work|tmp|Users|opt|private)/\w|\b[A-Z]:\\Users\\"
)
WHEEL = re.compile(r"%pip install[^\n]*?([\w.-]+\.whl)")


def problems(text: str, wheel: str = "") -> list[str]:
    """Say what is wrong with a downloaded notebook.

    Parameters
    ----------
    text
        The file's text.
    wheel
        Name of the wheel that the site serves and that the notebook must install, if any.
    """
    try:
        content = json.loads(text)
    except ValueError as error:
        return [f"not JSON: {error}"]
    version = (content.get("nbformat"), content.get("nbformat_minor"))
    if version != (4, 5):
        return [f"nbformat is {version}, not (4, 5)"]
    if errors := list(iter_validate(content)):
        return [f"not a valid notebook: {str(error).splitlines()[0]}" for error in errors]
    ids = [cell["id"] for cell in content["cells"]]
    if len(set(ids)) < len(ids):
        return ["two cells have the same id"]
    notebook = nbformat.reads(text, as_version=4)
    found = []
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            found += [f"cell {number}: {what}" for what in markdown_problems(cell.source)]
        elif cell.outputs or cell.execution_count is not None:
            found.append(f"cell {number}: outputs are stored")
        if match := BUILD_PATH.search(cell.source):
            found.append(f"cell {number}: a path of the build: {around(match)}")
    installed = {match[1] for cell in notebook.cells for match in WHEEL.finditer(cell.source)}
    if wheel and installed != {wheel}:
        found.append(f"installs {sorted(installed)}, but the site serves {wheel}")
    return found


def markdown_problems(source: str) -> Iterator[str]:
    """Say what of a Markdown cell would not be read as it is meant."""
    text = INLINE_CODE.sub("`code`", FENCED.sub("", source))
    prose = INLINE_MATHS.sub("maths", DISPLAYED.sub("", text))
    for what, pattern in LEFTOVERS.items():
        if match := re.search(pattern, prose, re.M):
            yield f"{what}: {around(match)}"
    if match := re.search(r"(?<!\\)\$", prose):
        yield f"a lonely dollar sign: {around(match)}"
    for match in INLINE_MATHS.finditer(DISPLAYED.sub("", text)):
        if "\n\n" in match["latex"]:
            yield f"mathematics that spans paragraphs: {around(match)}"
    for latex in [*DISPLAYED.findall(text), *(m["latex"] for m in INLINE_MATHS.finditer(text))]:
        if re.search(r":label:|:nowrap:|\\label\b", latex):
            yield f"a label inside mathematics: {latex.strip()!r}"
    for match in TARGET.finditer(prose):
        if not ABSOLUTE.match(match["markdown"] or match["html"] or ""):
            yield f"a relative image or link: {around(match)}"


def around(match: re.Match[str]) -> str:
    """Quote a match with what stands beside it."""
    start, end = max(match.start() - 20, 0), match.end() + 40
    return repr(match.string[start:end])
