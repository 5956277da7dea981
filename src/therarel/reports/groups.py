"""The findings counted by group, where somebody named a column that says the group."""

from __future__ import annotations

from therarel.reports.markup import Markup, joined, section, table, tag
from therarel.reports.subject import Subject

__all__ = ["group_section"]


def group_section(subject: Subject) -> Markup:
    """A table for each column that was named; nothing if there is none."""
    if not subject.groups:
        return Markup("")
    parts = []
    for counts in subject.groups:
        caption = f"Dyads with a finding, by {counts.head[0]}"
        parts.append(table(caption, counts.head, counts.rows, numbers=range(1, len(counts.head)), class_="wide"))
        parts += [tag("p", counts.note)] if counts.note else []
    return section("By group", joined(*parts, by="\n"))
