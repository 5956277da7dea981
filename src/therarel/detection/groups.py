"""Counts by group: how many dyads of each arm, clinic or cohort have a finding, and nothing about a handful of people.

A group with fewer than 5 dyads is not shown. What is not shown must not follow from what is, since the counts of the
whole panel are shown too, so the next smallest is left out with it (`therarel.panels.suppression.hidden_groups`).
Dyads without a group, or with several over their sessions, are counted apart; they are few people too, and hidden in
the same way. So are findings: a rule's 1 to 4 flagged dyads of a group are not shown, nor what would give them away.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from attrs import frozen

from therarel.counting import counted
from therarel.detection.rules.base import Rule
from therarel.detection.verdicts import CODES, Verdict
from therarel.panels import Panel
from therarel.panels.grouping import groups_of
from therarel.panels.suppression import FEWEST, hidden_groups
from therarel.representation import one_line
from therarel.tables.arrays import Codes, Whole
from therarel.tables.showing import aligned, shown_name

_NOT_SHOWN: Final = "not shown"


@frozen
class GroupCount:
    """One group of dyads.

    Args:
        group: Its label.
        dyads: Dyads of the group that have a score.
        sessions: Their sessions with a score.
        flagged_dyads: For each rule, the dyads of the group with at least one flagged session; ``None`` where these are
            too few to be shown, or would give away those of another group.
    """

    group: str
    dyads: int
    sessions: int
    flagged_dyads: tuple[int | None, ...]


@frozen
class GroupCounts:
    """What the rules flagged in each group.

    Args:
        column: The column that says the group.
        rules: Label of each rule.
        groups: The groups that are shown, by their labels.
        hidden_groups: Number of groups that are not shown.
        all_small: Whether each of those has fewer than 5 dyads.
        ungrouped_dyads: Dyads with a score that have no group, or several; ``None`` if that is not shown.
    """

    column: str
    rules: tuple[str, ...]
    groups: tuple[GroupCount, ...]
    hidden_groups: int = 0
    all_small: bool = True
    ungrouped_dyads: int | None = 0

    @property
    def head(self) -> tuple[str, ...]:
        """The cells of the table, by column."""
        return (shown_group(self.column), "dyads", "sessions", *(f"flagged by {label}" for label in self.rules))

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The cells of the table; the last row stands for the groups that are not shown."""
        told = [
            (each.group, *map(_shown_count, (each.dyads, each.sessions, *each.flagged_dyads))) for each in self.groups
        ]
        if self.hidden_groups:
            few = f"fewer than {FEWEST}" + (" each" if self.hidden_groups > 1 else "")
            dyads = few if self.all_small else _NOT_SHOWN
            told.append((counted(self.hidden_groups, "group"), dyads, *[_NOT_SHOWN] * (1 + len(self.rules))))
        return tuple(told)

    @property
    def note(self) -> str:
        """What the table leaves out, in words; empty if that is nothing."""
        parts = []
        if self.hidden_groups:
            parts.append(
                f"Groups with fewer than {FEWEST} dyads are not shown, nor is the next smallest where they would follow"
                " from the counts of all."
            )
        if any(None in each.flagged_dyads for each in self.groups):
            parts.append(
                f"Fewer than {FEWEST} flagged dyads are not shown, nor the next smallest number where they would follow"
                " from the counts of all."
            )
        if self.ungrouped_dyads is None:
            parts.append(f"Dyads without a group, or with several, belong to none here: fewer than {FEWEST}.")
        elif self.ungrouped_dyads:
            parts.append(f"Dyads without a group, or with several, belong to none here: {self.ungrouped_dyads:,}.")
        return " ".join(parts)

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        return "\n".join([*aligned([self.head, *self.rows]), *([self.note] if self.note else [])])

    def as_dict(self) -> dict[str, object]:
        """The same as plain data that JSON can hold; flagged dyads by rule, ``None`` where they are not shown."""
        return {
            "column": self.head[0],
            "rules": list(self.rules),
            "groups": [
                {
                    "group": each.group,
                    "dyads": each.dyads,
                    "sessions": each.sessions,
                    "flagged_dyads": list(each.flagged_dyads),
                }
                for each in self.groups
            ],
            "hidden_groups": self.hidden_groups,
            "hidden_because": self.rows[-1][1] if self.hidden_groups else None,
            "ungrouped_dyads": self.ungrouped_dyads,
        }


def by_group(
    panel: Panel,
    rules: Sequence[Rule],
    codes: Sequence[Codes],
    starts: Whole,
    column: str,
) -> GroupCounts:
    """What the rules of a detection flagged in each group of dyads.

    Args:
        panel: The panel.
        rules: The rules.
        codes: Verdict codes of each, one per row of the panel.
        starts: Row at which each dyad begins, and the number of rows.
        column: A further column of the panel, with one value for all sessions of a dyad; empty cells say nothing.

    Raises:
        UnknownNameError: if the panel kept no such column.
        InvalidValueError: if the column holds fractions, which are not labels.
    """
    groups = groups_of(panel, column)
    begins = starts[:-1]
    flags = np.array([code == CODES[Verdict.FLAGGED] for code in codes])
    flagged = np.logical_or.reduceat(flags, begins, axis=1)
    sessions = np.add.reduceat(codes[0] != CODES[Verdict.NO_SCORE], begins, dtype=np.intp)
    there = (sessions > 0) & np.array([group is not None for group in groups])
    names, place = np.unique(
        [str(group) for group, here in zip(groups, there, strict=True) if here], return_inverse=True
    )
    dyads = np.bincount(place, minlength=names.size).tolist()
    ungrouped = int((sessions > 0).sum() - there.sum())
    hidden = hidden_groups(dyads) or hidden_groups(dyads, rest=ungrouped)
    seen = [at for at in range(names.size) if at not in hidden]
    fired = [np.bincount(place, each[there], names.size).astype(np.intp)[seen].tolist() for each in flagged]
    few = [hidden_groups(numbers) for numbers in fired]
    held = np.bincount(place, sessions[there], names.size).astype(np.intp).tolist()
    return GroupCounts(
        column,
        tuple(rule.label for rule in rules),
        tuple(
            GroupCount(
                shown_group(str(names[at])),
                dyads[at],
                held[at],
                tuple(None if row in out else numbers[row] for numbers, out in zip(fired, few, strict=True)),
            )
            for row, at in enumerate(seen)
        ),
        len(hidden),
        all(dyads[at] < FEWEST for at in hidden),
        ungrouped if not 0 < ungrouped < FEWEST else None,
    )


def shown_group(name: str) -> str:
    """A name as a table may show it; by its length where it reads like a text."""
    said = shown_name(name)
    return name if said == repr(name) else said


def _shown_count(number: int | None) -> str:
    return _NOT_SHOWN if number is None else f"{number:,}"
