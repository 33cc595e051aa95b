"""What is written otherwise today, in pairs of an old and a new form: the directive ``idioms``.

Both forms of each pair in ``idioms.toml`` are run when the page is read. One that no longer behaves
as the file says stops the build.
"""

from __future__ import annotations

import tomllib
import warnings
from itertools import groupby
from pathlib import Path
from typing import Any

import torch
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FILE = "idioms.toml"
PAIR = """\
::::{{div}} pair

:::{{div}} then
**Then**

```python
{old}
```
:::

:::{{div}} now
**Now**

```python
{new}
```
:::

::::

[{verdict}]{{.computed}} {note}
"""


def run(code: str) -> tuple[object, str]:
    """Run one form; give what it left in `result`, or how it failed."""
    names: dict[str, Any] = {"torch": torch}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", (DeprecationWarning, FutureWarning))
            exec(code, names)
    except Exception as error:
        said = str(error).splitlines()[0].replace("`", "'")
        return None, f"{type(error).__name__}: {said}"
    return names.get("result"), ""


def same(a: object, b: object) -> bool:
    """Whether two results are equal, tensors included."""
    if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor):
        return torch.equal(a, b)
    return a == b


def verdict(idiom: dict[str, Any]) -> str:
    """Run a pair and say what happened.

    Raises
    ------
    ValueError
        If a form does not do what `idiom` says; the message has the form and what it did.
    """
    (old, error), (new, problem) = run(idiom["old"]), run(idiom["new"])
    if problem:
        raise ValueError(f"the new form fails, {problem}: {idiom['new']}")
    if "fails" in idiom:
        if idiom.get("unless_cuda") and torch.cuda.is_available():
            return "The old form needs CUDA."
        fails = idiom["fails"] if isinstance(idiom["fails"], list) else [idiom["fails"]]
        if not error.startswith(tuple(fails)):
            did = error or "it runs"
            raise ValueError(f"the old form should fail with {fails}, but {did}: {idiom['old']}")
        return f"The old form fails: `{error}`" + "." * (not error.endswith("."))
    if error:
        raise ValueError(f"the old form fails, {error}: {idiom['old']}")
    equal = idiom.get("equal", False)
    if same(old, new) != equal:
        should = "the same" if equal else "something else"
        raise ValueError(f"both forms should give {should}, but: {old} and {new}: {idiom['old']}")
    return "Both give the same." if equal else f"The old form gives `{old}`, the new one `{new}`."


class Idioms(SphinxDirective):
    """Show all pairs, under a heading for each topic."""

    def run(self) -> list[nodes.Node]:
        """Run the pairs, and write them as a page does."""
        path = Path(self.env.srcdir, FILE)
        pairs = tomllib.loads(path.read_text(encoding="utf-8"))["idiom"]
        text = []
        for topic, group in groupby(pairs, key=lambda idiom: idiom["topic"]):
            text.append(f"## {topic}\n")
            for idiom in group:
                try:
                    happened = verdict(idiom)
                except ValueError as problem:
                    raise self.error(f"{FILE}: {problem}") from problem
                forms = {name: idiom[name].strip() for name in ("old", "new", "note")}
                text.append(PAIR.format(verdict=happened, **forms))
        return self.parse_text_to_nodes("\n".join(text), allow_section_headings=True)


def setup(app: Sphinx) -> None:
    """Offer the directive."""
    app.add_directive("idioms", Idioms)
