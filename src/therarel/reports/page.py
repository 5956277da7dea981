"""The page: a self-contained HTML document, with its style inside and nothing loaded from anywhere."""

from __future__ import annotations

import os
from functools import cache
from html import escape
from importlib.metadata import version
from pathlib import Path

from therarel.files import opening_by_name
from therarel.reports.markup import Markup, joined, tag

__all__ = ["GENERATOR", "framed", "is_report", "page"]

GENERATOR = "therarel report"
"""A mark in the head of every report, by which a program knows one."""


@cache
def _style() -> str:
    return Path(__file__).with_name("report.css").read_text("utf-8")


def page(title: str, *sections: Markup) -> str:
    """A whole document.

    Args:
        title: What the browser's tab says.
        *sections: The body, in order.
    """
    head = joined(
        tag("meta", charset="utf-8"),
        tag("meta", name="generator", content=f"{GENERATOR} {version('therarel')}"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        # no program of a page can run, and none of its parts can be fetched, whatever a label says
        tag(
            "meta",
            http_equiv="Content-Security-Policy",
            content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'",
        ),
        tag("title", title),
        tag("style", Markup(_style())),
        by="\n",
    )
    body = tag("body", tag("main", joined(*sections, by="\n")))
    return f'<!DOCTYPE html>\n<html lang="en">\n{tag("head", head)}\n{body}\n</html>\n'


def framed(html: str, name: str) -> str:
    """A page in a frame, as a notebook shows it: neither style reaches the other.

    Args:
        html: The page.
        name: What the frame holds, for those who do not see it.
    """
    return (
        f'<iframe title="{escape(name)}" sandbox="" style="width:100%;height:46rem;border:1px solid #8886"'
        f' srcdoc="{escape(html)}"></iframe>'
    )


def is_report(path: str | os.PathLike[str]) -> bool:
    """Whether a file is a report of this library, by its head.

    Raises:
        OpeningError: if the file cannot be read; it is an `OSError` too.
    """
    with opening_by_name(path), Path(path).open("rb") as file:
        return f'content="{GENERATOR} '.encode() in file.read(400)
