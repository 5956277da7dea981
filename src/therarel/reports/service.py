"""The summary for a service: how complete the scores are, and what changed from the first to the last."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from therarel.counting import counted
from therarel.detection.groups import shown_group
from therarel.measures import Direction
from therarel.reports.endings import Ending
from therarel.reports.markup import Content, Markup, section, tag
from therarel.reports.paired import Paired, change_names, paired_scores
from therarel.reports.references import instrument_of, judged_in_words
from therarel.reports.service_tables import HIDDEN, Split, change_table, counts_of, ending_table, mean_table
from therarel.reports.subject import Subject
from therarel.reports.suppression import FEWEST, together_at_least

__all__ = ["service_section"]


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
    parts += _ended(subject, pairs)
    parts += _by_group(subject, pairs)
    parts.append(
        tag(
            "p",
            "Figures of a service depend on whom it sees: they are not for judging people, and no therapist is compared"
            " here.",
            class_="note",
        )
    )
    return section("For a service", *parts)


def _names(subject: Subject) -> dict[Direction, str]:
    return change_names(subject.detection.panel.construct)


def _change(subject: Subject, pairs: Paired) -> str:
    first, last = pairs.first[pairs.both], pairs.last[pairs.both]
    change = last - first
    spread = f" (SD {np.std(change, ddof=1):.2f})" if change.size > 1 else ""
    better = "higher" if subject.detection.panel.scale.higher_is_better else "lower"
    return (
        f"From the first to the last score the mean goes from {first.mean():.2f} to"
        f" {last.mean():.2f}, a change of {change.mean():.2f} points{spread}; {better} is better."
        " Without a group that had no therapy it does not show what the therapy did."
    )


def _reliable(subject: Subject, pairs: Paired) -> Content:
    if pairs.change is None:
        return f"Whether single changes are more than error of measurement is not said: {pairs.unjudged}."
    counts = counts_of(pairs, np.arange(pairs.first.size))
    together = together_at_least(counts)
    if len(together) == 1:
        return f"How many changed reliably is not shown: fewer than {FEWEST} did so, or did not."
    names = list(_names(subject).values())
    numbers = [sum(counts[at] for at in part) for part in together]
    outcomes = ", ".join(
        f"{' or '.join(names[at] for at in part)} {number:,} ({number / sum(counts):.0%})"
        for part, number in zip(together, numbers, strict=True)
    )
    return f"By reliable change ({judged_in_words(pairs.change, instrument_of(subject.detection.panel))}): {outcomes}."


def _by_group(subject: Subject, pairs: Paired) -> list[Markup]:
    """Tables for each column that was named; groups that are hidden elsewhere are hidden here."""
    parts = []
    for counts, members in zip(subject.groups, subject.members, strict=True):
        split = Split.of(counts.head[0], [group.group for group in counts.groups], members)
        if split.groups:
            tables = [mean_table(pairs, split)] if pairs.both.any() else []
            if pairs.change is not None:
                tables.append(change_table(pairs, split, _names(subject).values()))
            if subject.endings is not None:
                tables.append(ending_table(subject.endings, split))
            parts += _with_note(tables)
    return parts


def _ended(subject: Subject, pairs: Paired) -> list[Markup]:
    """How therapies ended, and what changed for those who ended so."""
    endings = subject.endings
    if endings is None:
        return [
            tag(
                "p",
                "How therapies ended is not in these scores: a series that stops does not show it. Name a column that"
                " says so (--ended, or ended= in Python).",
                class_="note",
            )
        ]
    numbers, dyads = endings.counts, len(endings.of_dyads)
    shown = [
        f"{Ending(ending).label} {HIDDEN if count is None else f'{count:,} ({count / dyads:.0%})'}"
        for ending, count in numbers.items()
    ]
    split = Split.of("ending", [ending.label for ending in Ending], [ending.label for ending in endings.of_dyads])
    tables = [mean_table(pairs, split)] if pairs.both.any() else []
    if pairs.change is not None:
        tables.append(change_table(pairs, split, _names(subject).values()))
    return [
        tag("h3", "How therapies ended"),
        tag(
            "p",
            f"Of {counted(dyads, 'dyad')}, by the column ",
            tag("bdi", shown_group(endings.column)),
            f": {', '.join(shown)}. Where nothing is recorded it is not known, and nothing was concluded from where the"
            " scores stop. Who ends earlier may do so for the better or for the worse.",
        ),
        *_with_note(tables, also=None in numbers.values()),
    ]


def _with_note(tables: Iterable[tuple[Markup, bool]], *, also: bool = False) -> list[Markup]:
    """Tables, and where something is hidden in one of them a note that says so."""
    parts = [part for part, _ in tables]
    if also or any(hidden for _, hidden in tables):
        note = f"Figures of fewer than {FEWEST} people are not shown, nor are others from which they would follow."
        parts.append(tag("p", note, class_="note"))
    return parts
