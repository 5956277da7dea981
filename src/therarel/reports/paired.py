"""First and last scores of each dyad: how many have both, and what changed in between."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
from attrs import frozen

from therarel.detection.groups import shown_group
from therarel.domain.ratings import Construct
from therarel.measures import Direction, ReliableChange, instruments, reliable_change
from therarel.panels import Panel
from therarel.panels.grouping import groups_of
from therarel.reports.courses import Courses
from therarel.tables.arrays import Floats, Truths

_RATED: Final[Mapping[Direction, str]] = MappingProxyType(
    {
        Direction.IMPROVED: "rated better",
        Direction.UNCHANGED: "no reliable change",
        Direction.DETERIORATED: "rated worse",
    }
)


@frozen(eq=False)
class Paired:
    """The first and the last score of each dyad.

    Args:
        first: First score, NaN where a dyad has none; shape ``(g,)``.
        last: Last score, NaN where a dyad has fewer than two; shape ``(g,)``.
        change: Reliable change from first to last, or ``None`` where nothing is known to judge it by.
        unjudged: Why it is not known; empty where it is.
    """

    first: Floats
    last: Floats
    change: ReliableChange | None
    unjudged: str

    @property
    def both(self) -> Truths:
        """Which dyads have a first and a last score; shape ``(g,)``."""
        return np.isfinite(self.first) & np.isfinite(self.last)

    @property
    def directions(self) -> Sequence[Direction]:
        """Which way each dyad changed; empty where nothing is known to judge it by."""
        return () if self.change is None else self.change.directions


def paired_scores(courses: Courses, panel: Panel) -> Paired:
    """The first and the last score of each dyad, judged by the instrument's own smallest change where it has one.

    Args:
        courses: The series.
        panel: What the scores are scores of.
    """
    dyads = len(courses.labels)
    first, last = np.full(dyads, math.nan), np.full(dyads, math.nan)
    for dyad in range(dyads):
        scores = courses.score[courses.rows(dyad)]
        scored = scores[np.isfinite(scores)]
        if scored.size:
            first[dyad] = scored[0]
        if scored.size > 1:
            last[dyad] = scored[-1]
    change, unjudged = _judged(first, last, panel)
    return Paired(first, last, change, unjudged)


def _judged(first: Floats, last: Floats, panel: Panel) -> tuple[ReliableChange | None, str]:
    if panel.instrument is None:
        return None, "which instrument gave the scores was not stated"
    chosen = next((candidate for candidate in instruments() if candidate.id == panel.instrument), None)
    if chosen is None:
        return None, f"{panel.instrument} is an instrument of your own, and its reliability is not known here"
    total = chosen.total
    of_totals = total is not None and (total.minimum, total.maximum) == (panel.scale.minimum, panel.scale.maximum)
    if len(chosen.reliable_changes) == 1 and of_totals:
        return reliable_change(first, last, instrument=chosen, method="published"), ""
    both = np.isfinite(first) & np.isfinite(last)
    if chosen.verified_reliability is None:
        return None, f"no reliability of {chosen.name} is known here that could be verified"
    if both.sum() < 2 or float(np.ptp(first[both])) == 0:
        return None, "it takes two dyads whose first scores differ"
    return reliable_change(first, last, instrument=chosen), ""


def change_names(construct: Construct | None) -> dict[Direction, str]:
    """What each direction of a reliable change is called: an outcome improves; a relationship was rated better."""
    if construct is Construct.OUTCOME:
        return {direction: direction.label for direction in _RATED}
    return dict(_RATED)


def members_of(panel: Panel, column: str) -> tuple[str | None, ...]:
    """The group of each dyad, by the name that is shown; ``None`` for a dyad of none, or of several."""
    return tuple(None if group is None else shown_group(group) for group in groups_of(panel, column))
