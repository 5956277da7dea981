"""The sections of a report, in order, with the list of contents."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Final

from therarel.reports.findings import candidate_section, group_section, series_section
from therarel.reports.growth import growth_section
from therarel.reports.markup import Markup, joined, section, tag
from therarel.reports.methods import footer, making_section
from therarel.reports.noise import noise_section
from therarel.reports.problems import problem_section, undetectable_section
from therarel.reports.reviewing import reviewing_section
from therarel.reports.service import service_section
from therarel.reports.subject import Subject
from therarel.reports.summary import data_section, glance, opening

_SECTION: Final = re.compile(r'<section id="([^"]+)"><h2>(.*?)</h2>')


def _contents(sections: Iterable[Markup]) -> Markup:
    """A link to each section that has a heading."""
    headings = [heading.groups() for part in sections if (heading := _SECTION.match(part))]
    links = (tag("li", tag("a", html.unescape(title), href=f"#{address}")) for address, title in headings)
    return tag("nav", tag("ul", *links), class_="contents", aria_label="Contents")


def _reading_section(subject: Subject) -> Markup:
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


def sections(subject: Subject) -> tuple[Markup, ...]:
    """All sections of a report, in order."""
    parts = (
        glance(subject),
        _reading_section(subject),
        service_section(subject),
        data_section(subject),
        series_section(subject),
        candidate_section(subject),
        growth_section(subject),
        group_section(subject),
        undetectable_section(subject),
        noise_section(subject),
        section("What was found in the data", problem_section(subject.detection.panel)),
        making_section(subject),
        reviewing_section(subject),
    )
    return (opening(subject), _contents(parts), *parts, footer(subject))
