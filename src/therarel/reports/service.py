"""The summary for a service: how complete the scores are, and what changed from the first to the last, in tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

import numpy as np
from attrs import frozen

from therarel.counting import counted
from therarel.detection.groups import shown_group
from therarel.measures import Direction
from therarel.panels.suppression import FEWEST, hidden_cells, hidden_groups, together_at_least
from therarel.reports.endings import Ending, Endings
from therarel.reports.markup import Content, Markup, section, table, tag
from therarel.reports.paired import Paired, change_names, paired_scores
from therarel.reports.references import instrument_of, judged_in_words
from therarel.reports.subject import Subject
from therarel.tables.arrays import Truths, Whole

_HIDDEN: Final = "not shown"
"""In the place of a figure of fewer than 5 people, or one from which it would follow."""


@frozen(eq=False)
class Split:
    """Dyads by group.

    Args:
        name: What the groups are, such as site or arm.
        groups: The groups that may be shown.
        of_dyads: The group of each dyad by its place among them, -1 for every other dyad; shape ``(g,)``.
    """

    name: str
    groups: tuple[str, ...]
    of_dyads: Whole

    @classmethod
    def of(cls, name: str, groups: Sequence[str], members: Sequence[str | None]) -> Split:
        """Dyads by the name of their group, whatever is not among the groups apart."""
        places = {group: at for at, group in enumerate(groups)}
        of_dyads = [-1 if member is None else places.get(member, -1) for member in members]
        return cls(name, tuple(groups), np.array(of_dyads, dtype=np.intp))

    def rows(self, among: Truths) -> list[Whole]:
        """The dyads of each group among those, and at the end those of none."""
        return [np.flatnonzero(among & (self.of_dyads == at)) for at in (*range(len(self.groups)), -1)]


def _counts_of(pairs: Paired, dyads: Whole) -> list[int]:
    """How many of some dyads improved, did not change and deteriorated, by reliable change."""
    ways = [pairs.directions[dyad] for dyad in dyads.tolist()]
    return [ways.count(way) for way in (Direction.IMPROVED, Direction.UNCHANGED, Direction.DETERIORATED)]


def mean_table(pairs: Paired, split: Split) -> tuple[Markup, bool]:
    """Mean first and last scores of each group, and whether something is hidden.

    The mean of fewer than 5 people is not shown, nor another from which it would follow.
    """
    rows = split.rows(pairs.both)
    hidden = hidden_groups([dyads.size for dyads in rows[:-1]], rest=rows[-1].size)
    lines: list[list[Content]] = []
    for at, (group, dyads) in enumerate(zip(split.groups, rows, strict=False)):
        means = ["none"] * 4
        if dyads.size:
            first, last = pairs.first[dyads], pairs.last[dyads]
            deviation = np.std(last - first, ddof=1) if dyads.size > 1 else np.nan
            figures = (first.mean(), last.mean(), (last - first).mean(), deviation)
            means = ["not available" if np.isnan(figure) else f"{figure:.2f}" for figure in figures]
        lines.append([group, *([_HIDDEN] * 5 if at in hidden else [f"{dyads.size:,}", *means])])
    head = [split.name, "dyads with both scores", "first, mean", "last, mean", "change, mean", "change, SD"]
    return table(f"First and last scores by {split.name}", head, lines, numbers=range(1, 6)), bool(hidden)


def _change_table(pairs: Paired, split: Split, names: Collection[str]) -> tuple[Markup, bool]:
    """Reliable change in each group, and whether something is hidden."""
    rows = split.rows(pairs.both)
    head = [split.name, "dyads with both scores", *names]
    counts = [_counts_of(pairs, dyads) for dyads in rows]
    return _counts_table(f"Reliable change by {split.name}", head, split.groups, rows, counts)


def _ending_table(endings: Endings, split: Split) -> tuple[Markup, bool]:
    """How therapies ended in each group, and whether something is hidden."""
    rows = split.rows(np.ones(split.of_dyads.size, dtype=np.bool_))
    ended = [[endings.of_dyads[dyad] for dyad in dyads.tolist()] for dyads in rows]
    counts = [[ways.count(ending) for ending in Ending] for ways in ended]
    head = [split.name, "dyads", *(ending.label for ending in Ending)]
    return _counts_table(f"How therapies ended by {split.name}", head, split.groups, rows, counts)


def _counts_table(
    caption: str, head: Sequence[str], groups: Sequence[str], rows: Sequence[Whole], counts: Sequence[Sequence[int]]
) -> tuple[Markup, bool]:
    """Counts by group; groups of fewer than 5 are hidden whole, and so is what would give them away."""
    whole = hidden_groups([dyads.size for dyads in rows[:-1]], rest=rows[-1].size)
    hidden = hidden_cells(counts, whole_rows=[*whole, len(groups)] if whole else [])
    lines: list[list[Content]] = [
        [
            group,
            _HIDDEN if at in whole else f"{rows[at].size:,}",
            *(_HIDDEN if (at, column) in hidden else f"{count:,}" for column, count in enumerate(counts[at])),
        ]
        for at, group in enumerate(groups)
    ]
    return table(caption, head, lines, numbers=range(1, 2 + len(counts[0])), class_="wide"), bool(hidden)


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
    counts = _counts_of(pairs, np.arange(pairs.first.size))
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
                tables.append(_change_table(pairs, split, _names(subject).values()))
            if subject.endings is not None:
                tables.append(_ending_table(subject.endings, split))
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
        f"{Ending(ending).label} {_HIDDEN if count is None else f'{count:,} ({count / dyads:.0%})'}"
        for ending, count in numbers.items()
    ]
    split = Split.of("ending", [ending.label for ending in Ending], [ending.label for ending in endings.of_dyads])
    tables = [mean_table(pairs, split)] if pairs.both.any() else []
    if pairs.change is not None:
        tables.append(_change_table(pairs, split, _names(subject).values()))
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
