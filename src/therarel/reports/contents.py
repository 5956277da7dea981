"""The list of contents of a report, and how to read one."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Final

from therarel.reports.markup import Markup, joined, section, tag
from therarel.reports.subject import Subject

__all__ = ["contents", "reading_section"]

_SECTION: Final = re.compile(r'<section id="([^"]+)"><h2>(.*?)</h2>')


def contents(sections: Iterable[Markup]) -> Markup:
    """A link to each section that has a heading."""
    headings = [heading.groups() for part in sections if (heading := _SECTION.match(part))]
    links = (tag("li", tag("a", html.unescape(title), href=f"#{address}")) for address, title in headings)
    return tag("nav", tag("ul", *links), class_="contents", aria_label="Contents")


def reading_section(subject: Subject) -> Markup:
    """How to read the report, for people who do not do statistics."""
    move, finding = subject.terms.move, subject.finding
    points = (
        (
            "Scores wander.",
            "The same client, in the same relationship, ticks a little more one week and a little less the next. Most"
            f" of what looks like a {move} is that.",
        ),
        (
            "A rule draws a line.",
            f"It flags a session whose score lies beyond the line. That is a {finding}: a reason to ask, and not an"
            " answer. What happened, the two people who were there can say.",
        ),
        (
            "Compare two numbers.",
            "How many dyads the rule flagged here, and how many it flags in simulated panels like this one in which"
            " nothing happens but noise. If they are close, the count shows nothing; it may still be that something"
            " happened.",
        ),
        (
            "Power says what could have been seen.",
            f"It is how often {subject.terms.moves} of a stated size would have made the count larger than noise makes"
            " it. Where power is low, a small count says nothing.",
        ),
        (
            "Undetectable is not the same as nothing.",
            "At some sessions no score could have been flagged. They are counted apart.",
        ),
        (
            "No single finding is known to be real.",
            "The count can be more than noise gives, and still nobody can say from scores which findings are the real"
            " ones.",
        ),
    )
    lines = (tag("li", tag("strong", first), f" {rest}") for first, rest in points)
    return section("How to read this report", tag("ul", joined(*lines, by="\n")))
