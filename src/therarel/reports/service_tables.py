"""Tables of a service by group: mean scores, reliable change and endings, with small counts hidden."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from attrs import frozen

from therarel.measures import Direction
from therarel.reports.endings import Ending, Endings
from therarel.reports.markup import Content, Markup, table
from therarel.reports.paired import Paired
from therarel.reports.suppression import hidden_cells, hidden_groups

__all__ = ["HIDDEN", "Split", "change_table", "counts_of", "ending_table", "mean_table"]

Indices = npt.NDArray[np.intp]

HIDDEN: Final = "not shown"
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
    of_dyads: Indices

    @classmethod
    def of(cls, name: str, groups: Sequence[str], members: Sequence[str | None]) -> Split:
        """Dyads by the name of their group, whatever is not among the groups apart."""
        places = {group: at for at, group in enumerate(groups)}
        of_dyads = [-1 if member is None else places.get(member, -1) for member in members]
        return cls(name, tuple(groups), np.array(of_dyads, dtype=np.intp))

    def rows(self, among: npt.NDArray[np.bool_]) -> list[Indices]:
        """The dyads of each group among those, and at the end those of none."""
        return [np.flatnonzero(among & (self.of_dyads == at)) for at in (*range(len(self.groups)), -1)]


def counts_of(pairs: Paired, dyads: Indices) -> list[int]:
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
        lines.append([group, *([HIDDEN] * 5 if at in hidden else [f"{dyads.size:,}", *means])])
    head = [split.name, "dyads with both scores", "first, mean", "last, mean", "change, mean", "change, SD"]
    return table(f"First and last scores by {split.name}", head, lines, numbers=range(1, 6)), bool(hidden)


def change_table(pairs: Paired, split: Split, names: Collection[str]) -> tuple[Markup, bool]:
    """Reliable change in each group, and whether something is hidden."""
    rows = split.rows(pairs.both)
    head = [split.name, "dyads with both scores", *names]
    counts = [counts_of(pairs, dyads) for dyads in rows]
    return _counts_table(f"Reliable change by {split.name}", head, split.groups, rows, counts)


def ending_table(endings: Endings, split: Split) -> tuple[Markup, bool]:
    """How therapies ended in each group, and whether something is hidden."""
    rows = split.rows(np.ones(split.of_dyads.size, dtype=np.bool_))
    ended = [[endings.of_dyads[dyad] for dyad in dyads.tolist()] for dyads in rows]
    counts = [[ways.count(ending) for ending in Ending] for ways in ended]
    head = [split.name, "dyads", *(ending.label for ending in Ending)]
    return _counts_table(f"How therapies ended by {split.name}", head, split.groups, rows, counts)


def _counts_table(
    caption: str, head: Sequence[str], groups: Sequence[str], rows: Sequence[Indices], counts: Sequence[Sequence[int]]
) -> tuple[Markup, bool]:
    """Counts by group; groups of fewer than 5 are hidden whole, and so is what would give them away."""
    whole = hidden_groups([dyads.size for dyads in rows[:-1]], rest=rows[-1].size)
    hidden = hidden_cells(counts, whole_rows=[*whole, len(groups)] if whole else [])
    lines: list[list[Content]] = [
        [
            group,
            HIDDEN if at in whole else f"{rows[at].size:,}",
            *(HIDDEN if (at, column) in hidden else f"{count:,}" for column, count in enumerate(counts[at])),
        ]
        for at, group in enumerate(groups)
    ]
    return table(caption, head, lines, numbers=range(1, 2 + len(counts[0])), class_="wide"), bool(hidden)
