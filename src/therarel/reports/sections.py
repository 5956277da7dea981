"""The sections of a report, in order."""

from __future__ import annotations

from therarel.reports.contents import contents, reading_section
from therarel.reports.findings import candidate_section, series_section
from therarel.reports.groups import group_section
from therarel.reports.growth import growth_section
from therarel.reports.markup import Markup, section
from therarel.reports.methods import footer, making_section
from therarel.reports.noise import noise_section
from therarel.reports.problems import problem_section
from therarel.reports.reviewing import reviewing_section
from therarel.reports.service import service_section
from therarel.reports.subject import Subject
from therarel.reports.summary import data_section, glance, opening
from therarel.reports.undetectable import undetectable_section

__all__ = ["sections"]


def sections(subject: Subject) -> tuple[Markup, ...]:
    """All sections of a report, in order."""
    parts = (
        glance(subject),
        reading_section(subject),
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
    return (opening(subject), contents(parts), *parts, footer(subject))
