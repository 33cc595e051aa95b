"""The address at which the site will be served, as the variable ``SITE_URL`` says it.

Needs the standard library only. Run as a script, it says before a build what is wrong with it:
Sphinx would bury that in a report of its own.
"""

from __future__ import annotations

import os
import re

UNSET = "https://set-site-url.invalid/"  # reserved: nobody answers there, and its name says why
ADDRESS = re.compile(r"https?://[\w.-]+(:\d+)?(/[\w.~%/-]*)?", re.A)


def site_url(given: str) -> str:
    """Give the address of the site, which ends with a slash.

    Raises
    ------
    ValueError
        If it is no plain address: it is written into pages and notebooks as it is.
    """
    if not given:
        return UNSET
    if not ADDRESS.fullmatch(given):
        raise ValueError(
            f"SITE_URL is {given!r}, and should be the address of the site, as in"
            " https://course.example/primer/"
        )
    return given.rstrip("/") + "/"


if __name__ == "__main__":
    try:
        site_url(os.environ.get("SITE_URL", ""))
    except ValueError as error:
        raise SystemExit(str(error)) from None
