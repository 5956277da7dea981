"""What each rule flagged, beside what noise alone would have made it flag."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import field, frozen

from therarel.panels.counting import counted
from therarel.trajectories.false_alarms import FalseAlarms, false_alarms_of
from therarel.trajectories.rules.base import Rule
from therarel.trajectories.verdicts import CODES, Verdict

if TYPE_CHECKING:
    from therarel.trajectories.detection import Detection

__all__ = ["RuleCount", "count"]


@frozen
class RuleCount:
    """How often a rule fired in a panel, how often it could not have, and what noise alone leads one to expect.

    Args:
        rule: The rule.
        dyads: Dyads with at least one score.
        flagged_dyads: Dyads with at least one flagged session.
        undetectable_dyads: Dyads none of whose sessions the rule could have flagged.
        sessions: Sessions with a score.
        flagged_sessions: Sessions that were flagged.
        undetectable_sessions: Sessions at which the rule could not have fired.
        expected_dyads: Dyads expected to be flagged by noise alone; ``None`` if the rule, with these settings, was
            never calibrated on such a scale. Dyads in which it could not have fired count for nothing.
        outside: Dyads whose length lies outside the lengths that were calibrated; the nearest stands for them.
        false_alarms: What the expectation rests on.
    """

    rule: Rule
    dyads: int
    flagged_dyads: int
    undetectable_dyads: int
    sessions: int
    flagged_sessions: int
    undetectable_sessions: int
    expected_dyads: float | None
    outside: int
    false_alarms: FalseAlarms | None = field(repr=False)

    @property
    def flagged_share(self) -> float:
        """Share of dyads with a flagged session, of all that have a score; 0 where none has."""
        return self.flagged_dyads / self.dyads if self.dyads else 0.0

    @property
    def expected_share(self) -> float | None:
        """Share of dyads expected to be flagged by noise alone; ``None`` if not known."""
        if self.expected_dyads is None:
            return None
        return self.expected_dyads / self.dyads if self.dyads else 0.0

    def told(self) -> str:
        """The counts on one line, the expected beside the observed."""
        parts = [
            f"{self.rule.label}: {self.flagged_dyads} of {counted(self.dyads, 'dyad')} flagged",
            "expected from noise alone: not known (calibrate the rule like the panel)"
            if self.expected_dyads is None
            else f"expected from noise alone: {self.expected_dyads:.1f}",
        ]
        if self.undetectable_sessions:
            dyads, sessions = counted(self.undetectable_dyads, "dyad"), counted(self.sessions, "session")
            parts.append(f"undetectable in {dyads}, at {self.undetectable_sessions:,} of {sessions}")
        return "; ".join(parts)


def count(detection: Detection) -> tuple[RuleCount, ...]:
    """The counts of every rule of a detection."""
    starts = detection.starts[:-1]
    found = []
    for rule, code in zip(detection.rules, detection.codes, strict=True):
        there = code != CODES[Verdict.NO_SCORE]
        flagged, unable = code == CODES[Verdict.FLAGGED], code >= 16
        lengths = np.add.reduceat(there, starts, dtype=np.intp)
        fired = np.add.reduceat(flagged, starts, dtype=np.intp) > 0
        blind = np.add.reduceat(unable, starts, dtype=np.intp) == lengths
        known = false_alarms_of(rule, detection.false_alarms, panel=detection.panel)
        able = lengths[~blind & (lengths > 0)]
        found.append(
            RuleCount(
                rule=rule,
                dyads=int((lengths > 0).sum()),
                flagged_dyads=int(fired.sum()),
                undetectable_dyads=int((blind & (lengths > 0)).sum()),
                sessions=int(lengths.sum()),
                flagged_sessions=int(flagged.sum()),
                undetectable_sessions=int(unable.sum()),
                expected_dyads=None if known is None else known.expected(able),
                outside=0 if known is None else known.outside(able),
                false_alarms=known,
            )
        )
    return tuple(found)
