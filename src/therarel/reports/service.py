"""The summary for a service: how complete the scores are, and what changed from the first to the last."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from therarel.counting import counted
from therarel.detection.wording import number
from therarel.measures import Direction
from therarel.reports.markup import Content, Markup, joined, section, table, tag
from therarel.reports.paired import Paired, change_names, paired_scores
from therarel.reports.subject import Subject
from therarel.reports.suppression import FEWEST, hidden_cells

__all__ = ["service_section"]

_HIDDEN = "not shown"


def service_section(subject: Subject) -> Markup:
    """One page for those who run a service; completeness first, for a share of few pairs says little."""
    pairs = paired_scores(subject.courses, subject.detection.panel)
    dyads, both = len(pairs.first), int(pairs.both.sum())
    parts: list[Markup] = [
        tag(
            "p",
            tag("strong", f"{both:,} of {counted(dyads, 'dyad')} have a first and a last score ({both / dyads:.0%})."),
            " Whoever has one score only, or none, is in no figure below; people who stop early are often among them.",
        )
    ]
    if both:
        parts.append(tag("p", _change(subject, pairs)))
        parts.append(tag("p", _reliable(subject, pairs)))
        parts += _by_group(subject, pairs)
    parts.append(
        tag(
            "p",
            "How therapies ended is not in these scores. Figures of a service depend on whom it sees: they are not for"
            " judging people, and no therapist is compared here.",
            class_="note",
        )
    )
    return section("For a service", *parts)


def _names(subject: Subject) -> dict[Direction, str]:
    return change_names(subject.detection.panel.construct)


def _change(subject: Subject, pairs: Paired) -> str:
    first, last = pairs.first[pairs.both], pairs.last[pairs.both]
    change = last - first
    spread = f" (SD {number(float(np.std(change, ddof=1)))})" if change.size > 1 else ""
    better = "higher" if subject.detection.panel.scale.higher_is_better else "lower"
    return (
        f"From the first to the last score the mean goes from {number(float(first.mean()))} to"
        f" {number(float(last.mean()))}, a change of {number(float(change.mean()))} points{spread}; {better} is better."
        " Without a group that had no therapy it does not show what the therapy did."
    )


def _reliable(subject: Subject, pairs: Paired) -> Content:
    if pairs.change is None:
        return f"Whether single changes are more than error of measurement is not said: {pairs.unjudged}."
    counts = _counts(pairs, range(len(pairs.first)))
    names = _names(subject)
    outcomes = ", ".join(
        f"{name} {count:,} ({count / sum(counts):.0%})" for name, count in zip(names.values(), counts, strict=True)
    )
    return f"By reliable change ({pairs.change.judged_by}): {outcomes}."


def _counts(pairs: Paired, dyads: Sequence[int]) -> list[int]:
    ways = [pairs.directions[dyad] for dyad in dyads]
    return [ways.count(way) for way in (Direction.IMPROVED, Direction.UNCHANGED, Direction.DETERIORATED)]


def _by_group(subject: Subject, pairs: Paired) -> list[Markup]:
    """A table for each column that was named; groups that are hidden elsewhere are hidden here."""
    if pairs.change is None:
        return []
    parts = []
    for counts, members in zip(subject.groups, subject.members, strict=True):
        groups = [group.group for group in counts.groups]
        dyads = [[at for at, group in enumerate(members) if group == name and pairs.both[at]] for name in groups]
        others = [at for at, group in enumerate(members) if group not in groups and pairs.both[at]]
        rows = [*(_counts(pairs, group) for group in dyads), _counts(pairs, others)]
        small = [at for at, with_scores in enumerate(dyads) if 0 < len(with_scores) < FEWEST]
        hidden = hidden_cells(rows, whole_rows=[*small, len(groups)] if small or 0 < len(others) < FEWEST else small)
        lines: list[list[Content]] = [
            [
                name,
                f"{len(dyads[at]):,}",
                *(_HIDDEN if (at, column) in hidden else f"{count:,}" for column, count in enumerate(rows[at])),
            ]
            for at, name in enumerate(groups)
            if at not in small
        ]
        head = [counts.head[0], "dyads with both scores", *_names(subject).values()]
        parts.append(table(f"Reliable change by {counts.head[0]}", head, lines, numbers=range(1, 5), class_="wide"))
        if hidden:
            parts.append(
                tag(
                    "p",
                    f"Counts of fewer than {FEWEST} are not shown, nor are others from which they would follow.",
                    class_="note",
                )
            )
    return [joined(*parts, by="\n")] if parts else []
