"""Numbers in the prose that nothing proves (written next)."""

from sphinx.application import Sphinx


def setup(app: Sphinx) -> None:
    """Nothing yet."""
