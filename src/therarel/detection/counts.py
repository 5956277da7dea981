"""What each rule flagged, beside what noise alone would have made it flag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from attrs import field, frozen

from therarel.counting import counted
from therarel.detection.expectation import Expectation
from therarel.detection.false_alarms import FalseAlarms, false_alarms_of
from therarel.detection.noise_counts import NoiseCount
from therarel.detection.rules.base import Rule
from therarel.detection.verdicts import CODES, Verdict
from therarel.panels import Panel
from therarel.representation import one_line
from therarel.tables.arrays import Codes, Floats, Whole


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
        expected: What noise alone makes the rule flag in panels like this one; ``None`` if that is not known.
        unknown: Why it is not known; empty if it is.
        standard: How often the rule flags clients of a standard clinic of simulated clients by noise alone; ``None``
            if it was not tabled with these settings, or on such a scale. It says nothing about this panel.
        standard_share: That share for series as long as these.
        beside: What the rule says beside the count, in a few words; empty if nothing.
    """

    rule: Rule
    dyads: int
    flagged_dyads: int
    undetectable_dyads: int
    sessions: int
    flagged_sessions: int
    undetectable_sessions: int
    expected: NoiseCount | None = None
    unknown: str = ""
    standard: FalseAlarms | None = field(default=None, repr=False)
    standard_share: float | None = None
    beside: str = ""

    @property
    def flagged_share(self) -> float:
        """Share of dyads with a flagged session, of all that have a score; 0 where none has."""
        return self.flagged_dyads / self.dyads if self.dyads else 0.0

    @property
    def expected_dyads(self) -> float | None:
        """Dyads expected to be flagged by noise alone; ``None`` if not known."""
        return None if self.expected is None else self.expected.mean

    @property
    def expected_share(self) -> float | None:
        """Share of dyads expected to be flagged by noise alone; ``None`` if not known."""
        return None if self.expected is None else self.expected.share

    @property
    def more_than_noise(self) -> bool | None:
        """Whether more dyads were flagged than noise may give; ``None`` if that is not known."""
        return None if self.expected is None else self.flagged_dyads > self.expected.high

    def expected_in_words(self) -> str:
        """The expected count with its interval, as tables print it.

        Examples:
            >>> from therarel.simulation import simulate_clinic
            >>> from therarel.detection import detect, rules
            >>> detect(simulate_clinic(5, seed=1).panel(), primary=rules.Drop(k=2)).counts[0].expected_in_words()
            'not known'
        """
        if self.expected is None:
            return "not known"
        return f"{self.expected.mean:.1f} ({self.expected.low:,} to {self.expected.high:,})"

    def in_words(self) -> str:
        """The counts on one line, the expected beside the observed."""
        parts = [
            f"{self.rule.label}: {self.flagged_dyads:,} of {counted(self.dyads, 'dyad')} flagged",
            f"expected from noise alone: {self.expected_in_words()}" + (f" ({self.unknown})" if self.unknown else ""),
        ]
        if self.beside:
            parts.append(self.beside)
        if self.expected is None and self.standard_share is not None:
            parts.append(f"in the standard clinic noise flags {self.standard_share:.0%} of series as long as these")
        if self.undetectable_sessions:
            dyads, sessions = counted(self.undetectable_dyads, "dyad"), counted(self.sessions, "session")
            parts.append(f"undetectable in {dyads}, at {self.undetectable_sessions:,} of {sessions}")
        return "; ".join(parts)

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        return self.in_words()


def count(
    panel: Panel,
    rules: Sequence[Rule],
    codes: Sequence[Codes],
    starts: Whole,
    expectation: Expectation,
    of_dyads: Sequence[Mapping[str, Floats]] = (),
) -> tuple[RuleCount, ...]:
    """The counts of every rule of a detection.

    Args:
        panel: The panel.
        rules: The rules.
        codes: Verdict codes of each, one per row of the panel.
        starts: Row at which each dyad begins, and the number of rows.
        expectation: What noise alone is expected to make the rules flag.
        of_dyads: What each rule said of the dyads as a whole.
    """
    found = []
    for at, (rule, code) in enumerate(zip(rules, codes, strict=True)):
        there = code != CODES[Verdict.NO_SCORE]
        flagged, unable = code == CODES[Verdict.FLAGGED], code >= 16
        lengths, fired, blind = (np.add.reduceat(each, starts[:-1], dtype=np.intp) for each in (there, flagged, unable))
        standard = false_alarms_of(rule, panel=panel)
        scored = lengths[lengths > 0]
        found.append(
            RuleCount(
                rule=rule,
                dyads=int(scored.size),
                flagged_dyads=int((fired > 0).sum()),
                undetectable_dyads=int(((blind == lengths) & (lengths > 0)).sum()),
                sessions=int(lengths.sum()),
                flagged_sessions=int(flagged.sum()),
                undetectable_sessions=int(unable.sum()),
                expected=(noise := expectation.counts[at] if expectation.counts else None),
                unknown=expectation.unknown if noise is None else "",
                standard=standard,
                beside=rule.dyads_in_words(of_dyads[at]) if of_dyads else "",
                standard_share=None if standard is None or not scored.size else standard.mean_share(scored),
            )
        )
    return tuple(found)
