"""HTML from pieces, and whole pages: anything but markup is escaped, so that a label from the data stays text."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from functools import cache
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Final, TypeAlias

from therarel.drawing.elements import escaped
from therarel.files import opening_by_name

_RESOLVER: Final = "https://doi.org/"
_WORD: Final = re.compile("[a-z0-9]+")
_VOID: Final = frozenset({"br", "col", "hr", "link", "meta"})


class Markup(str):
    """Text that is HTML already and is not escaped again.

    Examples:
        >>> Markup("<b>trust</b>")
        Markup('<b>trust</b>')
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Markup({super().__repr__()})"


Content: TypeAlias = str | int | None
"""The content of an element: markup, or text and counts that will be escaped; ``None`` is nothing."""


def tag(name: str, /, *content: Content, **attributes: str | bool | None) -> Markup:
    """An HTML element; text in it, and its attributes, are escaped.

    Args:
        name: Name of the element.
        *content: Its content.
        **attributes: Its attributes; an underscore at the end falls away, one inside is a hyphen. ``None`` and
            ``False`` leave the attribute out, ``True`` writes its name alone.

    Examples:
        >>> tag("p", "trust < 3 & ", tag("em", "falling"), class_="note")
        Markup('<p class="note">trust &lt; 3 &amp; <em>falling</em></p>')
    """
    written = ""
    for key, value in attributes.items():
        attribute = key.rstrip("_").replace("_", "-")
        if value is True:
            written += f" {attribute}"
        elif isinstance(value, str):
            written += f' {attribute}="{escaped(value)}"'
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{joined(*content)}</{name}>")


def joined(*content: Content, by: str = "") -> Markup:
    """Several pieces in a row; text among them is escaped.

    Examples:
        >>> joined("a < b", Markup("<br>"), 2)
        Markup('a &lt; b<br>2')
    """
    return Markup(by.join(_safe(piece) for piece in content if piece is not None))


def linked(reference: str) -> Markup:
    """A reference whose identifier can be followed, if it has one.

    Examples:
        >>> linked("Gumz (2012). https://doi.org/10.1186/1").count("<a ")
        1
    """
    before, resolver, rest = reference.partition(_RESOLVER)
    if not resolver:
        return joined(reference)
    identifier, space, after = rest.partition(" ")
    address = _RESOLVER + identifier
    return joined(before, tag("a", address, href=address), space, after)


def section(title: str, *content: Content) -> Markup:
    """A section with its heading, which a list of contents can lead to.

    Examples:
        >>> section("Drops (candidate ruptures)", tag("p", "trust"))
        Markup('<section id="drops-candidate-ruptures"><h2>Drops (candidate ruptures)</h2><p>trust</p></section>')
    """
    return tag("section", tag("h2", title), *content, id="-".join(_WORD.findall(title.lower())))


def scrolling(content: Markup, label: str, class_: str = "scroll") -> Markup:
    """Something that may be wider than the screen: it scrolls within itself, by keyboard as well.

    Examples:
        >>> scrolling(Markup("<svg></svg>"), "All series").count("tabindex")
        1
    """
    return tag("div", content, class_=class_, tabindex="0", role="region", aria_label=label)


def table(
    caption: Content,
    head: Iterable[str],
    rows: Iterable[Iterable[Content]],
    *,
    numbers: Iterable[int] = (),
    class_: str | None = None,
) -> Markup:
    """A table that a screen reader can walk: a caption, column heads, and a head for each row.

    Args:
        caption: What the table shows.
        head: Names of the columns.
        rows: Cells; the first of a row is its head.
        numbers: Places of the columns that hold numbers, which are set to the right.
        class_: Class of the table.

    Examples:
        >>> table("Counts", ["rule", "dyads"], [["drop", 3]], numbers=[1]).count("scope")
        3
    """
    right = set(numbers)
    heads = (
        tag("th", name, scope="col", class_="number" if index in right else None) for index, name in enumerate(head)
    )
    body = (
        tag(
            "tr",
            *(
                tag("td", cell, class_="number" if index in right else None) if index else tag("th", cell, scope="row")
                for index, cell in enumerate(row)
            ),
        )
        for row in rows
    )
    whole = tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", *heads)),
        tag("tbody", joined(*body, by="\n")),
        class_=class_,
    )
    return scrolling(whole, _plain(caption))


def _safe(piece: str | int) -> str:
    if isinstance(piece, Markup):
        return piece
    # line ends in running text need no escape, and a reader of the source is glad of them
    return escaped(str(piece)).replace("&#10;", "\n")


def _plain(caption: Content) -> str:
    words = str(caption)
    return words if not isinstance(caption, Markup) else "table"


_GENERATOR = "therarel report"
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
        tag("meta", name="generator", content=f"{_GENERATOR} {version('therarel')}"),
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
        return f'content="{_GENERATOR} '.encode() in file.read(400)
